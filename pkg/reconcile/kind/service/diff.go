package service

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ecs-reconciler/pkg/reconcile/resource"
)

// pathDeployment is the one field.
const pathDeployment = "/deployment"

// margin is how much younger than a value a deployment must be to be sure that
// its tasks got it: Secrets Manager is eventually consistent, and its clock is
// not that of ECS.
const margin = 5 * time.Second

// Desired is what a service's tasks read.
type Desired struct {
	owner    string // of the deployment
	redeploy bool   // rather than told of
	values   []value
}

// value is the current value of one secret.
type value struct {
	secret  string
	changes bool      // another one is about to become current
	written time.Time // zero when it is not known
}

// Diff is a new deployment when the running one is older than a value.
func (*Kind) Diff(d Desired, o Observed) []resource.FieldChange {
	why := d.olderThan(o)
	if len(why) == 0 {
		return nil
	}
	return []resource.FieldChange{{Path: pathDeployment, Before: o.deployment, After: resource.KnownAfterApply,
		Note: fmt.Sprintf("its tasks run with an older value of %s (deployed %s)", strings.Join(why, ", "), o.started.UTC().Format(time.RFC3339))}}
}

// olderThan names the secrets whose values are younger than what runs. What has
// no tasks runs with no value at all.
func (d Desired) olderThan(o Observed) []string {
	var names []string
	for _, v := range d.values {
		if o.hasTasks && (v.changes || !v.written.IsZero() && o.started.Before(v.written.Add(margin))) {
			names = append(names, v.secret)
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
