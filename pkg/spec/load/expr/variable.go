package expr

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// maxChain bounds how deep variables may refer to variables.
const maxChain = 250

// variable is the value of a name: evaluated deep, as Ansible does, so that a
// mapping with one undefined text in it is undefined as a whole. Vault values
// in it are still closed. It is nil if no scope defines the name.
func (s *Scope) variable(name string, at spec.Position) (*yaml11.Node, error) {
	def := s.definition(name)
	if def == nil {
		s.run.note(name, 0)
		return nil, nil
	}
	if m := s.recall(name); m != nil {
		s.run.noteAll(m.needs)
		return m.value, nil
	}
	if err := s.run.enter(name, at); err != nil {
		return nil, err
	}
	value, err := s.defined(def.vars[name])
	needs := s.run.leave()
	if err != nil {
		return nil, err
	}
	needs.add(name, def.level)
	s.run.noteAll(needs)
	s.remember(name, &remembered{value: value, needs: needs})
	return value, nil
}

// defined evaluates a raw value; what is undefined in it makes an undefined
// value, which is an error only if it is used.
func (s *Scope) defined(raw *yaml11.Node) (*yaml11.Node, error) {
	value, err := s.render(raw)
	var undefined *undefinedError
	if errors.As(err, &undefined) {
		return s.run.undefined(undefined.cause), nil
	}
	if err == nil {
		err = checkSize(value)
	}
	return value, err
}

// enter begins the evaluation of a variable.
func (r *run) enter(name string, at spec.Position) error {
	if i := slices.Index(r.active, name); i >= 0 {
		chain := append(slices.Clone(r.active[i:]), name)
		return &spec.Error{At: at, Message: fmt.Sprintf("the variable %q refers to itself: %s", name, strings.Join(chain, " → ")),
			Hint: "give one of them a value of its own"}
	}
	if len(r.active) >= maxChain {
		return &spec.Error{At: at, Message: fmt.Sprintf("variables refer to each other more than %d deep", maxChain),
			Hint: "shorten the chain that begins with " + r.active[0]}
	}
	r.active = append(r.active, name)
	r.trackers = append(r.trackers, &dependencies{names: map[string]bool{}})
	return nil
}

// leave ends the evaluation that enter began.
func (r *run) leave() *dependencies {
	last := len(r.active) - 1
	needs := r.trackers[last]
	r.active, r.trackers = r.active[:last], r.trackers[:last]
	return needs
}
