package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// TestAdviceIsNoChange: what is only told of is a warning of the plan.
func TestAdviceIsNoChange(t *testing.T) {
	w := world{kinds: []string{"web"}, desired: []node{{name: "web/a", fields: fields{"/x": "new"}}, {name: "web/b", fields: fields{"/x": "new"}}},
		observed: map[string]thing{"web/a": ours(fields{"/x": "old"}), "web/b": ours(fields{"/x": "new"})}}
	groups := w.groups()
	for i := range groups[0].Nodes {
		groups[0].Nodes[i].Advice = "see to it"
	}
	p, err := plan.Compute(owner, groups)
	if err != nil {
		t.Fatal(err)
	}
	if p.HasChanges() {
		t.Errorf("the plan is %v", outline(p))
	}
	want := []string{"spec", "tasks/web.yaml:7: web a:  (see to it)"}
	if diff := cmp.Diff(want, p.Document(plan.Head{Warnings: []string{"spec"}}, false).Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestChanges(t *testing.T) {
	w := world{kinds: []string{"web"}, desired: []node{{name: "web/changes", fields: fields{"/x": "new"}}, {name: "web/stays", fields: fields{"/x": "old"}},
		{name: "web/appears"}},
		observed: map[string]thing{"web/changes": ours(fields{"/x": "old"}), "web/stays": ours(fields{"/x": "old"})}}
	changes := compute(t, w).Changes()
	for name, want := range map[string]bool{"web/changes": true, "web/stays": false, "web/appears": false, "web/unknown": false} {
		if got := changes(key(name), "version"); got != want {
			t.Errorf("%s changes: %v, want %v", name, got, want)
		}
	}
	if changes(resource.Key{Type: "web", Name: "changes"}, "arn") {
		t.Error("an output that no change withholds is said to change")
	}
}
