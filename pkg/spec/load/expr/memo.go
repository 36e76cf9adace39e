package expr

import (
	"maps"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// run is what all scopes made from one NewScope share.
type run struct {
	options    Options
	templates  map[string]parsed
	opened     map[*yaml11.Node]*yaml11.Node // vault values
	causes     map[*yaml11.Node]*spec.Error  // why an undefined value is undefined
	active     []string                      // variables under evaluation, outermost first
	trackers   []*dependencies               // of those variables
	generation int                           // counts calls of Set
	spent      int                           // bytes of text made by this call of Eval
}

func newRun(options Options) *run {
	return &run{
		options:   options,
		templates: map[string]parsed{},
		opened:    map[*yaml11.Node]*yaml11.Node{},
		causes:    map[*yaml11.Node]*spec.Error{},
	}
}

// dependencies are the names a variable's value was made from, and the level
// of the innermost scope that one of them came from.
type dependencies struct {
	names map[string]bool
	level int
}

func (d *dependencies) add(name string, level int) {
	d.names[name] = true
	d.level = max(d.level, level)
}

func (d *dependencies) merge(other *dependencies) {
	maps.Copy(d.names, other.names)
	d.level = max(d.level, other.level)
}

// remembered is an evaluated variable. It is kept in the outermost scope where
// it is the same, that is, at the level of its dependencies.
type remembered struct {
	value *yaml11.Node
	needs *dependencies
}

// note records that the variable under evaluation uses a name.
func (r *run) note(name string, level int) {
	if n := len(r.trackers); n > 0 {
		r.trackers[n-1].add(name, level)
	}
}

func (r *run) noteAll(d *dependencies) {
	if n := len(r.trackers); n > 0 {
		r.trackers[n-1].merge(d)
	}
}

// recall finds a variable's value as evaluated before, in s or further out.
// What an outer scope remembers does not count if a scope between redefines,
// or first defines, a name that it was made from.
func (s *Scope) recall(name string) *remembered {
	for at := s; at != nil; at = at.parent {
		if m := at.remembered()[name]; m != nil && !s.redefines(m.needs, at) {
			return m
		}
	}
	return nil
}

func (s *Scope) redefines(needs *dependencies, until *Scope) bool {
	for at := s; at != until; at = at.parent {
		for name := range at.vars {
			if needs.names[name] {
				return true
			}
		}
	}
	return false
}

// remembered is the scope's memory, emptied when a variable was set since.
func (s *Scope) remembered() map[string]*remembered {
	if s.memo == nil || s.seen != s.run.generation {
		s.memo, s.seen = map[string]*remembered{}, s.run.generation
	}
	return s.memo
}

func (s *Scope) remember(name string, m *remembered) {
	at := s
	for at.level > m.needs.level {
		at = at.parent
	}
	at.remembered()[name] = m
}
