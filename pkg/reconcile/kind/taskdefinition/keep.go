package taskdefinition

import (
	"slices"
	"strconv"
)

// Keep takes the places that the pointers name from the observed revision,
// where containers are matched by name. Variables and secrets can be named by
// index or by name; one that only the observed revision has is kept as well.
func (k *Kind) Keep(d Desired, o Observed, ignore []string) Desired {
	doc := clone(d.document)
	for _, pointer := range ignore {
		if t := tokens(pointer); len(t) > 0 {
			doc = keep(k.rules, doc, o.document, t)
		}
	}
	d.document = object(prune(doc))
	d.canonical = canonical(k.rules, d.document)
	return d
}

// removed stands for an element that was taken out, so that the indexes of the
// others stay what the pointers mean.
type removed struct{}

// keep returns want with the place that the path leads to taken from have.
func keep(n *node, want, have any, path []string) any {
	if len(path) == 0 {
		return clone(have)
	}
	if items := list(want); items != nil || list(have) != nil {
		return keepInList(n, items, list(have), path)
	}
	out, name := object(want), path[0]
	kept := keep(n.member(name), out[name], object(have)[name], path[1:])
	if kept == nil {
		delete(out, name)
		return want
	}
	if out == nil {
		out = map[string]any{}
	}
	out[name] = kept
	return out
}

func keepInList(n *node, want, have []any, path []string) any {
	i, j := counterparts(n, want, have, path[0])
	whole := len(path) == 1 || n.isPairs()
	switch {
	case i < 0 && j >= 0 && whole:
		want = append(want, clone(have[j]))
	case i >= 0 && j < 0 && whole:
		want[i] = removed{}
	case i >= 0 && whole:
		want[i] = clone(have[j])
	case i >= 0 && j >= 0:
		want[i] = keep(n.element(), want[i], have[j], path[1:])
	}
	if want == nil {
		return nil
	}
	return want
}

// counterparts finds the element that a pointer's token names in both lists,
// -1 where there is none.
func counterparts(n *node, want, have []any, token string) (i, j int) {
	i, err := strconv.Atoi(token)
	if n.isPairs() {
		if err == nil && i < len(want) {
			token = text(object(want[i])[n.key])
		}
		named := func(item any) bool { return text(object(item)[n.key]) == token }
		return slices.IndexFunc(want, named), slices.IndexFunc(have, named)
	}
	if err != nil || i < 0 {
		return -1, -1
	}
	if !n.isSet() {
		return indexIn(i, want), indexIn(i, have)
	}
	m := match(canonicalItems(n, want), canonicalItems(n, have), recognised(n))
	if i < len(want) {
		return i, m.of[i]
	}
	if i -= len(want); i < len(m.extra) {
		return -1, m.extra[i]
	}
	return -1, -1
}

// indexIn is i, or -1 when the list has no such element.
func indexIn(i int, items []any) int {
	if i < len(items) {
		return i
	}
	return -1
}

func canonicalItems(n *node, items []any) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = canonicalValue(n.element(), item)
	}
	return out
}

// prune drops the elements that were removed.
func prune(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			value[name] = prune(member)
		}
		return value
	case []any:
		out := slices.DeleteFunc(value, func(item any) bool { return item == any(removed{}) })
		for i, item := range out {
			out[i] = prune(item)
		}
		return out
	default:
		return value
	}
}
