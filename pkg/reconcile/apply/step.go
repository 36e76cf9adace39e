package apply

import (
	"context"
	"fmt"
	"time"

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
	if failed := r.await(st); failed != nil {
		r.end(st, Skipped, fmt.Errorf("%s has not converged", failed.Key), 0)
		return
	}
	if why := r.refusal(st); why != nil {
		r.end(st, Failed, why, 0)
		return
	}
	if st.step.Held != "" {
		st.outputs = st.step.Kind.Outputs(st.step.Observed, st.step.Fields)
		r.end(st, Skipped, fmt.Errorf("left as it is: %s", st.step.Held), 0)
		return
	}
	if st.step.Action == resource.Noop {
		st.outputs = st.step.Kind.Outputs(st.step.Observed, nil)
		return
	}
	if !r.enter(ctx) {
		r.end(st, Skipped, ErrInterrupted, 0)
		return
	}
	defer func() { <-r.slots }()
	r.execute(ctx, work, st)
}

// await waits for the dependencies and returns the first that did not converge.
func (r *run) await(st *state) *Result {
	for _, key := range st.step.DependsOn {
		dep, ok := r.states[key]
		if !ok {
			continue
		}
		<-dep.finished
		if dep.result != nil && dep.result.Status != Done && dep.step.Held == "" {
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

func (r *run) enter(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case r.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *run) execute(ctx, work context.Context, st *state) {
	r.tell(Event{Step: st.step})
	start := r.Now()
	err := r.try(ctx, work, st)
	status := Done
	if err != nil {
		status = Failed
	}
	r.end(st, status, err, r.Now().Sub(start))
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
	if owner := s.Kind.Standing(desired, observed).Owner; owner != r.owner && s.Reason != resource.Adopted {
		return resource.Conflictf("plan again to see what it is now", "%s has come to belong to %q meanwhile", s.Key, owner)
	}
	fields := s.Kind.Diff(desired, observed)
	switch {
	case len(fields) == 0:
		st.outputs = s.Kind.Outputs(observed, nil)
		return nil
	case s.Action == resource.Replace:
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
