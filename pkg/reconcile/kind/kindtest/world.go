package kindtest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// world is one sandbox with the suite's seed in it.
type world struct {
	t     *testing.T
	suite Suite
	cfg   aws.Config

	mu     sync.Mutex
	fault  func(n int, next func() (any, error)) (any, error) // nil lets all through
	calls  int
	writes []string
}

func (s Suite) world(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, suite: s}
	_, w.cfg = sandboxtest.New(t, func(o *sandbox.Options) { o.Intercept, o.KMSKeys = w.intercept, []string{"*"} })
	if s.Seed != nil {
		s.Seed(t.Context(), t, w.cfg)
	}
	w.reset()
	return w
}

// reset forgets the calls counted so far and takes the fault away.
func (w *world) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault, w.calls, w.writes = nil, 0, nil
}

func (w *world) intercept(_, operation string, next func() (any, error)) (any, error) {
	w.mu.Lock()
	w.calls++
	n, fault := w.calls, w.fault
	if !isRead(operation) {
		w.writes = append(w.writes, operation)
	}
	w.mu.Unlock()
	if fault == nil {
		return next()
	}
	return fault(n, next)
}

func isRead(operation string) bool {
	return slices.ContainsFunc([]string{"Get", "List", "Describe", "BatchGet"}, func(p string) bool {
		return strings.HasPrefix(operation, p)
	})
}

// openGate is a gate that is never closed: what a kind writes is counted here.
type openGate struct{}

func (openGate) Open()  {}
func (openGate) Close() {}

// reconciler is a new process: nothing is remembered from an earlier one.
func (w *world) reconciler() *reconcile.Reconciler {
	return &reconcile.Reconciler{Kinds: []resource.Any{w.suite.New(w.cfg)}, Gate: openGate{}}
}

func (w *world) plan(d *spec.Deployment, scope reconcile.Scope) (*reconcile.Reconciler, *plan.Plan) {
	w.t.Helper()
	r := w.reconciler()
	p, err := r.Plan(w.t.Context(), d, scope)
	if err != nil {
		w.t.Fatalf("plan: %v", w.safe(err))
	}
	w.scan(p)
	return r, p
}

// converge plans and applies, and wants every object done and a second plan
// to find nothing and to write nothing.
func (w *world) converge(d *spec.Deployment) {
	w.t.Helper()
	r, p := w.plan(d, reconcile.Scope{})
	for _, res := range r.Apply(w.t.Context(), p, options(false)) {
		if res.Status != apply.Done {
			w.t.Fatalf("apply: %s is %s: %v", res.Key, res.Status, w.safe(res.Err))
		}
	}
	w.settled(d)
}

func (w *world) settled(d *spec.Deployment) {
	w.t.Helper()
	w.reset()
	r, p := w.plan(d, reconcile.Scope{})
	for _, s := range p.Steps {
		if s.Action != resource.Noop {
			w.t.Errorf("second plan: %s %s (%s): %v", s.Action, s.Key, s.Reason, paths(s))
		}
	}
	r.Apply(w.t.Context(), p, options(false))
	if len(w.writes) > 0 {
		w.t.Errorf("second apply wrote: %v", w.writes)
	}
	if w.suite.Check != nil {
		w.suite.Check(w.t.Context(), w.t, w.cfg)
	}
}

func options(adopt bool) apply.Options {
	return apply.Options{Parallelism: 1, Adopt: adopt, Grace: time.Second, Now: time.Now,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

// only is the one step that writes.
func (w *world) only(p *plan.Plan) *plan.Step {
	w.t.Helper()
	var found *plan.Step
	for _, s := range p.Steps {
		if s.Action == resource.Noop {
			continue
		}
		if found != nil {
			w.t.Fatalf("two objects change: %s %v and %s %v", found.Key, paths(found), s.Key, paths(s))
		}
		found = s
	}
	if found == nil {
		w.t.Fatal("the plan is empty")
	}
	return found
}

func paths(s *plan.Step) []string {
	out := []string{}
	for _, f := range s.Fields {
		out = append(out, f.Path)
	}
	slices.Sort(out)
	return out
}

func (w *world) wantPaths(s *plan.Step, want []string) {
	w.t.Helper()
	want = slices.Sorted(slices.Values(want))
	// The digest of what was applied follows every change of the spec.
	got := slices.DeleteFunc(paths(s), func(p string) bool { return p == "/tags/ecs-reconciler~1applied" })
	if diff := cmp.Diff(want, got, cmp.Transformer("orEmpty", func(in []string) []string { return append([]string{}, in...) })); diff != "" {
		w.t.Errorf("%s: field paths (-want +got):\n%s", s.Key, diff)
	}
}

// scan looks for the canary in everything a plan can show.
func (w *world) scan(p *plan.Plan) {
	w.t.Helper()
	text, err := json.Marshal(p.Document(plan.Head{}, true))
	if err != nil {
		w.t.Fatalf("the plan cannot be written: %v", err)
	}
	saved, err := p.Save(plan.Head{})
	if err != nil {
		w.t.Fatalf("the plan cannot be saved: %v", err)
	}
	for _, s := range p.Steps {
		w.safe(errors.New(s.Note))
		if s.Blocked != nil {
			w.safe(s.Blocked)
		}
	}
	w.noCanary(string(text) + string(saved))
}

// safe returns err after making sure that it does not hold the canary.
func (w *world) safe(err error) error {
	w.t.Helper()
	if err != nil {
		w.noCanary(err.Error())
	}
	return err
}

func (w *world) noCanary(text string) {
	w.t.Helper()
	if w.suite.Canary != "" && strings.Contains(text, w.suite.Canary) {
		w.t.Fatal("a secret is shown")
	}
}
