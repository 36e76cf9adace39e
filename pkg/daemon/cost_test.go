package daemon

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
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
	before := live() // of the tests before this one
	simulate(t, thousand, nil, func(w *world) {
		w.pass(2 * time.Minute) // what the first cycles read is not read again
		w.happened()
		calls, cycles, cpu, theirs := total(w.calls.Counts()), len(w.cycles), used(t, syscall.RUSAGE_SELF), w.theirs.Load()
		w.pass(time.Minute)
		calls, cycles, cpu = total(w.calls.Counts())-calls, len(w.cycles)-cycles, used(t, syscall.RUSAGE_SELF)-cpu
		cpu -= time.Duration(w.theirs.Load() - theirs)
		heap := int64(live()) - int64(before)
		t.Logf("%d cycle: %d calls, %s of CPU beside the %s that the sandbox took, %d MB in use", cycles, calls, cpu, time.Duration(w.theirs.Load()-theirs), heap>>20)
		if cycles != 1 || calls > mostCalls || heap > mostHeap || cpu > 4*mostCPU {
			t.Errorf("want one cycle, %d calls at most, %s of CPU and %d MB", mostCalls, mostCPU, mostHeap>>20)
		}
		if got := w.happened(); len(got) > 0 {
			t.Errorf("something happened: %v", got)
		}
	})
}

// live is how much of the heap is in use by what can still be reached.
func live() uint64 {
	runtime.GC()
	runtime.GC() // what the first one only found unreachable
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// rusageThread is RUSAGE_THREAD of Linux's getrusage(2).
const rusageThread = 1

// metered is a sandbox whose CPU time is counted apart from the daemon's.
type metered struct {
	sandbox http.RoundTripper
	cpu     *atomic.Int64
}

// RoundTrip counts the time of its thread, which does nothing else meanwhile.
func (m *metered) RoundTrip(r *http.Request) (*http.Response, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := threadTime()
	defer func() { m.cpu.Add(int64(threadTime() - start)) }()
	return m.sandbox.RoundTrip(r)
}

func threadTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(rusageThread, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// used is the CPU time that the process has taken so far.
func used(t testing.TB, who int) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
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
	calls, cpu := total(w.calls.Counts()), used(b, syscall.RUSAGE_SELF)
	b.ReportAllocs()
	for b.Loop() {
		<-cycled
	}
	b.ReportMetric(float64(total(w.calls.Counts())-calls)/float64(b.N), "calls/op")
	b.ReportMetric((used(b, syscall.RUSAGE_SELF)-cpu).Seconds()/float64(b.N), "cpu-s/op")
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
