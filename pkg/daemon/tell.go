package daemon

import (
	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
)

// tell records what happened.
func (s *shard) tell(r status.Record) {
	r.At = s.opts.Now()
	s.tellBoard(func(e *status.Environment) { e.Tell(r) })
	if s.opts.Tell != nil {
		s.opts.Tell(s.env.Name(), r)
	}
	s.log.Info("happened", zap.String("what", string(r.What)), zap.String("task", r.Task), zap.String("kind", string(r.Kind)),
		zap.String("name", r.Name), zap.String("who", r.Who), zap.Strings("fields", paths(r)))
}

func paths(r status.Record) []string {
	var out []string
	for _, f := range r.Fields {
		out = append(out, f.Path)
	}
	return out
}

// once tells r unless the same was told of the subject last.
func (s *shard) once(subject, text string, r status.Record) {
	s.mu.Lock()
	last, told := s.reported[subject]
	s.reported[subject] = text
	s.mu.Unlock()
	if !told || last != text {
		s.tell(r)
	}
}

// forget has the next thing told of the subject. It tells whether there was one.
func (s *shard) forget(subject string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, told := s.reported[subject]
	delete(s.reported, subject)
	return told
}

// who changed an object: who an event named, or else what AWS keeps of it.
func (s *shard) who(step *plan.Step) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if who := s.actors[nameOf(step.Key)]; who != "" {
		return who
	}
	return step.Note
}
