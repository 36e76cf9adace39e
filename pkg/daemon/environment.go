package daemon

import (
	"context"

	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Environment is one environment of the specs, as the daemon needs it.
type Environment interface {
	Name() string
	// Load reads the newest specs, values from outside of them included.
	Load(ctx context.Context) (Loaded, error)
	// Connect reaches the account and region that the deployment is of, and
	// fails where the credentials are of another.
	Connect(ctx context.Context, d *spec.Deployment) (*Connection, error)
}

// Loaded is what specs say.
type Loaded struct {
	Deployment *spec.Deployment
	Tasks      []string // those to keep; nil for all
	Revision   string   // of the source: a commit, say; may be empty
}

// Connection is an account and region to converge.
type Connection struct {
	Reconciler Reconciler
	Fence      func(check func() error) // puts check in front of every write
	CallerARN  string                   // who we are to AWS
	Calls      func() map[string]int    // sent so far, by "service:Operation"
	Close      func() error
}

// Reconciler compares a deployment with AWS, and carries plans out. It is what
// *reconcile.Reconciler is; several calls run at once.
type Reconciler interface {
	Plan(ctx context.Context, d *spec.Deployment, s reconcile.Scope) (*plan.Plan, error)
	Apply(ctx context.Context, p *plan.Plan, o apply.Options) []apply.Result
	Judge(d *spec.Deployment, key resource.Key, token string) resource.Verdict
}
