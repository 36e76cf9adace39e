package daemon

import (
	"slices"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
)

// tell records what happened, in one line of the log.
func (s *shard) tell(r status.Record, more ...zap.Field) {
	r.At = s.opts.Now()
	var now status.Environment
	s.tellBoard(func(e *status.Environment) {
		e.Tell(r)
		now = e.HandOut()
	})
	if s.opts.Tell != nil {
		s.opts.Tell(now, r)
	}
	s.log.Log(level(r.What), string(r.What), append(described(r), more...)...)
}

// described are the parts of a record that it has. Of fields it names the path
// alone.
func described(r status.Record) []zap.Field {
	var out []zap.Field
	for name, text := range map[string]string{"task": r.Task, "kind": string(r.Kind), "name": r.Name, "who": r.Who, "note": r.Note, "message": r.Message} {
		if text != "" {
			out = append(out, zap.String(name, text))
		}
	}
	slices.SortFunc(out, func(a, b zap.Field) int { return strings.Compare(a.Key, b.Key) })
	var paths []string
	for _, f := range r.Fields {
		paths = append(paths, f.Path)
	}
	if len(paths) > 0 {
		out = append(out, zap.Strings("fields", paths))
	}
	return out
}

func level(w status.What) zapcore.Level {
	switch w {
	case status.DriftFound, status.Fought:
		return zapcore.WarnLevel
	case status.Failed, status.Stopped, status.SpecBad:
		return zapcore.ErrorLevel
	case status.Corrected, status.Applied, status.Recovered:
	}
	return zapcore.InfoLevel
}

// once tells r unless the same was told of the subject last.
func (s *shard) once(subject, text string, r status.Record) {
	s.mu.Lock()
	last, told := s.reported[subject]
	s.reported[subject] = text
	s.mu.Unlock()
	if !told || last != text && last != foretold {
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

// who changed an object, as an event told; "" without one.
func (s *shard) who(step *plan.Step) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.actors[step.Key]
}
