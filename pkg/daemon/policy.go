package daemon

import (
	"fmt"
	"time"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// An object that somebody else keeps changing is put back this often within
// this time, and then left alone until the first of these has passed.
const (
	maxCorrections   = 3
	correctionWindow = 10 * time.Minute
)

// quarrels are the times at which objects were put back.
type quarrels map[resource.Key][]time.Time

func (f quarrels) corrected(key resource.Key, now time.Time) {
	f[key] = append(f.recent(key, now), now)
}

// recent are the corrections that count, oldest first.
func (f quarrels) recent(key resource.Key, now time.Time) []time.Time {
	times := f[key]
	for len(times) > 0 && !now.Before(times[0].Add(correctionWindow)) {
		times = times[1:]
	}
	if len(times) == 0 {
		delete(f, key)
	}
	return times
}

// damped are the steps, of which those hold that would put back once more what
// another writer keeps changing.
func (s *shard) damped(steps []*plan.Step) []*plan.Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*plan.Step, len(steps))
	for i, step := range steps {
		out[i] = step
		if step.Reason != resource.Drift || step.Held != "" {
			continue
		}
		times := s.quarrels.recent(step.Key, s.opts.Now())
		if len(times) < maxCorrections {
			continue
		}
		held := *step
		held.Held = fmt.Sprintf("another writer keeps changing it: it was put back %d times since %s, and is left alone until %s",
			len(times), times[0].UTC().Format("15:04:05"), times[0].Add(correctionWindow).UTC().Format("15:04:05 UTC"))
		out[i] = &held
	}
	return out
}

// quota counts what was written since the interval began.
type quota struct{ writes, deletes int }

// admit lets jobs pass that write no more than they may, and none otherwise. Of
// the whole environment, a scan that wants no more ends an alarm, too.
func (s *shard) admit(g *generation, jobs []*job, whole bool) ([]*job, int) {
	writes := 0
	for _, j := range jobs {
		writes += len(j.writes())
	}
	if !s.within(jobs, writes) {
		s.withhold(g, jobs)
		return nil, 0
	}
	if whole && s.forget("limits") {
		s.limits(status.True, "Within", "no more is written than may be")
	}
	return jobs, writes
}

// within counts the writes of jobs, and tells whether they are as few as they
// may be. Nothing of them is counted otherwise.
func (s *shard) within(jobs []*job, writes int) bool {
	deletes := 0
	for _, j := range jobs {
		for _, step := range j.writes() {
			if step.Action == resource.Delete {
				deletes++
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opts.MaxWrites > 0 && s.writes.writes+writes > s.opts.MaxWrites || s.writes.deletes+deletes > s.opts.MaxDeletes {
		return false
	}
	s.writes.writes += writes
	s.writes.deletes += deletes
	return true
}

// withhold does nothing of what jobs want, since it is too much at once, and
// tells so.
func (s *shard) withhold(g *generation, jobs []*job) {
	writes := 0
	for _, j := range jobs {
		writes += len(j.writes())
		s.release(j)
		for _, task := range j.tasks {
			s.queue.Forget(task)
			s.queue.Done(task)
		}
	}
	why := fmt.Sprintf("%d objects would be written in this interval, beyond --max-writes-per-cycle %d or --max-deletes %d: nothing is, until the specs change or the flags do",
		writes, s.opts.MaxWrites, s.opts.MaxDeletes)
	s.limits(status.False, "Stopped", why)
	s.once("limits", why, status.Record{What: status.Stopped, Message: why})
	for _, j := range jobs {
		for task, steps := range j.steps {
			if t, ok := g.task(task); ok {
				s.show(g, t, withheld(steps, "too many writes at once"), nil)
			}
		}
	}
}

func (s *shard) limits(truth status.Truth, reason, message string) {
	now := s.opts.Now()
	s.tellBoard(func(e *status.Environment) {
		e.SetCondition(status.Condition{Type: status.WithinLimits, Status: truth, Reason: reason, Message: message, LastTransitionTime: now, ObservedGeneration: e.Generation})
	})
}
