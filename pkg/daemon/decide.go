package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// job is what is carried out at once: the changes of one task, or of several
// that share an object which changes.
type job struct {
	tasks []string
	steps map[string][]*plan.Step // by task
	plan  *plan.Plan
	adopt bool
}

// writes are the steps that change something.
func (j *job) writes() []*plan.Step {
	return writing(j.plan.Steps, j.adopt)
}

// writing are the steps that apply would carry out.
func writing(steps []*plan.Step, adopt bool) []*plan.Step {
	var out []*plan.Step
	for _, s := range steps {
		if s.Action.Writes() && s.Held == "" && s.Blocked == nil && (adopt || s.Reason != resource.Adopted) {
			out = append(out, s)
		}
	}
	return out
}

// decide sorts the tasks of a scan, which began at seen: those with something
// to be done about them now, in jobs, and the idle ones. Nothing is deleted
// while something else is not as it should be.
func (s *shard) decide(ctx context.Context, g *generation, keys []string, p *plan.Plan, seen time.Time) (jobs []*job, idle []string) {
	steps := s.damped(p.Steps)
	of := byTask(steps)
	joined := map[resource.Key]*job{}
	for _, key := range keys {
		task, declared := g.task(key)
		waits := !declared && key != orphans || key == orphans && unsettled(steps)
		if waits || !s.wanted(ctx, g, task, of[key], seen) {
			idle = append(idle, key)
			continue
		}
		jobs = s.join(jobs, joined, key, of[key])
	}
	for _, j := range jobs {
		j.plan = &plan.Plan{Owner: p.Owner, Steps: of[j.tasks[0]]}
		if len(j.tasks) > 1 {
			j.plan.Steps = serving(steps, j.tasks)
		}
		s.occupy(j)
	}
	return jobs, idle
}

// unsettled tells whether something that is declared is not as it should be.
func unsettled(steps []*plan.Step) bool {
	return slices.ContainsFunc(steps, func(step *plan.Step) bool {
		return step.Action.Writes() && step.Action != resource.Delete && step.Held == ""
	})
}

func byTask(steps []*plan.Step) map[string][]*plan.Step {
	of := map[string][]*plan.Step{}
	for _, step := range steps {
		if step.Action == resource.Delete {
			of[orphans] = append(of[orphans], step)
		}
		for _, t := range step.Tasks {
			of[t] = append(of[t], step)
		}
	}
	return of
}

// serving are the steps of some tasks, in the plan's order.
func serving(steps []*plan.Step, tasks []string) []*plan.Step {
	var out []*plan.Step
	for _, step := range steps {
		deletes := step.Action == resource.Delete && slices.Contains(tasks, orphans)
		if deletes || slices.ContainsFunc(step.Tasks, func(t string) bool { return slices.Contains(tasks, t) }) {
			out = append(out, step)
		}
	}
	return out
}

// wanted tells of a task as it stands, and whether there is something to be
// done about it now.
func (s *shard) wanted(ctx context.Context, g *generation, task spec.Task, steps []*plan.Step, seen time.Time) bool {
	suspension := status.SuspensionOf(task.Name, steps, s.opts.Now())
	writes := writing(steps, s.opts.Adopt)
	if s.occupied(writes, seen) {
		s.queue.AddAfter(task.Name, time.Second)
		return false
	}
	why := s.closed(suspension)
	failed, parked := s.isParked(g, task.Name, steps)
	if task.Name != orphans {
		s.show(g, task, withheld(steps, why), suspension, failed...)
	}
	switch {
	case len(writes) == 0 || ctx.Err() != nil:
		s.unpark([]string{task.Name})
		return false
	case why != "":
		s.log.Info("left alone", zap.String("task", task.Name), zap.String("why", why), zap.Int("changes", len(writes)))
		return false
	case parked:
		return false
	}
	return true
}

// closed is why nothing is changed now; "" when it may be.
func (s *shard) closed(suspension *status.Suspension) string {
	switch {
	case suspension != nil:
		return "suspended: " + suspension.Reason
	case !s.opts.Window.Open(s.opts.Now()):
		return "outside of the change window " + s.opts.Window.String()
	default:
		return ""
	}
}

// withheld are copies of the steps that show why they wait; the steps
// themselves when they do not.
func withheld(steps []*plan.Step, why string) []*plan.Step {
	if why == "" {
		return steps
	}
	out := slices.Clone(steps)
	for i, step := range out {
		if step.Action.Writes() && step.Held == "" {
			held := *step
			held.Held = why
			out[i] = &held
		}
	}
	return out
}

// join puts a task into the job that changes an object which it shares, or into
// one of its own. Jobs that come to share one become one.
func (s *shard) join(jobs []*job, joined map[resource.Key]*job, task string, steps []*plan.Step) []*job {
	own := &job{tasks: []string{task}, steps: map[string][]*plan.Step{task: steps}, adopt: s.opts.Adopt}
	for _, step := range writing(steps, s.opts.Adopt) {
		other, shared := joined[step.Key]
		if shared && other != own {
			own.tasks = append(own.tasks, other.tasks...)
			maps.Copy(own.steps, other.steps)
			jobs = slices.DeleteFunc(jobs, func(j *job) bool { return j == other })
			for key, j := range joined {
				if j == other {
					joined[key] = own
				}
			}
		}
		joined[step.Key] = own
	}
	return append(jobs, own)
}

// occupied tells whether an object is being written for another task, or was
// since it was seen, so that the plan may be of what it no longer is.
func (s *shard) occupied(writes []*plan.Step, seen time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(writes, func(step *plan.Step) bool {
		name := step.Key
		at, ok := s.written[name]
		return s.busy[name] || ok && at.After(seen)
	})
}

func (s *shard) occupy(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, step := range j.writes() {
		s.busy[step.Key] = true
	}
}

func (s *shard) release(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, step := range j.writes() {
		delete(s.busy, step.Key)
		s.written[step.Key] = s.opts.Now()
	}
}

// parking is what a task failed of for good.
type parking struct {
	outline string // of its objects then
	results []apply.Result
}

// isParked tells whether a task failed for good with what is to be done about
// it again: neither its spec nor its objects have changed since.
func (s *shard) isParked(g *generation, task string, steps []*plan.Step) ([]apply.Result, bool) {
	s.mu.Lock()
	p, ok := s.parked[task]
	s.mu.Unlock()
	if !ok || p.outline == "" || p.outline != outline(g, steps) {
		return nil, false
	}
	return p.results, true
}

func (s *shard) park(g *generation, task string, steps []*plan.Step, results []apply.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parked[task] = parking{outline(g, steps), results}
}

// outline tells one state of a task's objects from another.
func outline(g *generation, steps []*plan.Step) string {
	var shown []plan.Entry
	for _, step := range steps {
		if step.Action.Writes() {
			shown = append(shown, step.Shown())
		}
	}
	text, err := json.Marshal(shown)
	if err != nil {
		return "" // it is never parked, then
	}
	return fmt.Sprintf("%d %s", g.number, text)
}
