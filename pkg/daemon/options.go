package daemon

import (
	"context"
	"time"

	"go.uber.org/zap"
	"k8s.io/client-go/util/workqueue"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/daemon/trace"
	"ecs-reconciler/pkg/spec"
)

// Options say how environments are kept.
type Options struct {
	Interval    time.Duration // between two looks at everything; jittered by a tenth
	Drift       spec.Drift    // how much is done about drift at most, whatever tasks say; "" is correct
	Window      Window        // when changes are made
	Prune       bool          // delete what is ours and no longer declared
	MaxDeletes  int           // in one interval; over it nothing is deleted
	MaxWrites   int           // objects in one interval; over it nothing is written; 0 for any number
	Adopt       bool          // take over what is nobody's
	Parallelism int           // objects of a task at once
	Grace       time.Duration // for the write in hand, when it is to end
	Backoff     Backoff

	Board *status.Board
	Log   *zap.Logger
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
	// Jitter draws from [0, 1).
	Jitter func() float64
	// Tell is told of what happens, at once and in order; it must not block.
	Tell func(e status.Environment, r status.Record)
	// Cycled is told of each cycle that has ended; it must not block.
	Cycled func(Cycle)
	Queue  workqueue.MetricsProvider // told of the queues; nil for nobody
	Trace  *trace.Tracer             // a zero Tracer traces nothing
}

// Backoff is how long a task waits after it failed, doubled each time.
type Backoff struct{ First, Most time.Duration }

// Cycle is the account of one scan and of what was decided by it.
type Cycle struct {
	Environment string
	Tasks       int // that were looked at
	Writes      int // objects that are being written because of it
	Ended       time.Time
	Scan        time.Duration // how long reading AWS took
	Duration    time.Duration // of the scan and the decisions
	Waiting     int           // tasks in the queue after it
	Err         error         // why AWS could not be read; nil when it could
}
