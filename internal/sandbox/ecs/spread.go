package ecs

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// shared says on which capacity provider each of a number of tasks runs: first
// those of a base, then always on the one that lacks most of its weight. Without
// a strategy it is nil for every task.
func shared(strategy []types.CapacityProviderStrategyItem, tasks int) []*string {
	out := make([]*string, tasks)
	if len(strategy) == 0 {
		return out
	}
	running := make([]int32, len(strategy))
	for i := range out {
		next := 0
		for j := range strategy {
			if lacksMore(strategy[j], running[j], strategy[next], running[next]) {
				next = j
			}
		}
		running[next]++
		out[i] = strategy[next].CapacityProvider
	}
	return out
}

// lacksMore says whether the provider x, with so many tasks, is to get the next
// one rather than y.
func lacksMore(x types.CapacityProviderStrategyItem, ofX int32, y types.CapacityProviderStrategyItem, ofY int32) bool {
	if below := ofX < x.Base; below != (ofY < y.Base) {
		return below
	}
	return (max(ofY, y.Base)-y.Base)*x.Weight > (max(ofX, x.Base)-x.Base)*y.Weight || y.Weight == 0 && x.Weight > 0
}
