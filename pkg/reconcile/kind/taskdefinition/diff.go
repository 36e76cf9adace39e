package taskdefinition

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// tagsPath is where tags are in the paths of field changes.
const tagsPath = "/tags/"

// Diff compares canonical forms. Containers are recognised by name and
// reported at the spec's index, variables and secrets go by name, and a list
// whose order counts is reported as a whole. A tag that the spec does not name
// is no difference; neither is a tag that a revision of somebody else's lacks,
// when its content makes us register another. The digest that our last
// registration left is a difference only where it is gone: whether it is that
// of the spec is for Standing to say. Against the zero Observed it lists what
// creation does.
func (k *Kind) Diff(d Desired, o Observed) []resource.FieldChange {
	if o.canonical == nil {
		return creation(d)
	}
	c := &comparison{desired: d, observed: o}
	c.value("", k.rules, d.canonical, o.canonical)
	if len(c.changes) > 0 && o.tags[spec.TagOwner] == "" {
		return c.changes
	}
	for _, name := range slices.Sorted(maps.Keys(d.tags)) {
		if have, ok := o.tags[name]; !ok || have != d.tags[name] {
			c.changes = append(c.changes, tagChange(name, d.tags[name], have, ok))
		}
	}
	if o.lostApplied() {
		c.changes = append(c.changes, tagChange(spec.TagApplied, k.digest(d), "", false))
	}
	return c.changes
}

func tagChange(name, want, have string, exists bool) resource.FieldChange {
	change := resource.FieldChange{Path: tagsPath + escape(name), After: want}
	if exists {
		change.Before = have
	}
	return change
}

// onlyTags tells whether all changes can be made to a revision in place.
func onlyTags(changes []resource.FieldChange) bool {
	return !slices.ContainsFunc(changes, func(c resource.FieldChange) bool { return !strings.HasPrefix(c.Path, tagsPath) })
}

type comparison struct {
	desired   Desired
	observed  Observed
	container string // name of the observed container that is being compared
	changes   []resource.FieldChange
}

func (c *comparison) value(path string, n *node, want, have any) {
	if equal(want, have) {
		return
	}
	switch {
	case n.isPairs():
		c.pairs(path, object(want), object(have))
	case n.isSet():
		c.set(path, n, list(want), list(have))
	case n.isFree() || (object(want) != nil && object(have) != nil):
		c.object(path, n, object(want), object(have))
	case bothLists(want, have) && len(list(want)) == len(list(have)) && !scalars(list(want)):
		c.elements(path, n, list(want), list(have))
	default:
		c.report(path, want, have)
	}
}

func bothLists(a, b any) bool { return list(a) != nil && list(b) != nil }

func scalars(items []any) bool {
	return !slices.ContainsFunc(items, func(item any) bool { return !isScalar(item) })
}

func (c *comparison) object(path string, n *node, want, have map[string]any) {
	for _, name := range union(want, have) {
		c.value(path+"/"+escape(name), n.member(name), want[name], have[name])
	}
}

func (c *comparison) elements(path string, n *node, want, have []any) {
	for i := range want {
		c.value(path+"/"+strconv.Itoa(i), n.element(), want[i], have[i])
	}
}

// pairs compares names and values. What an observed variable holds is shown
// only when nothing says that it must be hidden.
func (c *comparison) pairs(path string, want, have map[string]any) {
	isEnvironment := strings.HasSuffix(path, "/environment")
	for _, name := range union(want, have) {
		if want[name] == have[name] {
			continue
		}
		at := path + "/" + escape(name)
		if isEnvironment && have[name] != nil && c.observed.hidden.variable(c.container, name, want[name] != nil) {
			c.conceal(at, want[name])
			continue
		}
		c.report(at, want[name], have[name])
	}
}

// set pairs off the elements: equal ones first, then those recognised by
// their identity, then the rest in order. What is left over was added or
// removed; the latter is reported beyond the spec's last index.
func (c *comparison) set(path string, n *node, want, have []any) {
	m := match(want, have, recognised(n), anyway)
	for i, j := range m.of {
		at := path + "/" + strconv.Itoa(i)
		switch {
		case j < 0:
			c.report(at, want[i], nil)
		case path == "/containerDefinitions":
			c.container = text(object(have[j])["name"])
			c.value(at, n.item, want[i], have[j])
		default:
			c.value(at, n.item, want[i], have[j])
		}
	}
	for k, j := range m.extra {
		gone := have[j]
		if path == "/containerDefinitions" {
			gone = c.observed.hidden.redactContainer(object(gone))
		}
		c.report(path+"/"+strconv.Itoa(len(want)+k), nil, gone)
	}
}

// report notes a difference, less what must not be shown.
func (c *comparison) report(path string, want, have any) {
	hidden := c.desired.hidden
	if hidden.cover(path) || (c.observed.hidden.everything && have != nil) || (hidden.touch(path) && !isTree(want) && !isTree(have)) {
		c.conceal(path, want)
		return
	}
	c.changes = append(c.changes, resource.FieldChange{Path: path, Before: hidden.redact(path, have), After: hidden.redact(path, want)})
}

// isTree tells whether value has members, and so is more than one value.
func isTree(value any) bool {
	if items := list(value); items != nil {
		return !scalars(items)
	}
	return object(value) != nil
}

func (c *comparison) conceal(path string, want any) {
	change := resource.FieldChange{Path: path, Sensitive: true}
	if want == nil {
		change.Note = "not in the spec"
	}
	c.changes = append(c.changes, change)
}

// matching says which observed element belongs to which desired one.
type matching struct {
	of    []int // for each desired element, the observed one's index; -1 for none
	extra []int // the observed elements that are left
}

// match pairs off equal elements, and then those that belong together by each
// rule in turn.
func match(want, have []any, belong ...func(a, b any) bool) matching {
	m := matching{of: slices.Repeat([]int{-1}, len(want))}
	taken := make([]bool, len(have))
	for _, belong := range slices.Insert(belong, 0, equal) {
		for i := range want {
			for j := range have {
				if m.of[i] < 0 && !taken[j] && belong(want[i], have[j]) {
					m.of[i], taken[j] = j, true
				}
			}
		}
	}
	for j := range have {
		if !taken[j] {
			m.extra = append(m.extra, j)
		}
	}
	return m
}

// recognised pairs elements by their identity.
func recognised(n *node) func(a, b any) bool {
	return func(a, b any) bool { return n.identity != nil && identify(n, a) == identify(n, b) }
}

// anyway pairs elements in the order they come.
func anyway(_, _ any) bool { return true }

// identify is what tells an element of a set from the others.
func identify(n *node, element any) string {
	var b strings.Builder
	for _, name := range n.identity {
		switch value := object(element)[name].(type) {
		case string:
			b.WriteString(value)
		case json.Number:
			b.WriteString(value.String())
		}
		b.WriteByte(0)
	}
	return b.String()
}

func union(a, b map[string]any) []string {
	names := make([]string, 0, len(a)+len(b))
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
