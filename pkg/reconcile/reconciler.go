package reconcile

import (
	"context"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Gate lets writes through to AWS while it is open.
type Gate interface {
	Open()
	Close()
}

// Reconciler converges deployments of one account and region, again and again:
// what its kinds have learnt of AWS makes the next observation cheaper. It may
// observe, plan and apply several times at once.
type Reconciler struct {
	Kinds []resource.Any // what is converged, in the order plans show
	Gate  Gate
}

// Scope narrows a plan.
type Scope struct {
	Tasks []string // only what these tasks use; nil for everything
	Prune bool     // delete what is ours and no longer declared
}

// Plan compares the deployment with what AWS has. It only reads.
func (r *Reconciler) Plan(ctx context.Context, d *spec.Deployment, s Scope) (*plan.Plan, error) {
	o, err := r.Observe(ctx, d, s)
	if err != nil {
		return nil, err
	}
	return o.Plan(nil)
}

// Judge says what the id of a write to an object tells of what was written. It
// asks AWS nothing.
func (r *Reconciler) Judge(d *spec.Deployment, key resource.Key, token string) resource.Verdict {
	for _, k := range r.Kinds {
		if j, ok := k.(resource.Judge); ok && k.Type() == key.Type {
			return j.Judges(d, key.Name, token)
		}
	}
	return resource.Unjudged
}

// Apply carries a plan out and accounts for every object that it changes.
func (r *Reconciler) Apply(ctx context.Context, p *plan.Plan, o apply.Options) []apply.Result {
	r.Gate.Open()
	defer r.Gate.Close()
	return apply.Run(ctx, p, o)
}
