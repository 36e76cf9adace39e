package reconcile_test

import (
	"errors"
	"strings"
	"testing"

	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// offline is a kind that fails the test, by a nil pointer, when AWS is asked.
type offline struct {
	resource.Any
	nodes []resource.Node[any]
	err   error
}

func (offline) Type() resource.Type { return "thing" }

func (k offline) Desired(*spec.Deployment) ([]resource.Node[any], error) { return k.nodes, k.err }

func (offline) Diff(any, any) []resource.FieldChange { return nil }

func node(name string, build func(resource.Lookup) (any, error)) resource.Node[any] {
	return resource.Node[any]{Key: resource.Key{Type: "thing", Name: name}, At: spec.Position{File: name, Line: 1}, Build: build}
}

// TestCheck: whatever a plan would fail of is found without asking AWS.
func TestCheck(t *testing.T) {
	fine := func(resource.Lookup) (any, error) { return "desired", nil }
	for name, c := range map[string]struct {
		kind offline
		want string // "" for no error
	}{
		"fine":       {offline{nodes: []resource.Node[any]{node("a", fine), node("b", fine)}}, ""},
		"no desired": {offline{err: &spec.Error{Message: "too large"}}, "too large"},
		"no build":   {offline{nodes: []resource.Node[any]{node("a", func(resource.Lookup) (any, error) { return nil, errors.New("too long") })}}, "a:1: thing a: too long"},
		"twice":      {offline{nodes: []resource.Node[any]{node("a", fine), node("a", fine)}}, "a:1: thing a is declared twice"},
		"undeclared": {offline{nodes: []resource.Node[any]{node("a", func(l resource.Lookup) (any, error) {
			return l(resource.Key{Type: "thing", Name: "b"}, "arn"), nil
		})}}, "nothing declares it"},
	} {
		err := reconcile.Check([]resource.Any{c.kind}, &spec.Deployment{Project: "p", Environment: "e"})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}
