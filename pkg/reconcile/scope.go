package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// within keeps the nodes that serve one of the tasks; all of them for nil.
// What a task's objects depend on serves that task too, so the rest is closed.
func within(nodes []resource.Node[any], tasks []string) []resource.Node[any] {
	if tasks == nil {
		return nodes
	}
	var kept []resource.Node[any]
	for _, n := range nodes {
		if slices.ContainsFunc(n.Tasks, func(t string) bool { return slices.Contains(tasks, t) }) {
			kept = append(kept, n)
		}
	}
	return kept
}

// orphans lists, with s.Prune, what carries our owner tag and is not declared.
// An empty desired state is taken for a mistake rather than for "delete all".
func (r *Reconciler) orphans(ctx context.Context, d *spec.Deployment, s Scope, groups []plan.Group) error {
	if !s.Prune {
		return nil
	}
	if s.Tasks != nil {
		return errors.New("a part of the tasks cannot be pruned by: what the others use would look orphaned")
	}
	if !slices.ContainsFunc(groups, func(g plan.Group) bool { return len(g.Nodes) > 0 }) {
		return &spec.Error{Message: "the spec declares nothing, so pruning would delete everything",
			Hint: "check that this is the folder and the environment you mean; nothing deletes everything that is ours"}
	}
	for i := range groups {
		if err := orphansOf(ctx, d, &groups[i]); err != nil {
			return err
		}
	}
	return nil
}

func orphansOf(ctx context.Context, d *spec.Deployment, g *plan.Group) error {
	pruner, ok := g.Kind.(resource.Pruner)
	if !ok {
		return nil
	}
	owned, err := pruner.Owned(ctx, d)
	if err != nil {
		return fmt.Errorf("cannot list what is ours, so nothing is pruned: %w", err)
	}
	for _, key := range owned {
		if !slices.ContainsFunc(g.Nodes, func(n resource.Node[any]) bool { return n.Key == key }) {
			g.Orphans = append(g.Orphans, key)
		}
	}
	return nil
}
