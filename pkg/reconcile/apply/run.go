package apply

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// Status is how one object fared.
type Status string

// The statuses.
const (
	Done    Status = "done"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Result is the account of one object.
type Result struct {
	Key      resource.Key
	Action   resource.Action
	Status   Status
	Held     string // the policy that kept it from being corrected, when that is why it was skipped
	Err      error  // why it failed or was skipped; nil when done or held
	Duration time.Duration
}

// Event is sent as an object starts (Result nil) and ends.
type Event struct {
	Step   *plan.Step
	Result *Result
}

// Options tune a run.
type Options struct {
	Parallelism int           // objects at once; at least 1
	Adopt       bool          // take over objects that are nobody's
	Grace       time.Duration // how long the calls in hand may go on after an interrupt
	Observe     func(Event)   // may be nil; called by one goroutine at a time
	Now         func() time.Time
	Sleep       func(context.Context, time.Duration) error // between attempts
}

// ErrInterrupted is why an object was skipped when the run was stopped.
var ErrInterrupted = errors.New("interrupted before it was started")

// Run carries p out and accounts for every object that is not a noop, in the
// plan's order.
func Run(ctx context.Context, p *plan.Plan, o Options) []Result {
	r := &run{Options: o, owner: p.Owner, slots: make(chan struct{}, max(o.Parallelism, 1)), states: map[resource.Key]*state{}}
	work, stop := withGrace(ctx, o.Grace)
	defer stop()
	for _, s := range p.Steps {
		r.states[s.Key] = &state{step: s, finished: make(chan struct{})}
	}
	r.converge(ctx, work, p.Steps)
	r.remove(ctx, work, p.Steps)
	return r.results(p.Steps)
}

// withGrace is a context that outlives ctx by d, so that a call in hand is
// finished rather than cut off in the middle of a write. What merely waits
// ends with ctx: see resource.Interrupt.
func withGrace(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	release := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-work.Done():
		}
	})
	return resource.WithInterrupt(work, ctx), func() { release(); cancel() }
}

type run struct {
	Options
	owner  string
	slots  chan struct{}
	states map[resource.Key]*state
	events sync.Mutex
}

// state is one step on its way. Outputs and result are written before finished
// is closed and only read after.
type state struct {
	step     *plan.Step
	finished chan struct{}
	outputs  resource.Outputs
	result   *Result // nil for a noop
}

func (r *run) converge(ctx, work context.Context, steps []*plan.Step) {
	var all sync.WaitGroup
	for _, s := range steps {
		if s.Action == resource.Delete {
			continue
		}
		all.Go(func() {
			defer close(r.states[s.Key].finished)
			r.one(ctx, work, r.states[s.Key])
		})
	}
	all.Wait()
}

// unconverged tells whether the object is neither as the spec says nor left as
// it is on purpose.
func (s *state) unconverged() bool {
	return s.result != nil && s.result.Status != Done && s.result.Held == ""
}

// remove deletes one by one, in the plan's order, unless something failed.
func (r *run) remove(ctx, work context.Context, steps []*plan.Step) {
	failed := r.firstUnconverged(steps)
	for _, s := range steps {
		if s.Action != resource.Delete {
			continue
		}
		st := r.states[s.Key]
		if failed != nil {
			r.end(st, Skipped, because(failed, "nothing is deleted while %s has not converged"))
			continue
		}
		r.one(ctx, work, st)
		if st.unconverged() {
			failed = st.result
		}
	}
}

// because is why an object was skipped after another: the interrupt that
// stopped both, or that the other has not converged.
func because(other *Result, format string) error {
	if errors.Is(other.Err, ErrInterrupted) {
		return other.Err
	}
	return fmt.Errorf(format, other.Key)
}

func (r *run) firstUnconverged(steps []*plan.Step) *Result {
	for _, s := range steps {
		if st := r.states[s.Key]; st.unconverged() {
			return st.result
		}
	}
	return nil
}

func (r *run) results(steps []*plan.Step) []Result {
	var out []Result
	for _, s := range steps {
		if res := r.states[s.Key].result; res != nil {
			out = append(out, *res)
		}
	}
	return out
}

// end records how a step fared and tells of it.
func (r *run) end(st *state, status Status, err error) {
	r.record(st, Result{Status: status, Err: err})
}

func (r *run) record(st *state, res Result) {
	res.Key, res.Action = st.step.Key, st.step.Action
	st.result = &res
	r.tell(Event{Step: st.step, Result: st.result})
}

func (r *run) tell(e Event) {
	if r.Observe == nil {
		return
	}
	r.events.Lock()
	defer r.events.Unlock()
	r.Observe(e)
}
