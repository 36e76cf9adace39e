package scheduler

import (
	"cmp"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// defaultGroup is the group that every account has, and that cannot be deleted.
const defaultGroup = "default"

// State is everything that the backend remembers.
type State struct {
	// Groups by name, without the default one until it is used.
	Groups map[string]*Group
	// Schedules by group/name, which is how their ARNs end.
	Schedules map[string]*Schedule
}

// Group is one schedule group.
type Group struct {
	Name    string
	Token   string // of its creation
	Created time.Time
	Tags    []types.Tag
}

// Schedule is what the last request for it said, defaults filled in.
type Schedule struct {
	Spec              scheduler.CreateScheduleInput
	Token             string // of its creation
	Created, Modified time.Time
}

// group finds a group, the default one where none is named; nil where there is
// none.
func (b *Backend) group(name string) *Group {
	name = cmp.Or(name, defaultGroup)
	if _, ok := b.state.Groups[name]; !ok && name == defaultGroup {
		b.state.Groups[name] = &Group{Name: name, Created: b.now()}
		b.env.Noted = true
	}
	return b.state.Groups[name]
}

func (b *Backend) groupARN(name string) string {
	return b.env.ARN("scheduler", "schedule-group/"+cmp.Or(name, defaultGroup))
}

// keyOf is where a schedule is kept.
func keyOf(group, name string) string { return cmp.Or(group, defaultGroup) + "/" + name }

func (b *Backend) scheduleARN(key string) string { return b.env.ARN("scheduler", "schedule/"+key) }

// now is the clock in UTC, to the millisecond, which is what AWS shows.
func (b *Backend) now() time.Time { return b.env.Now().UTC().Truncate(time.Millisecond) }
