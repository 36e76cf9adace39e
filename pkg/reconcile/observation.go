package reconcile

import (
	"fmt"
	"slices"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// Observation is what AWS had of a deployment, as far as one Scope reached. It
// does not change any more, and may be planned from by several at once.
type Observation struct {
	owner  string
	scope  Scope
	groups []plan.Group
	of     []map[string][]int // for each group, the places of a task's nodes
	whole  *plan.Plan
}

// Plan is the plan of some of the tasks that were observed, of all for nil:
// what Reconciler.Plan of these tasks makes where AWS has not changed since. It
// asks AWS nothing and gives the same plan every time. Deletions are no task's:
// they are in the plan of all.
func (o *Observation) Plan(tasks []string) (*plan.Plan, error) {
	if tasks == nil {
		return o.whole, nil
	}
	for _, t := range tasks {
		if o.scope.Tasks != nil && !slices.Contains(o.scope.Tasks, t) {
			return nil, fmt.Errorf("task %q cannot be planned from an observation of %q alone", t, o.scope.Tasks)
		}
	}
	groups := make([]plan.Group, len(o.groups))
	for i, g := range o.groups {
		groups[i] = plan.Group{Kind: g.Kind, Nodes: o.nodes(i, tasks), Observed: g.Observed}
	}
	return plan.Compute(o.owner, groups)
}

// nodes are those of a group that serve one of the tasks, in the group's order.
func (o *Observation) nodes(group int, tasks []string) []resource.Node[any] {
	var places []int
	for _, t := range tasks {
		places = append(places, o.of[group][t]...)
	}
	slices.Sort(places)
	var nodes []resource.Node[any]
	for _, place := range slices.Compact(places) {
		nodes = append(nodes, o.groups[group].Nodes[place])
	}
	return nodes
}

// placesByTask are the places of each task's nodes.
func placesByTask(nodes []resource.Node[any]) map[string][]int {
	of := map[string][]int{}
	for i, n := range nodes {
		for _, t := range n.Tasks {
			of[t] = append(of[t], i)
		}
	}
	return of
}
