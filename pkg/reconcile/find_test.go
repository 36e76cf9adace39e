package reconcile

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// finder is a kind whose objects AWS names.
type finder struct {
	fake
	found []string
	tasks []string // that what is found serves
	err   error
	seen  *resource.Sought
}

func (f finder) Desired(*spec.Deployment) ([]resource.Node[none], error) { return nil, nil }

func (f finder) Find(_ context.Context, _ *spec.Deployment, s resource.Sought) ([]resource.Node[none], error) {
	*f.seen = s
	var nodes []resource.Node[none]
	for _, name := range f.found {
		nodes = append(nodes, resource.Node[none]{Key: f.key(name), Tasks: f.tasks, Build: func(l resource.Lookup) (none, error) {
			l(resource.Key{Type: "thing", Name: "a"}, "arn")
			return none{}, nil
		}})
	}
	return nodes, f.err
}

func findingWorld(f finder) (*Reconciler, *cloud, *resource.Sought) {
	r, c := world(map[string]string{"a": "shop/staging", "x": "shop/staging"})
	f.fake, f.seen = fake{"found", c}, &resource.Sought{}
	r.Kinds = append(r.Kinds, resource.Erase(f))
	return r, c, f.seen
}

// TestWhatIsFoundIsPlannedAfterTheRest: its dependencies are known, and nothing
// of the rest is read twice.
func TestWhatIsFoundIsPlannedAfterTheRest(t *testing.T) {
	r, c, sought := findingWorld(finder{found: []string{"x"}})
	p, err := r.Plan(t.Context(), shop("a"), Scope{Tasks: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"noop a", "noop x"}, actions(p)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"observe thing a", "observe found x"}, c.calls); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(sought.Tasks, []string{"a"}) || sought.Changes(resource.Key{Type: "thing", Name: "a"}, "arn") {
		t.Errorf("sought is %+v", sought)
	}
}

func TestNothingFoundIsNothingRead(t *testing.T) {
	r, c, _ := findingWorld(finder{})
	if _, err := r.Plan(t.Context(), shop("a"), Scope{}); err != nil || len(c.calls) != 1 {
		t.Errorf("%v: %v", c.calls, err)
	}
}

func TestAFailedSearchFailsThePlan(t *testing.T) {
	r, _, _ := findingWorld(finder{err: errors.New("AccessDenied")})
	if p, err := r.Plan(t.Context(), shop("a"), Scope{}); err == nil || p != nil || err.Error() != "cannot find the founds: AccessDenied" {
		t.Errorf("got %v", err)
	}
}
