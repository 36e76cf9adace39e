package kindtest

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Suite is what a kind tells of itself to be tested.
type Suite struct {
	// New makes the kind. Its waits must not take real time.
	New func(cfg aws.Config) resource.Any
	// Deployment makes a desired state with at least two objects of the kind.
	Deployment func() *spec.Deployment
	// Seed makes what must exist beforehand; may be nil.
	Seed    func(ctx context.Context, t testing.TB, cfg aws.Config)
	Changes []Change
	Drifts  []Drift
	// Unowned makes the deployment's first object exist without our owner tag.
	Unowned func(ctx context.Context, t testing.TB, cfg aws.Config)
	Refused []Refusal
	// Check looks for what must never be, such as a revision made twice, after
	// every convergence; may be nil.
	Check func(ctx context.Context, t testing.TB, cfg aws.Config)
	// Canary is a secret inside Deployment; it must be shown nowhere. May be "".
	Canary string
}

// Change is an edit of the spec and the field paths it must be planned as.
// Reason is spec_changed unless given.
type Change struct {
	Name   string
	Edit   func(*spec.Deployment)
	Paths  []string
	Reason resource.Reason
}

// Drift is a change behind our back and the field paths it must be planned as.
// Reason is drift unless given (missing, for an object that is deleted).
type Drift struct {
	Name   string
	Do     func(ctx context.Context, t testing.TB, cfg aws.Config)
	Paths  []string
	Reason resource.Reason
}

// Refusal makes an object one that must not be touched; the plan's refusal
// must contain Says. Edit makes the spec differ from it; may be nil.
type Refusal struct {
	Name string
	Do   func(ctx context.Context, t testing.TB, cfg aws.Config)
	Edit func(*spec.Deployment)
	Says string
}

// Run runs the suite.
func Run(t *testing.T, s Suite) {
	t.Run("the suite has cases", s.hasCases)
	t.Run("create, then nothing", s.create)
	for _, c := range s.Changes {
		t.Run("change/"+c.Name, func(t *testing.T) { s.change(t, c) })
	}
	for _, d := range s.Drifts {
		t.Run("drift/"+d.Name, func(t *testing.T) { s.drift(t, d) })
	}
	for _, r := range s.Refused {
		t.Run("refuse/"+r.Name, func(t *testing.T) { s.refuse(t, r) })
	}
	t.Run("adopt", s.adopt)
	t.Run("prune", s.prune)
	t.Run("faults while creating", func(t *testing.T) { s.faults(t, nil) })
	t.Run("faults while changing", func(t *testing.T) { s.faults(t, s.everyChange) })
}

func (s Suite) hasCases(t *testing.T) {
	if len(s.Changes) == 0 || len(s.Drifts) == 0 || len(s.Refused) == 0 || s.Unowned == nil {
		t.Fatal("a suite needs changes, drifts, refusals and an unowned object")
	}
	for _, d := range s.Drifts {
		if len(d.Paths) == 0 && d.Reason != resource.Missing {
			t.Errorf("drift %q names no path", d.Name)
		}
	}
}

// everyChange makes all edits at once.
func (s Suite) everyChange(d *spec.Deployment) {
	for _, c := range s.Changes {
		c.Edit(d)
	}
}
