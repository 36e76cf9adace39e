package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Group is one kind with what the deployment declares of it and what AWS has.
type Group struct {
	Kind     resource.Any
	Nodes    []resource.Node[any]
	Observed map[resource.Key]any
	Orphans  []resource.Key // ours in AWS and not declared; to be deleted
}

// Compute makes the plan of an owner's groups. Objects are visited in the
// groups' order and, before each, whatever its Build looks up.
func Compute(owner string, groups []Group) (*Plan, error) {
	p := &planner{owner: owner, entries: map[resource.Key]*entry{}}
	for _, g := range groups {
		for _, n := range g.Nodes {
			if err := p.declare(g, n); err != nil {
				return nil, err
			}
		}
	}
	for _, g := range groups {
		for _, n := range g.Nodes {
			p.visit(n.Key)
		}
	}
	if err := p.problems.OrNil(); err != nil {
		return nil, err
	}
	return &Plan{Owner: owner, Steps: append(p.steps, deletions(groups)...), Warnings: p.warnings}, nil
}

// planner walks the nodes depth first. What a Build looks up is visited on the
// way, so the steps come out in dependency order.
type planner struct {
	owner    string
	entries  map[resource.Key]*entry
	path     []resource.Key // being visited, outermost first
	steps    []*Step
	problems spec.Errors
	warnings []spec.Warning
}

type entry struct {
	group Group
	node  resource.Node[any]
	step  *Step // nil until visited
}

func (p *planner) declare(g Group, n resource.Node[any]) error {
	if other, ok := p.entries[n.Key]; ok {
		return &spec.Error{At: n.At, Message: fmt.Sprintf("%s is declared twice, also at %s", n.Key, other.node.At)}
	}
	p.entries[n.Key] = &entry{group: g, node: n}
	return nil
}

func (p *planner) visit(key resource.Key) *entry {
	e, ok := p.entries[key]
	switch {
	case !ok:
		p.fail(key, p.path, "nothing declares it")
		return nil
	case e.step != nil:
		return e
	case slices.Contains(p.path, key):
		p.fail(key, p.path[slices.Index(p.path, key):], "it depends on itself")
		return nil
	}
	p.path = append(p.path, key)
	e.step = p.step(e)
	p.path = p.path[:len(p.path)-1]
	p.steps = append(p.steps, e.step)
	return e
}

// fail records a problem with key, and the way that led to it. The place is
// that of the object which asked for key.
func (p *planner) fail(key resource.Key, way []resource.Key, why string) {
	chain := make([]string, 0, len(way)+1)
	for _, k := range way {
		chain = append(chain, k.String())
	}
	chain = append(chain, key.String())
	asker := p.entries[p.path[len(p.path)-1]].node
	p.problems = append(p.problems, &spec.Error{At: asker.At,
		Message: fmt.Sprintf("%s: %s (%s)", key, why, strings.Join(chain, " → "))})
}

// refuse records that a desired state cannot be made. What the spec says is all
// that Build goes by, so the spec is to blame.
func (p *planner) refuse(n resource.Node[any], err error) {
	var many spec.Errors
	var one *spec.Error
	switch {
	case errors.As(err, &many):
		p.problems = append(p.problems, many...)
	case errors.As(err, &one):
		p.problems = append(p.problems, one)
	default:
		p.problems = append(p.problems, &spec.Error{At: n.At, Message: fmt.Sprintf("%s: %v", n.Key, err), Cause: err})
	}
}

func (p *planner) step(e *entry) *Step {
	s := &Step{Kind: e.group.Kind, Node: e.node, Change: Change{Key: e.node.Key, Tasks: e.node.Tasks, Action: resource.Noop}}
	desired, err := e.node.Build(func(k resource.Key, output string) resource.Value {
		return p.lookup(s, k, output)
	})
	if err != nil {
		p.refuse(e.node, err)
		return s
	}
	observed, exists := e.group.Observed[e.node.Key]
	if !exists {
		s.Action, s.Reason, s.Digest = resource.Create, resource.Missing, digest(s.Kind, desired)
		s.Fields = s.Kind.Diff(desired, nil)
		return s
	}
	s.Observed = observed
	p.compare(s, desired)
	return s
}

// lookup answers what is known of another object's output, and records that s
// depends on it.
func (p *planner) lookup(s *Step, key resource.Key, output string) resource.Value {
	if !slices.Contains(s.DependsOn, key) {
		s.DependsOn = append(s.DependsOn, key)
		slices.SortFunc(s.DependsOn, resource.Key.Compare)
	}
	e := p.visit(key)
	if e == nil || e.step == nil {
		return resource.Value{}
	}
	outputs := e.node.Promised
	if e.step.Observed != nil && e.step.Action != resource.Replace {
		outputs = e.group.Kind.Outputs(e.step.Observed, e.step.pending())
	}
	if text, ok := outputs[output]; ok {
		return resource.Known(text)
	}
	return resource.Value{}
}

func digest(k resource.Any, desired any) string {
	if d, ok := k.(resource.Digester[any]); ok {
		return d.Digest(desired)
	}
	return ""
}

// compare fills in what differs between desired and the observed object.
func (p *planner) compare(s *Step, desired any) {
	if len(s.Node.Ignore) > 0 {
		desired = s.Kind.Keep(desired, s.Observed, s.Node.Ignore)
	}
	standing := s.Kind.Standing(desired, s.Observed)
	s.Fields, s.Suspended = s.Kind.Diff(desired, s.Observed), standing.Suspended
	s.Action, s.Reason = decide(s.Fields, standing, p.owner)
	if standing.Moved && standing.Owner == p.owner {
		hold(s)
	}
	if !s.Action.Writes() {
		return
	}
	if s.Node.Advice != "" {
		p.advise(s)
		return
	}
	s.Note = standing.Note
	if s.Held == "" {
		s.Blocked = blocked(s.Key, standing, p.owner)
	}
}

// advise tells of what differs and makes the step one that does nothing.
func (p *planner) advise(s *Step) {
	for _, f := range s.Fields {
		p.warnings = append(p.warnings, spec.Warning{At: s.Node.At, Message: fmt.Sprintf("%s: %s", s.Key, f.Note), Hint: s.Node.Advice})
	}
	s.Action, s.Reason, s.Fields = resource.Noop, "", nil
}

func decide(fields []resource.FieldChange, standing resource.Standing, owner string) (resource.Action, resource.Reason) {
	replaces := slices.ContainsFunc(fields, func(f resource.FieldChange) bool { return f.Replaces })
	switch {
	case standing.Owner == "" && replaces:
		return resource.Replace, resource.Adopted
	case standing.Owner == "":
		return resource.Update, resource.Adopted
	case len(fields) == 0 && standing.Owner == owner:
		return resource.Noop, ""
	case replaces:
		return resource.Replace, resource.Replaced
	case standing.Moved:
		return resource.Update, resource.Drift
	default:
		return resource.Update, resource.SpecChanged
	}
}

// blocked is why an object must not be touched, nil when it may.
func blocked(key resource.Key, standing resource.Standing, owner string) *resource.Error {
	switch {
	case standing.Refuse != "":
		return resource.Conflictf("", "%s: %s", key, standing.Refuse)
	case standing.Owner != "" && standing.Owner != owner:
		return resource.Conflictf("use another name, or only refer to it by its ARN (a role: `manage: false`)",
			"%s belongs to %s: its tag %s says so", key, standing.Owner, spec.TagOwner)
	default:
		return nil
	}
}

// hold applies the drift policy to an object that is ours and moved: reported
// drift is shown and left alone, ignored drift is not a change at all.
func hold(s *Step) {
	switch {
	case s.Action == resource.Noop:
	case s.Node.Drift == spec.DriftReport:
		s.Held = "drift: report"
	case s.Node.Drift == spec.DriftIgnore:
		s.Action, s.Reason, s.Fields = resource.Noop, "", nil
	}
}

// deletions are the steps that remove orphans, kinds in reverse order, since
// later kinds use earlier ones. An orphan that was not observed is gone already.
func deletions(groups []Group) []*Step {
	var steps []*Step
	for _, g := range slices.Backward(groups) {
		for _, key := range slices.SortedFunc(slices.Values(g.Orphans), resource.Key.Compare) {
			observed, exists := g.Observed[key]
			if !exists {
				continue
			}
			steps = append(steps, &Step{Kind: g.Kind, Node: resource.Node[any]{Key: key}, Observed: observed,
				Change: Change{Key: key, Action: resource.Delete, Reason: resource.Orphaned}})
		}
	}
	return steps
}
