package spec

import (
	"maps"
	"strings"
)

// The tags that mark what reconciler manages.
const (
	// TagOwner holds <project>/<environment>. An object without it, or with
	// another value, is not ours.
	TagOwner = "ecs-reconciler/owner"
	// TagTask holds the names of the tasks an object serves, separated by spaces.
	TagTask = "ecs-reconciler/task"
	// TagApplied holds a digest of what our last apply left, secrets excluded,
	// by which drift is told from a change of the spec.
	TagApplied = "ecs-reconciler/applied"
	// TagValueSince holds since when a secret has a value that a rotation of the
	// fingerprint key put again, and the versions that this is true of.
	TagValueSince = "ecs-reconciler/value-since"
	// TagCorrections holds when a secret that somebody else changed was put
	// back, the last times alone, by which a quarrel is noticed.
	TagCorrections = "ecs-reconciler/corrections"
	// TagSuspended, followed by a task's name, holds until when and why the task
	// is to be left alone.
	TagSuspended = "ecs-reconciler/suspended/"
	// Resumed is the value of TagSuspended that ends a suspension. Writing it
	// needs no permission that suspending does not.
	Resumed = "resumed"
)

// maxTagValue is AWS's limit on a tag's value, in characters.
const maxTagValue = 256

// ManagedTags are the tags of an object that serves tasks: the deployment's,
// then the object's own, then ours, the later winning. The task tag is left
// out when no task is served or their names do not fit.
func (d *Deployment) ManagedTags(own map[string]string, tasks []string) map[string]string {
	tags := map[string]string{}
	for _, from := range []map[string]string{d.Tags, own} {
		maps.Copy(tags, from)
	}
	tags[TagOwner] = d.Owner()
	if joined := strings.Join(tasks, " "); joined != "" && len(joined) <= maxTagValue {
		tags[TagTask] = joined
	}
	return tags
}

// Suspensions are the texts of the TagSuspended tags among an object's, by
// task, without those that were resumed; nil when there are none.
func Suspensions(tags map[string]string) map[string]string {
	var out map[string]string
	for key, text := range tags {
		task, ok := strings.CutPrefix(key, TagSuspended)
		if !ok || text == Resumed {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[task] = text
	}
	return out
}
