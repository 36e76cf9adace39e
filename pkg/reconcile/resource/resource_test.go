package resource_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

type (
	desired  struct{ text string }
	observed struct{ text string }
)

// echo is a kind that answers with what it was given.
type echo struct{ said *[]string }

func (e echo) say(verb string, parts ...any) {
	*e.said = append(*e.said, verb+" "+fmt.Sprint(parts...))
}

func (echo) Type() resource.Type { return "echo" }

func (echo) Desired(d *spec.Deployment) ([]resource.Node[desired], error) {
	return []resource.Node[desired]{{Key: key("a"), Tasks: []string{"t"}, Drift: spec.DriftReport, Ignore: []string{"/i"},
		At: spec.Position{File: "f"}, Promised: resource.Outputs{"arn": "p"},
		Build: func(l resource.Lookup) (desired, error) { return desired{d.Project + l(key("b"), "arn").String()}, nil }}}, nil
}

func (echo) Observe(context.Context, []resource.Key) (map[resource.Key]observed, error) {
	return map[resource.Key]observed{key("a"): {"o"}}, nil
}

func (echo) Outputs(o observed, pending []resource.FieldChange) resource.Outputs {
	return resource.Outputs{"arn": o.text + fmt.Sprint(len(pending))}
}

func (echo) Standing(d desired, o observed) resource.Standing {
	return resource.Standing{Owner: d.text + o.text}
}

func (echo) Diff(d desired, o observed) []resource.FieldChange {
	return []resource.FieldChange{{Path: "/", Before: o.text, After: d.text}}
}
func (echo) Keep(d desired, o observed, _ []string) desired { return desired{d.text + o.text} }

func (e echo) Create(_ context.Context, k resource.Key, d desired) (resource.Outputs, error) {
	e.say("create", k.Name, d.text)
	return resource.Outputs{"arn": d.text}, nil
}

func (e echo) Update(_ context.Context, k resource.Key, d desired, o observed, changes []resource.FieldChange) (resource.Outputs, error) {
	e.say("update", k.Name, d.text, o.text, len(changes))
	return resource.Outputs{"arn": d.text}, nil
}

func (e echo) Delete(_ context.Context, k resource.Key, o observed) error {
	e.say("delete", k.Name, o.text)
	return io.EOF
}

// pruning and digesting are what a kind may be able to do besides.
type pruning struct{ echo }

func (pruning) Owned(context.Context, *spec.Deployment) ([]resource.Key, error) {
	return []resource.Key{key("x")}, nil
}

type digesting struct{ echo }

func (digesting) Digest(d desired) string { return "digest of " + d.text }

func key(name string) resource.Key { return resource.Key{Type: "echo", Name: name} }

func TestErasedKindsAnswerAsTheyDid(t *testing.T) {
	var said []string
	k := resource.Erase(echo{&said})
	nodes, err := k.Desired(&spec.Deployment{Project: "p"})
	if err != nil || len(nodes) != 1 || k.Type() != "echo" {
		t.Fatalf("%v, %v", nodes, err)
	}
	n := nodes[0]
	if n.Key != key("a") || n.Tasks[0] != "t" || n.Drift != spec.DriftReport || n.Ignore[0] != "/i" || n.At.File != "f" || n.Promised["arn"] != "p" {
		t.Errorf("the node lost something: %+v", n)
	}
	d, err := n.Build(func(resource.Key, string) resource.Value { return resource.Known("!") })
	if err != nil || d != (desired{"p!"}) {
		t.Fatalf("built %v, %v", d, err)
	}
	found, err := k.Observe(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	o := found[key("a")]
	if got := k.Outputs(o, make([]resource.FieldChange, 2))["arn"]; got != "o2" {
		t.Errorf("outputs: %s", got)
	}
	if got := k.Standing(d, o).Owner; got != "p!o" {
		t.Errorf("standing: %s", got)
	}
	if got := k.Keep(d, o, nil); got != (desired{"p!o"}) {
		t.Errorf("kept: %v", got)
	}
	if diff := cmp.Diff([]resource.FieldChange{{Path: "/", Before: "o", After: "p!"}}, k.Diff(d, o)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]resource.FieldChange{{Path: "/", Before: "", After: "p!"}}, k.Diff(d, nil)); diff != "" {
		t.Errorf("against nothing: %s", diff)
	}
	if _, err := k.Create(t.Context(), key("a"), d); err != nil {
		t.Error(err)
	}
	if _, err := k.Update(t.Context(), key("a"), d, o, nil); err != nil {
		t.Error(err)
	}
	if err := k.Delete(t.Context(), key("a"), o); !errors.Is(err, io.EOF) {
		t.Errorf("the error is lost: %v", err)
	}
	if diff := cmp.Diff([]string{"create ap!", "update ap!o0", "delete ao"}, said); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAKindMayDoBesides(t *testing.T) {
	plain, prunes, digests := resource.Erase(echo{}), resource.Erase(pruning{}), resource.Erase(digesting{})
	if _, ok := plain.(resource.Pruner); ok {
		t.Error("a kind that cannot prune passes for a pruner")
	}
	if p, ok := prunes.(resource.Pruner); !ok {
		t.Error("a pruner is one no more")
	} else if owned, err := p.Owned(t.Context(), nil); err != nil || len(owned) != 1 {
		t.Errorf("owned: %v, %v", owned, err)
	}
	for k, want := range map[resource.Any]string{plain: "", digests: "digest of d"} {
		if got := k.(resource.Digester[any]).Digest(desired{"d"}); got != want {
			t.Errorf("digest %q, want %q", got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	keys := []resource.Key{{Type: "b", Name: "a"}, {Type: "a", Name: "b"}, {Type: "a", Name: "a"}}
	slices.SortFunc(keys, resource.Key.Compare)
	if got := fmt.Sprint(keys); got != "[a a a b b a]" {
		t.Errorf("order %s", got)
	}
	if keys[0].Compare(keys[0]) != 0 {
		t.Error("a key differs from itself")
	}
}

func TestValues(t *testing.T) {
	if v := resource.Known(""); !v.IsKnown() || v.String() != "" {
		t.Error("an empty value that is known")
	}
	if v := (resource.Value{}); v.IsKnown() || v.String() != resource.KnownAfterApply {
		t.Error("a value that is not known")
	}
}

func TestErrors(t *testing.T) {
	cause := &resource.Error{Class: resource.Throttled, Message: "slow down"}
	err := fmt.Errorf("update: %w", &resource.Error{Class: resource.Conflict, Message: "taken", Hint: "ask", Cause: cause})
	if got, want := err.Error(), "update: taken: slow down (ask)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if resource.ClassOf(err) != resource.Conflict || !errors.Is(err, cause) {
		t.Error("the outermost class counts, and the cause can be reached")
	}
	if resource.ClassOf(io.EOF) != resource.Terminal {
		t.Error("an error without a class is terminal")
	}
	got := resource.Conflictf("hint", "%s is %d", "it", 1)
	if diff := cmp.Diff(&resource.Error{Class: resource.Conflict, Message: "it is 1", Hint: "hint"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNoopAloneDoesNotWrite(t *testing.T) {
	for _, a := range []resource.Action{resource.Create, resource.Update, resource.Replace, resource.Delete, resource.Noop} {
		if a.Writes() != (a != resource.Noop) {
			t.Errorf("%s writes: %v", a, a.Writes())
		}
	}
}
