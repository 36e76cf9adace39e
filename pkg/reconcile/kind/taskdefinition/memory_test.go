package taskdefinition

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// vaulted are tasks with the families f0 to f5 and a variable out of a vault.
func vaulted(value string) *spec.Deployment {
	d := &spec.Deployment{Project: "shop", Environment: "staging"}
	for i := range 6 {
		d.Tasks = append(d.Tasks, spec.Task{Name: fmt.Sprintf("t%d", i), Vaulted: []string{"/containerDefinitions/0/environment/0/value"},
			TaskDefinition: spec.Document{"family": fmt.Sprintf("f%d", i), "containerDefinitions": []any{map[string]any{"name": "main", "image": "i", "memory": 64,
				"environment": []any{map[string]any{"name": "TOKEN", "value": value}}}}}})
	}
	return d
}

// plan is what a plan of d reads, with the kind that it was read by.
func (c *cloud) plan(t *testing.T, d *spec.Deployment) (*Kind, map[string]int) {
	t.Helper()
	k, ok := c.kind.Anew().(*Kind)
	if !ok {
		t.Fatal("the kind for another plan is another kind")
	}
	nodes, err := k.Desired(d)
	must(t, err)
	var keys []resource.Key
	for _, n := range nodes {
		keys = append(keys, n.Key)
	}
	return k, c.counted(func() {
		found, err := k.Observe(t.Context(), keys)
		must(t, err)
		if len(found) != len(keys) {
			t.Errorf("%d of %d families are found", len(found), len(keys))
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// converged registers d by one plan's kind.
func (c *cloud) converged(t *testing.T, d *spec.Deployment) {
	t.Helper()
	k, ok := c.kind.Anew().(*Kind)
	if !ok {
		t.Fatal("the kind for another plan is another kind")
	}
	nodes, err := k.Desired(d)
	must(t, err)
	for _, n := range nodes {
		want, err := n.Build(nil)
		must(t, err)
		_, err = k.Create(t.Context(), n.Key, want)
		must(t, err)
	}
}

func (m *memory) families() []string {
	out := []string{}
	for name, e := range m.entries {
		if e.read != nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// TestWhatWasRegisteredIsNotRead: the answer told all of it.
func TestWhatWasRegisteredIsNotRead(t *testing.T) {
	c, d := newCloud(t), vaulted("one")
	c.converged(t, d)
	_, calls := c.plan(t, d)
	if diff := cmp.Diff(map[string]int{"ListTaskDefinitions": 1, "GetResources": 1}, calls); diff != "" {
		t.Error(diff)
	}
}

// TestNoValueIsKeptThatTheSpecDoesNotHold: once the spec has another value, the
// old one lives no longer than the plan.
func TestNoValueIsKeptThatTheSpecDoesNotHold(t *testing.T) {
	c := newCloud(t)
	c.converged(t, vaulted("one"))
	next := vaulted("one")
	next.Tasks[2] = vaulted("two").Tasks[2]
	for range 2 {
		k, _ := c.plan(t, next)
		if diff := cmp.Diff([]string{"f0", "f1", "f3", "f4", "f5"}, k.memory.families()); diff != "" {
			t.Error(diff)
		}
	}
	if shown := fmt.Sprintf("%v %+v", c.kind.memory.entries["f0"].read, *c.kind.memory.entries["f0"].read); strings.Contains(shown, "one") {
		t.Error("what is kept prints a value")
	}
}

func TestWhatIsNoLongerDeclaredIsDropped(t *testing.T) {
	c, d := newCloud(t), vaulted("one")
	c.converged(t, d)
	d.Tasks = d.Tasks[1:5]
	k, _ := c.plan(t, d)
	if diff := cmp.Diff([]string{"f1", "f2", "f3", "f4"}, k.memory.families()); diff != "" {
		t.Error(diff)
	}
}

// TestWithoutWitnessesAllIsDescribed: what may not be listed costs calls and
// nothing else.
func TestWithoutWitnessesAllIsDescribed(t *testing.T) {
	c, d := newCloud(t), vaulted("one")
	c.converged(t, d)
	c.answer = func(operation string, next func() (any, error)) (any, error) {
		if operation == "GetResources" {
			return nil, awserr.New("AccessDeniedException", "not allowed")
		}
		return next()
	}
	if _, calls := c.plan(t, d); calls["DescribeTaskDefinition"] != 6 {
		t.Errorf("calls are %v", calls)
	}
}

func TestUnlessUseless(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool // the plan fails
	}{
		"too long":  {errTooLong, false},
		"forbidden": {&resource.Error{Class: resource.Terminal}, false},
		"throttled": {&resource.Error{Class: resource.Throttled}, true},
		"passing":   {&resource.Error{Class: resource.Retryable}, true},
		"cancelled": {&resource.Error{Class: resource.Terminal, Cause: context.Canceled}, true},
		"over":      {context.DeadlineExceeded, true},
	} {
		if got := unlessUseless(c.err); (got != nil) != c.want || c.want && !errors.Is(got, c.err) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestNothingReadBeforeAWriteIsKept: neither one that ended meanwhile nor one
// that began.
func TestNothingReadBeforeAWriteIsKept(t *testing.T) {
	m := newMemory()
	o := Observed{family: "f", arn: "old"}
	before := m.place("f")
	m.forget("f")
	during := m.place("f")
	m.keep("f", before, o)
	m.forget("f")
	m.keep("f", during, o)
	if kept := m.families(); len(kept) > 0 {
		t.Errorf("%v is kept", kept)
	}
	m.keep("f", m.place("f"), o)
	if kept, _ := m.of([]resource.Key{{Type: Type, Name: "f"}}); kept["f"].arn != "old" {
		t.Error("what was read after the write is not kept")
	}
}

func TestSameTags(t *testing.T) {
	a := map[string]string{"team": "data", "aws:cloudformation:stack-name": "s"}
	if !sameTags(a, map[string]string{"team": "data"}) || sameTags(a, map[string]string{}) || sameTags(a, map[string]string{"team": aws.ToString(nil)}) {
		t.Error("tags are not told apart")
	}
}
