package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// shop declares tasks.
func shop(tasks ...string) *spec.Deployment {
	d := &spec.Deployment{Project: "shop", Environment: "staging"}
	for _, name := range tasks {
		d.Tasks = append(d.Tasks, spec.Task{Name: name})
	}
	return d
}

func world(objects map[string]string) (*Reconciler, *cloud) {
	c := &cloud{objects: objects}
	return &Reconciler{Kinds: []resource.Any{resource.Erase(fake{"thing", c})}, Gate: c}, c
}

func actions(p *plan.Plan) []string {
	out := []string{}
	for _, s := range p.Steps {
		out = append(out, string(s.Action)+" "+s.Key.Name)
	}
	return out
}

func TestPlan(t *testing.T) {
	objects := map[string]string{"a": "shop/staging", "old": "shop/staging", "theirs": "other/staging"}
	cases := []struct {
		name    string
		tasks   []string
		scope   Scope
		want    []string
		observe int
	}{
		{"everything", []string{"a", "b"}, Scope{}, []string{"noop a", "create b"}, 2},
		{"one task", []string{"a", "b"}, Scope{Tasks: []string{"b"}}, []string{"create b"}, 1},
		{"no task", []string{"a", "b"}, Scope{Tasks: []string{}}, []string{}, 0},
		{"pruned", []string{"a"}, Scope{Prune: true}, []string{"noop a", "delete old"}, 2},
		{"nothing declared", nil, Scope{}, []string{}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, cloud := world(objects)
			p, err := r.Plan(t.Context(), shop(c.tasks...), c.scope)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, actions(p)); diff != "" {
				t.Error(diff)
			}
			if len(cloud.calls) != c.observe {
				t.Errorf("calls: %v, want %d objects observed", cloud.calls, c.observe)
			}
		})
	}
}

// Whatever is not known for sure must not look absent, least of all to a prune.
func TestPlanGivesUp(t *testing.T) {
	denied := errors.New("AccessDenied")
	cases := []struct {
		name     string
		d        *spec.Deployment
		scope    Scope
		sabotage func(*cloud)
		says     string
	}{
		{"what is desired is unknown", shop("a"), Scope{}, func(c *cloud) { c.desiredErr = denied }, "AccessDenied"},
		{"what is there cannot be read", shop("a"), Scope{}, func(c *cloud) { c.observeErr = denied }, "cannot observe the things: AccessDenied"},
		{"what is ours cannot be listed", shop("a"), Scope{Prune: true}, func(c *cloud) { c.ownErr = denied },
			"cannot list what is ours, so nothing is pruned: AccessDenied"},
		{"nothing is declared", shop(), Scope{Prune: true}, func(*cloud) {}, "pruning would delete everything"},
		{"a part is pruned by", shop("a"), Scope{Prune: true, Tasks: []string{"a"}}, func(*cloud) {}, "cannot be pruned by"},
		{"an empty part is pruned by", shop("a"), Scope{Prune: true, Tasks: []string{}}, func(*cloud) {}, "cannot be pruned by"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, cloud := world(map[string]string{"a": "shop/staging", "old": "shop/staging"})
			c.sabotage(cloud)
			p, err := r.Plan(t.Context(), c.d, c.scope)
			if err == nil || p != nil {
				t.Fatalf("a plan was made: %v", err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v, want %q", err, c.says)
			}
		})
	}
}

func TestAnEmptySpecIsBadInputToAPrune(t *testing.T) {
	r, _ := world(nil)
	_, err := r.Plan(t.Context(), shop(), Scope{Prune: true})
	if bad := (*spec.Error)(nil); !errors.As(err, &bad) {
		t.Errorf("%v blames something else than the spec", err)
	}
}

func options() apply.Options {
	return apply.Options{Parallelism: 1, Now: time.Now, Sleep: func(context.Context, time.Duration) error { return nil }}
}

func TestTheGateIsOpenForApplyAlone(t *testing.T) {
	r, c := world(map[string]string{"old": "shop/staging"})
	p, err := r.Plan(t.Context(), shop("a"), Scope{Prune: true})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(c.calls, "open") {
		t.Error("the gate was opened to plan")
	}
	c.calls = nil
	for _, res := range r.Apply(t.Context(), p, options()) {
		if res.Status != apply.Done {
			t.Errorf("%s is %s: %v", res.Key, res.Status, res.Err)
		}
	}
	if diff := cmp.Diff([]string{"open", "create a", "delete old", "close"}, c.calls); diff != "" {
		t.Error(diff)
	}
}

func TestAKindThatCannotPruneIsLeftOut(t *testing.T) {
	c := &cloud{objects: map[string]string{"a": "shop/staging", "old": "shop/staging"}}
	r := &Reconciler{Kinds: []resource.Any{resource.Erase(struct {
		resource.Kind[none, string]
	}{fake{"thing", c}})}, Gate: c}
	p, err := r.Plan(t.Context(), shop("a"), Scope{Prune: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"noop a"}, actions(p)); diff != "" {
		t.Error(diff)
	}
}
