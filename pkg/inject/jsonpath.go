package inject

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// step is one part of a JSONPath: what it leads to from a value.
type step func(*yaml11.Node) []*yaml11.Node

// path is a JSONPath as jsonpath-ng, which proc_wrapper uses, understands the
// part of it that is in use: $, names with and without dots and quotes,
// indices, slices, * and descent by "..". Fields come in their order.
type path struct {
	steps []step
	// list gives a list of what is found, were it one value alone: the path
	// ended in [*], which proc_wrapper takes for that.
	list bool
}

// parsePath reads a path. Errors repeat it: a path is no secret.
func parsePath(text string) (path, error) {
	var p path
	rest, splat := strings.CutSuffix(text, "[*]")
	p.list = splat
	rest, rooted := strings.CutPrefix(strings.TrimSpace(rest), "$")
	for rest != "" {
		next, after, err := cutStep(rest, !rooted && len(p.steps) == 0)
		if err != nil {
			return path{}, fmt.Errorf("the JSONPath %q: %w", text, err)
		}
		p.steps, rest = append(p.steps, next), after
	}
	return p, nil
}

// names are what a step by name looks like, quoted or not.
var (
	bareName    = regexp.MustCompile(`^[A-Za-z_@][A-Za-z0-9_@\-]*`)
	quotedName  = regexp.MustCompile(`^(?:'([^']*)'|"([^"]*)")`)
	bracketName = regexp.MustCompile(`^\[\s*(?:'([^']*)'|"([^"]*)")\s*\]`)
	bracketAt   = regexp.MustCompile(`^\[\s*(-?\d+)\s*\]`)
	bracketPart = regexp.MustCompile(`^\[\s*(-?\d*)\s*:\s*(-?\d*)\s*\]`)
	bracketAll  = regexp.MustCompile(`^\[\s*\*\s*\]`)
)

func cutStep(text string, first bool) (step, string, error) {
	if after, ok := strings.CutPrefix(text, ".."); ok {
		inner, rest, err := cutName(after)
		return descent(inner), rest, err
	}
	if m := bracketName.FindStringSubmatch(text); m != nil {
		return named(m[1] + m[2]), text[len(m[0]):], nil
	}
	if m := bracketAt.FindStringSubmatch(text); m != nil {
		i, err := strconv.Atoi(m[1])
		return element(i), text[len(m[0]):], err
	}
	if m := bracketPart.FindStringSubmatch(text); m != nil {
		return part(m[1], m[2]), text[len(m[0]):], nil
	}
	if m := bracketAll.FindString(text); m != "" {
		return items, text[len(m):], nil
	}
	after, dotted := strings.CutPrefix(text, ".")
	if !dotted && !first {
		return nil, "", fmt.Errorf("%q is not understood", text)
	}
	return cutName(after)
}

// cutName reads a name or * .
func cutName(text string) (step, string, error) {
	if after, ok := strings.CutPrefix(text, "*"); ok {
		return children, after, nil
	}
	if m := quotedName.FindStringSubmatch(text); m != nil {
		return named(m[1] + m[2]), text[len(m[0]):], nil
	}
	if name := bareName.FindString(text); name != "" {
		return named(name), text[len(name):], nil
	}
	return nil, "", fmt.Errorf("%q is not understood", text)
}

func named(name string) step {
	return func(n *yaml11.Node) []*yaml11.Node {
		if value := n.Get(name); value != nil {
			return []*yaml11.Node{value}
		}
		return nil
	}
}

func element(i int) step {
	return func(n *yaml11.Node) []*yaml11.Node {
		if n.Kind != yaml11.List {
			return nil
		}
		if i < 0 {
			i += len(n.Items)
		}
		if i < 0 || i >= len(n.Items) {
			return nil
		}
		return n.Items[i : i+1]
	}
}

// part is a slice as Python takes it.
func part(from, to string) step {
	return func(n *yaml11.Node) []*yaml11.Node {
		if n.Kind != yaml11.List {
			return nil
		}
		begin, end := bound(from, 0, len(n.Items)), bound(to, len(n.Items), len(n.Items))
		if begin >= end {
			return nil
		}
		return n.Items[begin:end]
	}
}

func bound(text string, otherwise, length int) int {
	i, err := strconv.Atoi(text)
	if err != nil {
		return otherwise
	}
	if i < 0 {
		i += length
	}
	return min(max(i, 0), length)
}

// items are the elements of a list; of anything else, itself, as in jsonpath-ng.
func items(n *yaml11.Node) []*yaml11.Node {
	if n.Kind == yaml11.List {
		return n.Items
	}
	return []*yaml11.Node{n}
}

// children are the values of a map.
func children(n *yaml11.Node) []*yaml11.Node {
	var out []*yaml11.Node
	for _, f := range n.Fields {
		out = append(out, f.Value)
	}
	return out
}

// descent takes a step from a value and from everything in it.
func descent(inner step) step {
	var all func(*yaml11.Node) []*yaml11.Node
	all = func(n *yaml11.Node) []*yaml11.Node {
		out := inner(n)
		for _, child := range append(children(n), n.Items...) {
			out = append(out, all(child)...)
		}
		return out
	}
	return all
}

// find is what the path leads to: one value, or a list of several. Nothing is
// found when it is nil.
func (p path) find(n *yaml11.Node) *yaml11.Node {
	found := []*yaml11.Node{n}
	for _, take := range p.steps {
		var next []*yaml11.Node
		for _, value := range found {
			next = append(next, take(value)...)
		}
		found = next
	}
	switch {
	case len(found) == 0:
		return nil
	case len(found) == 1 && !p.list:
		return found[0]
	default:
		return yaml11.NewList(slices.Clone(found), spec.Position{})
	}
}
