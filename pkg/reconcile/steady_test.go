package reconcile

import (
	"runtime"
	"runtime/debug"
	"testing"

	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/spec"
)

// cycle plans everything, and wants nothing to be done.
func cycle(t testing.TB, r *Reconciler, d *spec.Deployment) {
	t.Helper()
	p, err := r.Plan(t.Context(), d, Scope{})
	must(t, err)
	if p.HasChanges() {
		t.Fatalf("changes: %+v", p.Summary())
	}
}

// total is how many calls were made.
func total(s *awsapi.Session) int {
	n := 0
	for _, count := range s.Calls.Counts() {
		n += count
	}
	return n
}

// after is how many calls something makes.
func after(s *awsapi.Session, do func()) int {
	before := total(s)
	do()
	return total(s) - before
}

// TestCallsOfASteadyCycle: what a cycle costs while nothing changes grows with
// the pages of the lists, and with nothing else.
func TestCallsOfASteadyCycle(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the sandbox's state is large and stays
	for _, c := range []struct{ tasks, most int }{{1000, 45}, {10_000, 430}} {
		d := fleet(t, c.tasks)
		server, _ := sandboxtest.New(t)
		s := connect(t, server)
		r := realKinds(s.Config, s.Gate)
		converge(t, r, d)
		if spent := after(s, func() { cycle(t, r, d) }); spent > c.most {
			t.Errorf("%d tasks: %d calls, %d is the most: %v", c.tasks, spent, c.most, s.Calls.Counts())
		}
	}
}

// A process that has just started reads each task definition once, and then no
// more.
func TestCallsOfTheFirstCycles(t *testing.T) {
	const n = 250
	d := fleet(t, n)
	s := connect(t, converged(t, d))
	r := realKinds(s.Config, s.Gate)
	first := after(s, func() { cycle(t, r, d) })
	for i := range 3 {
		if again := after(s, func() { cycle(t, r, d) }); first < n || again > 15 {
			t.Errorf("the first cycle makes %d calls, number %d makes %d", first, i+2, again)
		}
	}
}

// TestASteadyReconcilerIsSmall: a thousand tasks, the sandbox that holds them
// included.
func TestASteadyReconcilerIsSmall(t *testing.T) {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	d := fleet(t, 1000)
	s := connect(t, converged(t, d))
	r := realKinds(s.Config, s.Gate)
	cycle(t, r, d)
	cycle(t, r, d)
	runtime.GC()
	runtime.ReadMemStats(&now)
	t.Logf("%d bytes in use", now.HeapInuse)
	if grown := int64(now.HeapInuse) - int64(before.HeapInuse); grown >= 100_000_000 {
		t.Errorf("a thousand tasks take %d bytes", grown)
	}
	runtime.KeepAlive(r)
}

// steady is a Reconciler that has seen a converged fleet once.
func steady(t testing.TB, n int) (*Reconciler, *awsapi.Session, *spec.Deployment) {
	t.Helper()
	d := fleet(t, n)
	s := connect(t, converged(t, d))
	r := realKinds(s.Config, s.Gate)
	cycle(t, r, d)
	return r, s, d
}

// BenchmarkSteadyCycle1000 includes the sandbox's own work.
func BenchmarkSteadyCycle1000(b *testing.B) {
	r, _, d := steady(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		cycle(b, r, d)
	}
}
