package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// A plan that finds nothing to do makes at most 10 + N + ⌈N/25⌉ calls for N
// tasks with a secret and a role each, and none of them twice.
func TestPlanKeepsItsCallBudget(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 25, 100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, sandbox)
			p := c.generated(t, n)
			if done := p.apply(t); done.Summary["done"] != 3*n {
				t.Fatalf("the apply did %v, want %d", done.Summary, 3*n)
			}
			var planned plan
			calls := c.during(func() { planned = p.plan(t) })
			if len(planned.Changes) > 0 {
				t.Errorf("the plan has changes: %v", planned.Changes)
			}
			sameCalls(t, planned.AWSCalls, calls)
			counts := count(calls)
			for _, operation := range slices.Sorted(maps.Keys(counts)) {
				t.Logf("%4d tasks: %4d %s", n, counts[operation], operation)
			}
			limit := 10 + n + (n+24)/25
			t.Logf("%4d tasks: %4d calls of %d", n, len(calls), limit)
			if len(calls) > limit {
				t.Errorf("%d calls for %d tasks, and at most %d are allowed", len(calls), n, limit)
			}
			noneTwice(t, calls)
		})
	}
}

func noneTwice(t testing.TB, calls []call) {
	t.Helper()
	seen := map[call]int{}
	for _, c := range calls {
		if seen[c]++; seen[c] == 2 {
			t.Errorf("%s is sent twice with the same parameters", c.operation)
		}
	}
}
