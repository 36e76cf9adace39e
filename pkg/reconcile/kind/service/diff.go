package service

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ecs-reconciler/pkg/reconcile/resource"
)

// The one field of a service, of a task, and of what starts tasks. Only the first
// is ever changed.
const (
	pathDeployment = "/deployment"
	pathStarted    = "/started"
	pathRevision   = "/revision"
)

// margin is how much younger than a value a deployment must be to be sure that
// its tasks got it: Secrets Manager is eventually consistent, and its clock is
// not that of ECS.
const margin = 5 * time.Second

// Desired is what a service's tasks read.
type Desired struct {
	owner    string // of the deployment
	revision string // ARN of the task definition; not known when it is about to be registered
	redeploy bool   // rather than told of
	values   []value
}

// value is the current value of one secret or parameter.
type value struct {
	of      string // the secret's or parameter's name
	changes bool      // another one is about to become current
	written time.Time // zero when it is not known
}

// Diff is a new deployment when the running one is older than a value, a newer
// task, or a newer revision where an older one is named.
func (*Kind) Diff(d Desired, o Observed) []resource.FieldChange {
	if o.revision > 0 {
		return d.newerThan(o)
	}
	why := d.olderThan(o)
	if len(why) == 0 {
		return nil
	}
	values, at := strings.Join(why, ", "), o.started.UTC().Format(time.RFC3339)
	if o.of == taskType {
		return []resource.FieldChange{{Path: pathStarted, Before: at, After: resource.KnownAfterApply,
			Note: fmt.Sprintf("it runs with an older value of %s (started %s)", values, at)}}
	}
	return []resource.FieldChange{{Path: pathDeployment, Before: o.deployment, After: resource.KnownAfterApply,
		Note: fmt.Sprintf("its tasks run with an older value of %s (deployed %s)", values, at)}}
}

// newerThan is the revision that a schedule or a rule does not know of yet.
func (d Desired) newerThan(o Observed) []resource.FieldChange {
	newest := revision(d.revision)
	if newest > 0 && newest <= o.revision {
		return nil
	}
	return []resource.FieldChange{{Path: pathRevision, Before: o.revision, After: resource.KnownAfterApply,
		Note: fmt.Sprintf("it starts tasks of %s:%d, which is not the newest revision", o.family, o.revision)}}
}

// olderThan names the secrets and parameters whose values are younger than what runs. What has
// no tasks runs with no value at all.
func (d Desired) olderThan(o Observed) []string {
	var names []string
	for _, v := range d.values {
		// Some tell the start in whole seconds, and the value's date in parts of them.
		since := v.written.Truncate(time.Second).Add(margin)
		if o.hasTasks && (v.changes || !v.written.IsZero() && o.started.Before(since)) {
			names = append(names, v.of)
		}
	}
	return names
}

// youngest is when the last of the values was written; zero when none is known.
func (d Desired) youngest() time.Time {
	if len(d.values) == 0 {
		return time.Time{}
	}
	return slices.MaxFunc(d.values, func(a, b value) int { return a.written.Compare(b.written) }).written
}

// refusal is why ECS would not deploy the service anew when asked.
func (o Observed) refusal(d Desired) string {
	if o.controller == "" || !d.redeploy {
		return ""
	}
	return fmt.Sprintf("its deployments are made by %s and ECS makes none: deploy it there, or set `on_secret_change: report`", o.controller)
}
