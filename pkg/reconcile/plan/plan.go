package plan

import (
	"slices"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Plan is what apply would do: every declared object in dependency order, then
// the deletions.
type Plan struct {
	Owner    string // whose objects these are: the owner tag's value
	Steps    []*Step
	Warnings []spec.Warning // what is only told of, see resource.Node.Advice
}

// Changes makes a function that tells whether carrying the plan out changes an
// output of an object that exists.
func (p *Plan) Changes() func(resource.Key, string) bool {
	steps := make(map[resource.Key]*Step, len(p.Steps))
	for _, s := range p.Steps {
		steps[s.Key] = s
	}
	return func(key resource.Key, output string) bool {
		s := steps[key]
		if s == nil || s.Observed == nil {
			return false
		}
		_, now := s.Kind.Outputs(s.Observed, nil)[output]
		_, then := s.Kind.Outputs(s.Observed, s.pending())[output]
		return now && !then
	}
}

// Step is one object of a plan with what apply needs to carry it out.
type Step struct {
	Change
	Kind     resource.Any
	Node     resource.Node[any] // without Build for a deletion
	Observed any                // nil when the object is absent
}

// Change is the part of a step that can be shown and saved.
type Change struct {
	Key       resource.Key
	Tasks     []string
	Action    resource.Action
	Reason    resource.Reason // "" for a noop
	Fields    []resource.FieldChange
	DependsOn []resource.Key
	Note      string            // who changed it and when, where AWS tells
	Blocked   *resource.Error   // why apply will refuse it; nil when it will not
	Held      string            // the policy that keeps apply from correcting it; ""
	Suspended map[string]string // which tasks are to be left alone, see spec.Suspensions
	Digest    string            // of the desired state that Create makes; only in a saved plan
}

// pending are the differences that apply will remove.
func (c *Change) pending() []resource.FieldChange {
	if c.Held != "" {
		return nil
	}
	return c.Fields
}

// Summary counts objects by action.
type Summary struct {
	Create  int `json:"create"`
	Update  int `json:"update"`
	Replace int `json:"replace"`
	Delete  int `json:"delete"`
	Noop    int `json:"noop"`
}

// Summary counts the plan's objects.
func (p *Plan) Summary() Summary {
	var s Summary
	for _, step := range p.Steps {
		switch step.Action {
		case resource.Create:
			s.Create++
		case resource.Update:
			s.Update++
		case resource.Replace:
			s.Replace++
		case resource.Delete:
			s.Delete++
		case resource.Noop:
			s.Noop++
		}
	}
	return s
}

// HasChanges tells whether any object differs.
func (p *Plan) HasChanges() bool {
	return slices.ContainsFunc(p.Steps, func(s *Step) bool { return s.Action.Writes() })
}

// Unbound names the objects with a sensitive value that a saved plan would not
// be held to, since there is no key yet to seal it with.
func (p *Plan) Unbound() []resource.Key {
	var out []resource.Key
	for _, s := range p.Steps {
		if slices.ContainsFunc(s.Fields, func(f resource.FieldChange) bool { return f.Sensitive && f.Proof == "" }) {
			out = append(out, s.Key)
		}
	}
	return out
}

// Blocked lists the steps that apply will refuse.
func (p *Plan) Blocked() []*Step {
	var out []*Step
	for _, s := range p.Steps {
		if s.Blocked != nil {
			out = append(out, s)
		}
	}
	return out
}

// Adoptions lists the steps that take over an object that is nobody's.
func (p *Plan) Adoptions() []*Step {
	var out []*Step
	for _, s := range p.Steps {
		if s.Reason == resource.Adopted && s.Blocked == nil {
			out = append(out, s)
		}
	}
	return out
}
