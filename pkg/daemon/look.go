package daemon

import (
	"context"
	"slices"
	"time"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// sort sets those apart of which an event told, so that lists may be behind.
func (s *shard) sort(keys []string) (sure, doubtful []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		if s.doubts[key] {
			doubtful = append(doubtful, key)
			delete(s.doubts, key)
		} else {
			sure = append(sure, key)
		}
	}
	return sure, doubtful
}

// look is one cycle: the tasks are compared with AWS in one scan, which all of
// them share, and what may be done about each is started. With doubt, no list
// is trusted.
func (s *shard) look(ctx context.Context, keys []string, doubt bool) {
	if len(keys) == 0 {
		return
	}
	if doubt {
		ctx = resource.WithDoubt(ctx)
	}
	ctx, end := s.opts.Trace.Cycle(ctx, s.env.Name())
	defer func() { end(nil) }()
	start := s.opts.Now()
	g := s.spec.Load()
	p, err := s.scan(ctx, g, keys)
	if err != nil {
		s.blind(ctx, keys, err)
		s.cycled(Cycle{Tasks: len(keys), Err: err}, start, s.opts.Now())
		return
	}
	scanned := s.opts.Now()
	s.read(g, p, scanned)
	jobs, idle := s.decide(ctx, g, keys, p, start)
	jobs, writes := s.admit(g, jobs, len(keys) >= len(g.parts))
	for _, key := range idle {
		s.queue.Forget(key)
		s.queue.Done(key)
	}
	for _, j := range jobs {
		s.jobs.Go(func() { s.work(ctx, g, j) })
	}
	s.cycled(Cycle{Tasks: len(keys), Writes: writes}, start, scanned)
}

// read tells that AWS could be read.
func (s *shard) read(g *generation, p *plan.Plan, now time.Time) {
	s.seen.Store(true)
	s.forget("scan")
	s.index(p)
	s.tellBoard(func(e *status.Environment) {
		e.LastScan = &now
		e.SetCondition(status.Condition{Type: status.Scanned, Status: status.True, Reason: "Read", Message: "AWS could be read", LastTransitionTime: now, ObservedGeneration: g.number})
	})
}

func (s *shard) cycled(c Cycle, start, scanned time.Time) {
	c.Environment, c.Waiting, c.Ended = s.env.Name(), s.queue.Len(), s.opts.Now()
	c.Scan, c.Duration = scanned.Sub(start), c.Ended.Sub(start)
	if s.opts.Cycled != nil {
		s.opts.Cycled(c)
	}
}

// scan compares the tasks with AWS: all tasks where all, or most of them, are
// asked for.
func (s *shard) scan(ctx context.Context, g *generation, keys []string) (p *plan.Plan, err error) {
	ctx, end := s.opts.Trace.Scan(ctx, s.env.Name())
	defer func() { end(err) }()
	if err := s.connect(ctx, g); err != nil {
		return nil, err
	}
	scope := reconcile.Scope{Tasks: slices.Clone(keys), Prune: slices.Contains(keys, orphans)}
	if whole := len(g.parts) == len(g.deployment.Tasks); scope.Prune || whole && 2*len(keys) > len(g.parts) && !resource.Doubts(ctx) {
		scope.Tasks = nil
	}
	// A task may have gone from the spec while it stood in the queue.
	scope.Tasks = slices.DeleteFunc(scope.Tasks, func(key string) bool { _, ok := g.parts[key]; return !ok })
	if scope.Tasks != nil && len(scope.Tasks) == 0 {
		return &plan.Plan{Owner: g.deployment.Owner()}, nil
	}
	return s.conn.Reconciler.Plan(ctx, g.deployment, scope)
}

// blind puts the keys back, to be looked at again after a while.
func (s *shard) blind(ctx context.Context, keys []string, err error) {
	for _, key := range keys {
		if ctx.Err() == nil {
			s.queue.AddRateLimited(key)
		}
		s.queue.Done(key)
	}
	if ctx.Err() != nil {
		return
	}
	now := s.opts.Now()
	s.tellBoard(func(e *status.Environment) {
		e.SetCondition(status.Condition{Type: status.Scanned, Status: status.False, Reason: "Failed", Message: err.Error(), LastTransitionTime: now, ObservedGeneration: e.Generation})
	})
	s.once("scan", err.Error(), status.Record{What: status.Failed, Message: err.Error()})
}

// index notes which tasks an object serves, for events.
func (s *shard) index(p *plan.Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, step := range p.Steps {
		s.served[step.Key] = step.Tasks
	}
}
