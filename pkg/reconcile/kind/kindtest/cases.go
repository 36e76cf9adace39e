package kindtest

import (
	"slices"
	"strings"
	"testing"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func (s Suite) create(t *testing.T) {
	w := s.world(t)
	_, p := w.plan(s.Deployment(), reconcile.Scope{})
	if len(p.Steps) < 2 {
		t.Fatalf("the deployment declares %d objects; the suite needs two", len(p.Steps))
	}
	for _, step := range p.Steps {
		if step.Action != resource.Create || step.Reason != resource.Missing {
			t.Errorf("%s: %s (%s), want create (missing)", step.Key, step.Action, step.Reason)
		}
	}
	if len(w.writes) > 0 {
		t.Errorf("planning wrote: %v", w.writes)
	}
	w.converge(s.Deployment())
}

func (s Suite) change(t *testing.T, c Change) {
	w := s.world(t)
	w.converge(s.Deployment())
	d := s.Deployment()
	c.Edit(d)
	_, p := w.plan(d, reconcile.Scope{})
	step := w.only(p)
	if want := orReason(c.Reason, resource.SpecChanged); step.Reason != want {
		t.Errorf("%s: reason %s, want %s", step.Key, step.Reason, want)
	}
	w.wantPaths(step, c.Paths)
	w.converge(d)
}

func (s Suite) drift(t *testing.T, d Drift) {
	w := s.world(t)
	w.converge(s.Deployment())
	d.Do(t.Context(), t, w.cfg)
	_, p := w.plan(s.Deployment(), reconcile.Scope{})
	step := w.only(p)
	if want := orReason(d.Reason, resource.Drift); step.Reason != want {
		t.Errorf("%s: reason %s, want %s", step.Key, step.Reason, want)
	}
	if step.Action != resource.Create {
		w.wantPaths(step, d.Paths)
	}
	w.converge(s.Deployment())
}

func orReason(given, otherwise resource.Reason) resource.Reason {
	if given != "" {
		return given
	}
	return otherwise
}

func (s Suite) refuse(t *testing.T, c Refusal) {
	w := s.world(t)
	w.converge(s.Deployment())
	c.Do(t.Context(), t, w.cfg)
	d := s.Deployment()
	if c.Edit != nil {
		c.Edit(d)
	}
	r, p := w.plan(d, reconcile.Scope{})
	step := w.only(p)
	if step.Blocked == nil || !strings.Contains(step.Blocked.Error(), c.Says) {
		t.Fatalf("%s: refusal is %v, want one that says %q", step.Key, step.Blocked, c.Says)
	}
	w.reset()
	res := r.Apply(t.Context(), p, options(true))
	if len(res) != 1 || res[0].Status != apply.Failed || resource.ClassOf(res[0].Err) != resource.Conflict {
		t.Errorf("apply: %+v, want one conflict", res)
	}
	if len(w.writes) > 0 {
		t.Errorf("the refused object was written: %v", w.writes)
	}
}

func (s Suite) adopt(t *testing.T) {
	w := s.world(t)
	s.Unowned(t.Context(), t, w.cfg)
	r, p := w.plan(s.Deployment(), reconcile.Scope{})
	adopted := p.Adoptions()
	if len(adopted) != 1 {
		t.Fatalf("%d objects would be adopted, want 1", len(adopted))
	}
	for _, res := range r.Apply(t.Context(), p, options(false)) {
		if res.Key == adopted[0].Key && (res.Status != apply.Failed || resource.ClassOf(res.Err) != resource.Conflict) {
			t.Errorf("without leave to adopt: %+v, want a conflict", res)
		}
	}
	r, p = w.plan(s.Deployment(), reconcile.Scope{})
	for _, res := range r.Apply(t.Context(), p, options(true)) {
		if res.Status != apply.Done {
			t.Fatalf("apply with adoption: %s is %s: %v", res.Key, res.Status, w.safe(res.Err))
		}
	}
	w.settled(s.Deployment())
}

// prune takes every object but the first out of the spec.
func (s Suite) prune(t *testing.T) {
	w := s.world(t)
	w.converge(s.Deployment())
	r := w.reconciler()
	all, err := r.Plan(t.Context(), s.Deployment(), reconcile.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	keep := all.Steps[0].Tasks
	d := s.Deployment()
	d.Tasks = slices.DeleteFunc(d.Tasks, func(t spec.Task) bool { return !slices.Contains(keep, t.Name) })
	d.Secrets = slices.DeleteFunc(d.Secrets, func(m spec.ManagedSecret) bool { return !meet(m.Tasks, keep) })
	d.Parameters = slices.DeleteFunc(d.Parameters, func(m spec.ManagedParameter) bool { return !meet(m.Tasks, keep) })
	d.Roles = slices.DeleteFunc(d.Roles, func(m spec.ManagedRole) bool { return !meet(m.Tasks, keep) })
	r, p := w.plan(d, reconcile.Scope{Prune: true})
	if p.Summary().Delete == 0 {
		t.Fatal("nothing would be deleted")
	}
	for _, res := range r.Apply(t.Context(), p, options(false)) {
		if res.Status != apply.Done {
			t.Errorf("prune: %s is %s: %v", res.Key, res.Status, res.Err)
		}
	}
	if _, p = w.plan(d, reconcile.Scope{Prune: true}); p.HasChanges() {
		t.Errorf("after pruning there is still something to do: %+v", p.Summary())
	}
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// faults fails each call of a convergence in turn, and wants the next run to
// converge as if nothing had happened.
func (s Suite) faults(t *testing.T, edit func(*spec.Deployment)) {
	prepare := func(t *testing.T) (*world, *spec.Deployment) {
		w, d := s.world(t), s.Deployment()
		if edit != nil {
			w.converge(s.Deployment())
			edit(d)
			w.reset()
		}
		return w, d
	}
	w, d := prepare(t)
	r, p := w.plan(d, reconcile.Scope{})
	r.Apply(t.Context(), p, options(false))
	for n := 1; n <= w.calls; n++ {
		for name, fault := range faultsAt(n) {
			w, d := prepare(t)
			w.fault = fault
			w.attempt(d)
			w.reset()
			w.converge(d)
			if t.Failed() {
				t.Fatalf("call %d %s: the next run did not converge", n, name)
			}
		}
	}
}

// attempt plans and applies, whatever comes of it.
func (w *world) attempt(d *spec.Deployment) {
	r := w.reconciler()
	p, err := r.Plan(w.t.Context(), d, reconcile.Scope{})
	if err != nil {
		w.safe(err)
		return
	}
	for _, res := range r.Apply(w.t.Context(), p, options(false)) {
		w.safe(res.Err)
	}
}

type fault = func(n int, next func() (any, error)) (any, error)

// faultsAt are the ways call at can go wrong.
func faultsAt(at int) map[string]fault {
	denied := &awserr.Error{Code: "AccessDeniedException", Message: "not authorized", Status: 400}
	broken := &awserr.Error{Code: "InternalFailure", Message: "it broke", Status: 500}
	return map[string]fault{
		"denied": func(n int, next func() (any, error)) (any, error) {
			if n == at {
				return nil, denied
			}
			return next()
		},
		"answered with a failure after it took effect": func(n int, next func() (any, error)) (any, error) {
			out, err := next()
			if n == at {
				return nil, broken
			}
			return out, err
		},
		"was the last before the process died": func(n int, next func() (any, error)) (any, error) {
			if n > at {
				return nil, sandbox.ErrConnectionLost
			}
			out, err := next()
			if n == at {
				return nil, sandbox.ErrConnectionLost
			}
			return out, err
		},
	}
}
