package daemon

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/daemon/trace"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// work carries a job out and settles what becomes of its tasks.
func (s *shard) work(ctx context.Context, g *generation, j *job) {
	ctx, end := s.opts.Trace.Key(ctx, s.env.Name(), strings.Join(j.tasks, " "))
	defer func() { end(nil) }()
	results := s.conn.Reconciler.Apply(ctx, j.plan, apply.Options{Parallelism: s.opts.Parallelism, Adopt: s.opts.Adopt,
		Grace: s.opts.Grace, Now: s.opts.Now, Sleep: s.opts.Sleep, Observe: s.traced(ctx)})
	s.release(j)
	s.account(j, results)
	for _, task := range j.tasks {
		s.settle(ctx, g, task, j.steps[task], results)
		s.queue.Done(task)
	}
}

// traced makes a span of each step. It is called by one goroutine at a time.
func (s *shard) traced(ctx context.Context) func(apply.Event) {
	ends := map[resource.Key]trace.End{}
	return func(e apply.Event) {
		key := e.Step.Key
		if e.Result == nil {
			_, ends[key] = s.opts.Trace.Step(ctx, string(key.Type), key.Name, string(e.Step.Action))
		} else if end, begun := ends[key]; begun {
			end(e.Result.Err)
		}
	}
}

// settle decides when a task is looked at again.
func (s *shard) settle(ctx context.Context, g *generation, task string, steps []*plan.Step, results []apply.Result) {
	if t, ok := g.task(task); ok {
		s.show(g, t, steps, status.SuspensionOf(task, steps, s.opts.Now()), results...)
	}
	switch outcome(steps, results) {
	case settled:
		s.queue.Forget(task)
	case passing:
		if ctx.Err() == nil {
			s.queue.AddRateLimited(task)
		}
	case lasting:
		s.queue.Forget(task)
		s.park(g, task, steps, results)
	}
}

// ending is how it went with a task.
type ending int

const (
	settled ending = iota
	passing        // it is worth another try
	lasting        // trying again will not help
)

func outcome(steps []*plan.Step, results []apply.Result) ending {
	worst := settled
	for _, r := range results {
		if r.Status != apply.Failed || !slices.ContainsFunc(steps, func(step *plan.Step) bool { return step.Key == r.Key }) {
			continue
		}
		switch class := resource.ClassOf(r.Err); {
		case errors.Is(r.Err, context.Canceled), class == resource.Retryable, class == resource.Throttled, class == resource.NotFound:
			return passing
		default:
			worst = lasting
		}
	}
	return worst
}

// account tells of what was done, and counts corrections.
func (s *shard) account(j *job, results []apply.Result) {
	for _, r := range results {
		i := slices.IndexFunc(j.plan.Steps, func(step *plan.Step) bool { return step.Key == r.Key })
		step := j.plan.Steps[i]
		record := status.Record{Kind: r.Key.Type, Name: r.Key.Name, Fields: step.Shown().Fields, Task: first(step.Tasks), Action: r.Action}
		took := zap.Duration("took", r.Duration.Round(time.Millisecond))
		switch {
		case r.Status == apply.Done && step.Reason == resource.Drift:
			s.mu.Lock()
			s.quarrels.corrected(r.Key, s.opts.Now())
			s.mu.Unlock()
			record.What, record.Who, record.Note = status.Corrected, s.who(step), step.Note
			s.tell(record, took)
			s.forget("drift " + r.Key.String())
		case r.Status == apply.Done:
			record.What = status.Applied
			s.tell(record, took)
		case r.Status == apply.Failed:
			record.What, record.Message, record.Class = status.Failed, r.Err.Error(), resource.ClassOf(r.Err)
			s.once("failed "+r.Key.String(), record.Message, record)
		}
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// show puts a task on the board, and tells of what it has become.
func (s *shard) show(g *generation, task spec.Task, steps []*plan.Step, suspension *status.Suspension, results ...apply.Result) {
	var shown status.Task
	s.tellBoard(func(e *status.Environment) {
		shown = status.Assess(status.Assessment{Task: task, Generation: g.number, Steps: steps, Results: results, Suspension: suspension, Now: s.opts.Now()}, e.Task(task.Name))
		e.SetTask(shown)
	})
	for i, o := range shown.Objects {
		s.follow(task.Name, steps[i], o)
	}
}

// follow tells of an object that drifted, or is well again.
func (s *shard) follow(task string, step *plan.Step, o status.Object) {
	name := step.Key.String()
	record := status.Record{Task: task, Kind: o.Kind, Name: o.Name, Fields: o.Fields}
	switch {
	case o.State == status.InSync:
		if s.forget("failed " + name) {
			record.What = status.Recovered
			s.tell(record)
		}
		s.forget("drift " + name)
		s.forget("fought " + name)
		s.mu.Lock()
		delete(s.actors, step.Key)
		s.mu.Unlock()
	case step.Reason == resource.Drift:
		record.What, record.Who, record.Note = status.DriftFound, s.who(step), step.Note
		s.once("drift "+name, step.Note+"|", record)
		if s.fought(step) {
			record.What, record.Message = status.Fought, o.Message
			s.once("fought "+name, "", record)
		}
	}
}

// fought tells whether a step waits since another writer keeps changing its
// object.
func (s *shard) fought(step *plan.Step) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return step.Blocked != nil || len(s.quarrels.recent(step.Key, s.opts.Now())) >= maxCorrections
}
