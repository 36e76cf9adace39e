package daemon

import (
	"context"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/daemon/status"
)

// What a cycle of a thousand tasks may cost while nothing changes.
const (
	thousand  = 1000
	mostCalls = 45
	mostHeap  = 100 << 20 // the sandbox that holds the tasks included
	mostCPU   = 500 * time.Millisecond
)

// TestASteadyCycleOfAThousandTasks: a cycle as the loop runs it makes as many
// calls as there are pages, and keeps little in memory. How long it computes is
// printed, and held to a multiple of what it should be on a machine of its own.
func TestASteadyCycleOfAThousandTasks(t *testing.T) {
	before := measure(t).heap // of the tests before this one
	simulate(t, thousand, nil, func(w *world) {
		w.pass(2 * time.Minute) // what the first cycles read is not read again
		w.happened()
		calls, cycles, cpu := total(w.calls.Counts()), len(w.cycles), used(t)
		w.pass(time.Minute)
		calls, cycles, cpu = total(w.calls.Counts())-calls, len(w.cycles)-cycles, used(t)-cpu
		heap := int64(measure(t).heap) - int64(before)
		t.Logf("%d cycle: %d calls, %s of CPU, %d MB in use", cycles, calls, cpu, heap>>20)
		if cycles != 1 || calls > mostCalls || heap > mostHeap || cpu > 4*mostCPU {
			t.Errorf("want one cycle, %d calls at most, %s of CPU and %d MB", mostCalls, mostCPU, mostHeap>>20)
		}
		if got := w.happened(); len(got) > 0 {
			t.Errorf("something happened: %v", got)
		}
	})
}

// used is the CPU time that the process has taken so far.
func used(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCycle1000 is one cycle after the other of a daemon that finds nothing
// to do, the sandbox's own work included.
func BenchmarkCycle1000(b *testing.B) {
	server, _ := sandboxtest.New(b)
	w := &world{t: b, server: server, board: status.NewBoard(), spec: fleet(b, thousand)}
	cycled := make(chan Cycle)
	o := w.options()
	o.Interval = time.Millisecond // there is always a next one
	o.Cycled = func(c Cycle) { cycled <- c }
	ctx, stop := context.WithCancel(b.Context())
	var keeping sync.WaitGroup
	keeping.Go(func() { w.err = New(o).Keep(ctx, w, nil); close(cycled) })
	for quiet := 0; quiet < 3; {
		if c := <-cycled; c.Tasks == thousand && c.Writes == 0 && c.Err == nil {
			quiet++
		}
	}
	calls, cpu := total(w.calls.Counts()), used(b)
	b.ReportAllocs()
	for b.Loop() {
		<-cycled
	}
	b.ReportMetric(float64(total(w.calls.Counts())-calls)/float64(b.N), "calls/op")
	b.ReportMetric((used(b)-cpu).Seconds()/float64(b.N), "cpu-s/op")
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapInuse>>20), "MB")
	stop()
	for range cycled { // the last ones, so that nobody waits
	}
	keeping.Wait()
	if w.err != nil {
		b.Error(w.err)
	}
}
