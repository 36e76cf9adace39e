package reconcile

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

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

// Reconciler converges deployments of one account and region.
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
	groups, err := r.desired(d, s)
	if err != nil {
		return nil, err
	}
	if err := r.orphans(ctx, d, s, groups); err != nil {
		return nil, err
	}
	if err := observe(ctx, groups); err != nil {
		return nil, err
	}
	p, err := plan.Compute(d.Owner(), groups)
	if err != nil {
		return nil, err
	}
	found, err := find(ctx, d, s, p, groups)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return p, nil
	default:
		return plan.Compute(d.Owner(), groups)
	}
}

// find adds what AWS names rather than the spec, and reads it. It tells whether
// there is any.
func find(ctx context.Context, d *spec.Deployment, s Scope, p *plan.Plan, groups []plan.Group) (found bool, err error) {
	for i := range groups {
		f, ok := groups[i].Kind.(resource.Finder[any])
		if !ok {
			continue
		}
		nodes, err := f.Find(ctx, d, resource.Sought{Tasks: s.Tasks, Changes: p.Changes})
		if err != nil {
			return false, fmt.Errorf("cannot find the %ss: %w", groups[i].Kind.Type(), err)
		}
		if len(nodes) == 0 {
			continue
		}
		one := []plan.Group{{Kind: groups[i].Kind, Nodes: nodes}}
		if err := observe(ctx, one); err != nil {
			return false, err
		}
		groups[i].Nodes, groups[i].Observed = append(groups[i].Nodes, nodes...), one[0].Observed
		found = true
	}
	return found, nil
}

// Apply carries a plan out and accounts for every object that it changes.
func (r *Reconciler) Apply(ctx context.Context, p *plan.Plan, o apply.Options) []apply.Result {
	r.Gate.Open()
	defer r.Gate.Close()
	return apply.Run(ctx, p, o)
}

// desired asks every kind for its nodes.
func (r *Reconciler) desired(d *spec.Deployment, s Scope) ([]plan.Group, error) {
	groups := make([]plan.Group, len(r.Kinds))
	for i, k := range r.Kinds {
		nodes, err := k.Desired(d)
		if err != nil {
			return nil, err
		}
		groups[i] = plan.Group{Kind: k, Nodes: within(nodes, s.Tasks)}
	}
	return groups, nil
}

// observe reads every kind at once. Any failure fails the whole: what could
// not be read must never look absent.
func observe(ctx context.Context, groups []plan.Group) error {
	all, ctx := errgroup.WithContext(ctx)
	for i := range groups {
		all.Go(func() error {
			g := &groups[i]
			keys := append([]resource.Key{}, g.Orphans...)
			for _, n := range g.Nodes {
				keys = append(keys, n.Key)
			}
			if len(keys) == 0 {
				return nil
			}
			found, err := g.Kind.Observe(ctx, keys)
			if err != nil {
				return fmt.Errorf("cannot observe the %ss: %w", g.Kind.Type(), err)
			}
			g.Observed = found
			return nil
		})
	}
	return all.Wait()
}
