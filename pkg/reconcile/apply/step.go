package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// attempts and firstPause bound how often an object is tried again after a
// passing failure, beyond the SDK's own retries.
const (
	attempts   = 3
	firstPause = time.Second
)

// one takes a step from waiting for its dependencies to its result.
func (r *run) one(ctx, work context.Context, st *state) {
	if r.stays(st) {
		return
	}
	if failed := r.await(st); failed != nil {
		r.end(st, Skipped, because(failed, "%s has not converged"))
		return
	}
	if why := r.refusal(st); why != nil {
		r.end(st, Failed, why)
		return
	}
	if !r.enter(ctx) {
		r.end(st, Skipped, interrupted(ctx))
		return
	}
	defer func() { <-r.slots }()
	r.execute(ctx, work, st)
}

// stays tells whether there is nothing to be done, because nothing differs or a
// policy says so. Either way the object yields what it yields now.
func (r *run) stays(st *state) bool {
	s := st.step
	if s.Action != resource.Noop && s.Held == "" {
		return false
	}
	st.outputs = s.Kind.Outputs(s.Observed, nil)
	if s.Held != "" {
		r.record(st, Result{Status: Skipped, Held: s.Held})
	}
	return true
}

// interrupted is ErrInterrupted, with the cause when it is not the user.
func interrupted(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return fmt.Errorf("%w: %w", ErrInterrupted, cause)
	}
	return ErrInterrupted
}

// await waits for the dependencies and returns the first that did not converge.
func (r *run) await(st *state) *Result {
	for _, key := range st.step.DependsOn {
		dep, ok := r.states[key]
		if !ok {
			continue
		}
		<-dep.finished
		if dep.unconverged() {
			return dep.result
		}
	}
	return nil
}

// refusal is why a step must not be carried out, nil when it may.
func (r *run) refusal(st *state) error {
	switch {
	case st.step.Blocked != nil:
		return st.step.Blocked
	case st.step.Reason == resource.Adopted && !r.Adopt:
		return resource.Conflictf("run apply with --adopt to take it over, or leave it out of the spec",
			"%s exists and does not carry our owner tag", st.step.Key)
	default:
		return nil
	}
}

// enter waits for one of the slots. It is false once ctx has ended, even with
// a slot free.
func (r *run) enter(ctx context.Context) bool {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	if ctx.Err() != nil {
		<-r.slots
		return false
	}
	return true
}

func (r *run) execute(ctx, work context.Context, st *state) {
	r.tell(Event{Step: st.step})
	start := r.Now()
	err := r.try(ctx, work, st)
	status := Done
	if err != nil {
		status = Failed
	}
	r.record(st, Result{Status: status, Err: err, Duration: r.Now().Sub(start)})
}

// try carries the step out. After a passing failure the object is observed
// again, since the lost answer may have been that of a write that took effect.
func (r *run) try(ctx, work context.Context, st *state) error {
	observed := st.step.Observed
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := r.act(work, st, observed)
		class := resource.ClassOf(err)
		if err == nil || attempt == attempts || (class != resource.Retryable && class != resource.Throttled) {
			return err
		}
		if sleepErr := r.Sleep(ctx, pause); sleepErr != nil {
			return err
		}
		pause *= 2
		found, observeErr := st.step.Kind.Observe(work, []resource.Key{st.step.Key})
		if observeErr != nil {
			return fmt.Errorf("%w; and it could not be observed again: %w", err, observeErr)
		}
		observed = found[st.step.Key]
	}
}

// act makes the one object what its node wants, from what was observed.
func (r *run) act(work context.Context, st *state, observed any) (err error) {
	s := st.step
	if s.Action == resource.Delete {
		if observed == nil {
			return nil
		}
		return s.Kind.Delete(work, s.Key, observed)
	}
	desired, err := s.Node.Build(r.lookup)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Key, err)
	}
	if observed == nil {
		st.outputs, err = s.Kind.Create(work, s.Key, desired)
		return err
	}
	return r.alter(work, st, desired, observed)
}

func (r *run) alter(work context.Context, st *state, desired, observed any) (err error) {
	s := st.step
	if len(s.Node.Ignore) > 0 {
		desired = s.Kind.Keep(desired, observed, s.Node.Ignore)
	}
	if moved := r.moved(s, s.Kind.Standing(desired, observed)); moved != nil {
		return moved
	}
	fields := s.Kind.Diff(desired, observed)
	replaces := slices.ContainsFunc(fields, func(f resource.FieldChange) bool { return f.Replaces })
	switch {
	case len(fields) == 0:
		st.outputs = s.Kind.Outputs(observed, nil)
		return nil
	case replaces && s.Action != resource.Replace:
		return resource.Conflictf(planAgain, "%s can only be replaced by now, which is not what was planned", s.Key)
	case replaces:
		if err := s.Kind.Delete(work, s.Key, observed); err != nil {
			return err
		}
		st.outputs, err = s.Kind.Create(work, s.Key, desired)
		return err
	default:
		st.outputs, err = s.Kind.Update(work, s.Key, desired, observed, fields)
		return err
	}
}

// planAgain is the way out when an object is no longer what was planned for.
const planAgain = "plan again to see what it is now"

// moved is why the object must not be touched any more, though it might when
// the plan was made. A retry observes again, and may find somebody else's.
func (r *run) moved(s *plan.Step, now resource.Standing) error {
	switch {
	case now.Refuse != "":
		return resource.Conflictf(planAgain, "%s: %s", s.Key, now.Refuse)
	case now.Owner == r.owner, now.Owner == "" && s.Reason == resource.Adopted:
		return nil
	case now.Owner == "":
		return resource.Conflictf(planAgain, "%s was made by somebody else meanwhile, without our owner tag", s.Key)
	default:
		return resource.Conflictf(planAgain, "%s has come to belong to %q meanwhile", s.Key, now.Owner)
	}
}

// lookup answers from what was done: every dependency has finished by now.
func (r *run) lookup(key resource.Key, output string) resource.Value {
	st, ok := r.states[key]
	if !ok {
		return resource.Value{}
	}
	<-st.finished
	if text, ok := st.outputs[output]; ok {
		return resource.Known(text)
	}
	return resource.Value{}
}
