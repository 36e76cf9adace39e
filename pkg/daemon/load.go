package daemon

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon/status"
)

// load reads the newest specs and queues the tasks that they change. Specs that
// cannot be read, or that have lost everything, leave the last good ones in
// force. It tells whether there are any.
func (s *shard) load(ctx context.Context) bool {
	former := s.spec.Load()
	loaded, err := s.env.Load(ctx)
	if ctx.Err() != nil {
		return false
	}
	if err == nil && (len(loaded.Deployment.Tasks) == 0 || loaded.Tasks != nil && len(loaded.Tasks) == 0) {
		err = errors.New("the spec declares no task any more: that is taken for a mistake")
		if former == nil {
			err = errors.New("the spec declares no task")
		}
	}
	if err != nil {
		s.refuse(err)
		return former != nil
	}
	s.adopt(former, loaded)
	return true
}

// refuse keeps the last good specs, and says why.
func (s *shard) refuse(err error) {
	now := s.opts.Now()
	s.tellBoard(func(e *status.Environment) {
		e.SetCondition(status.Condition{Type: status.SpecLoaded, Status: status.False, Reason: "Refused", Message: err.Error(), LastTransitionTime: now, ObservedGeneration: e.Generation})
	})
	s.once("spec", err.Error(), status.Record{What: status.SpecBad, Message: err.Error()})
}

// adopt makes specs the ones in force.
func (s *shard) adopt(former *generation, loaded Loaded) {
	next := newGeneration(loaded)
	names := next.changed(former)
	if former != nil {
		next.number = former.number
		if len(names) > 0 || len(former.parts) != len(next.parts) {
			next.number++
		}
	}
	s.spec.Store(next)
	s.forget("spec")
	s.describe(next)
	if len(names) == 0 {
		return
	}
	s.log.Info("specs loaded", zap.Int64("generation", next.number), zap.String("revision", next.revision), zap.Strings("changed", names))
	s.unpark(names)
	for _, name := range names {
		s.queue.Forget(name)
	}
	s.queueAll(names)
}

// describe tells of the specs in force.
func (s *shard) describe(g *generation) {
	now, d := s.opts.Now(), g.deployment
	s.tellBoard(func(e *status.Environment) {
		e.Project, e.AccountID, e.Region, e.Revision, e.Generation = d.Project, d.AccountID, d.Region, g.revision, g.number
		e.Keep(g.tasks())
		e.Warnings = []string{}
		for _, w := range d.Warnings {
			e.Warnings = append(e.Warnings, w.String())
		}
		e.SetCondition(status.Condition{Type: status.SpecLoaded, Status: status.True, Reason: "Loaded", Message: "the newest spec is in force", LastTransitionTime: now, ObservedGeneration: g.number})
	})
}

func (s *shard) unpark(tasks []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range tasks {
		delete(s.parked, t)
	}
}
