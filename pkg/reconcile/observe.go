package reconcile

import (
	"context"
	"fmt"
	"maps"

	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Observe reads what AWS has of the deployment, for one plan or for many. It
// only reads.
func (r *Reconciler) Observe(ctx context.Context, d *spec.Deployment, s Scope) (*Observation, error) {
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
	o := &Observation{owner: d.Owner(), scope: s, groups: groups}
	if o.whole, err = plan.Compute(o.owner, groups); err != nil {
		return nil, err
	}
	found, err := find(ctx, d, s, o.whole, groups)
	if err == nil && found {
		o.whole, err = plan.Compute(o.owner, groups)
	}
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		o.of = append(o.of, placesByTask(g.Nodes))
	}
	return o, nil
}

// desired asks every kind for its nodes. Each has nothing else in mind, so that
// plans which are made at once do not disturb each other.
func (r *Reconciler) desired(d *spec.Deployment, s Scope) ([]plan.Group, error) {
	groups := make([]plan.Group, len(r.Kinds))
	for i, k := range r.Kinds {
		k = resource.Anew(k)
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

// find adds what AWS names rather than the spec, and reads it. It tells whether
// there is any.
func find(ctx context.Context, d *spec.Deployment, s Scope, p *plan.Plan, groups []plan.Group) (found bool, err error) {
	sought := resource.Sought{Tasks: s.Tasks, Changes: p.Changes()}
	for i := range groups {
		g := &groups[i]
		f, ok := g.Kind.(resource.Finder[any])
		if !ok {
			continue
		}
		nodes, err := f.Find(ctx, d, sought)
		if err != nil {
			return false, fmt.Errorf("cannot find the %ss: %w", g.Kind.Type(), err)
		}
		if len(nodes) == 0 {
			continue
		}
		one := []plan.Group{{Kind: g.Kind, Nodes: nodes}}
		if err := observe(ctx, one); err != nil {
			return false, err
		}
		all := maps.Clone(one[0].Observed)
		maps.Copy(all, g.Observed)
		g.Nodes, g.Observed = append(g.Nodes, nodes...), all
		found = true
	}
	return found, nil
}
