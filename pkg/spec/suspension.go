package spec

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// tagSuspended begins the tags by which an object says that a task it serves is
// to be left alone. The task's name follows.
const tagSuspended = "ecs-reconciler/suspended/"

// forever stands in the tag of a suspension without an end.
const forever = "until-resumed"

// Suspension is a wish that drift of a task be left alone, kept in a tag on the
// task's objects so that whoever would correct it sees it.
type Suspension struct {
	Reason string
	Until  *time.Time // nil: until it is resumed
}

// Holds tells whether the suspension is in force.
func (s Suspension) Holds(now time.Time) bool { return s.Until == nil || now.Before(*s.Until) }

// Tag is the tag's key and value for a task. A reason that AWS would refuse in
// a tag is an error.
func (s Suspension) Tag(task string) (key, value string, err error) {
	until := forever
	if s.Until != nil {
		until = s.Until.UTC().Format(time.RFC3339)
	}
	value = strings.TrimSpace(until + " " + s.Reason)
	switch {
	case !regexp.MustCompile(`^[\pL\pN\pZ+\-=._:/@]*$`).MatchString(s.Reason):
		return "", "", fmt.Errorf("a reason becomes a tag of AWS, which takes letters, digits, spaces and + - = . _ : / @, and not %q", s.Reason)
	case len([]rune(value)) > maxTagValue:
		return "", "", fmt.Errorf("a reason becomes a tag of AWS, which takes %d characters with the time before it", maxTagValue)
	}
	return SuspensionTag(task), value, nil
}

// SuspensionTag is the key of the tag that suspends a task.
func SuspensionTag(task string) string { return tagSuspended + task }

// Suspensions are those that an object's tags tell of, by task. A tag that
// cannot be read suspends without an end: somebody meant to.
func Suspensions(tags map[string]string) map[string]Suspension {
	var out map[string]Suspension
	for key, value := range tags {
		task, ok := strings.CutPrefix(key, tagSuspended)
		if !ok {
			continue
		}
		if out == nil {
			out = map[string]Suspension{}
		}
		out[task] = parseSuspension(value)
	}
	return out
}

func parseSuspension(value string) Suspension {
	until, reason, _ := strings.Cut(value, " ")
	if until == forever {
		return Suspension{Reason: reason}
	}
	at, err := time.Parse(time.RFC3339, until)
	if err != nil {
		return Suspension{Reason: value}
	}
	return Suspension{Reason: reason, Until: &at}
}
