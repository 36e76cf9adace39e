package expr

import (
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Options are the scope's windows on the world. Each may be nil: then the
// lookup or vault value that needs it is an error where it is used.
type Options struct {
	// Env reads an environment variable for lookup('env', NAME).
	Env func(name string) (string, bool)
	// ReadFile reads a file for lookup('file', PATH); the path is as written.
	// Content in ansible-vault's format is passed on to Decrypt.
	ReadFile func(path string, at spec.Position) ([]byte, error)
	// Decrypt opens the ciphertext of a !vault value or of a vaulted file. Each
	// value is opened at most once, and only when it is used.
	Decrypt func(cipher []byte, at spec.Position) ([]byte, error)
	// Hints are what to do about names and keys that are not defined, by name,
	// where that is more than to define them.
	Hints map[string]string
}

// Scope holds the variables that expressions see. The values are templates
// themselves, evaluated when a name is used. A Scope and its children belong
// to one goroutine.
type Scope struct {
	parent *Scope
	level  int // 0 for the outermost
	vars   map[string]*yaml11.Node
	memo   map[string]*remembered
	seen   int // the run's generation that memo belongs to
	run    *run
}

// NewScope makes a scope of the fields of mappings; of equal names the later
// mapping's counts, whole (values are not merged).
func NewScope(options Options, vars ...*yaml11.Node) *Scope {
	s := &Scope{vars: map[string]*yaml11.Node{}, run: newRun(options)}
	for _, m := range vars {
		if m == nil {
			continue
		}
		for _, f := range m.Fields {
			if f.Key.Kind == yaml11.String {
				s.vars[f.Key.Text] = f.Value
			}
		}
	}
	return s
}

// Set defines or replaces a variable. Its value is a template like any other:
// set Unsafe on texts that are final.
func (s *Scope) Set(name string, n *yaml11.Node) {
	s.vars[name] = n
	s.run.generation++
}

// With is a scope inside s that has one more variable. What does not depend on
// that variable stays evaluated across all scopes made from s.
func (s *Scope) With(name string, n *yaml11.Node) *Scope {
	return &Scope{parent: s, level: s.level + 1, vars: map[string]*yaml11.Node{name: n}, run: s.run}
}

// Raw is a variable's value before evaluation, nil if it is not defined.
func (s *Scope) Raw(name string) *yaml11.Node {
	if def := s.definition(name); def != nil {
		return def.vars[name]
	}
	return nil
}

// definition is the innermost scope that defines a name, nil without.
func (s *Scope) definition(name string) *Scope {
	for ; s != nil; s = s.parent {
		if _, ok := s.vars[name]; ok {
			return s
		}
	}
	return nil
}

// names are all that an expression in s may use.
func (s *Scope) names() []string {
	var names []string
	for ; s != nil; s = s.parent {
		for name := range s.vars {
			names = append(names, name)
		}
	}
	return names
}
