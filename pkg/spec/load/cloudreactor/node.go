package cloudreactor

import (
	"math/big"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// unset is how a setting of a wider scope is taken away again.
const unset = "__unset__"

// field follows keys into mappings; nil when one is missing.
func field(n *yaml11.Node, keys ...string) *yaml11.Node {
	for _, key := range keys {
		n = n.Get(key)
	}
	return n
}

// given is a setting that is there and neither null nor taken away, else nil.
func given(n *yaml11.Node, keys ...string) *yaml11.Node {
	n = field(n, keys...)
	if n.IsNull() || n.Kind == yaml11.String && n.Text == unset {
		return nil
	}
	return n
}

// filled is a setting that Python takes for true, else nil. Empty texts often
// come of expressions that switch something off.
func filled(n *yaml11.Node, keys ...string) *yaml11.Node {
	n = given(n, keys...)
	if n == nil || !yaml11.Truthy(n) {
		return nil
	}
	return n
}

// textOf is Python's str of a setting, or the fallback without one.
func textOf(n *yaml11.Node, fallback string) string {
	if n == nil {
		return fallback
	}
	return yaml11.PyStr(n)
}

// placeOf is where a setting stands, or the fallback without one.
func placeOf(n *yaml11.Node, fallback spec.Position) spec.Position {
	if n == nil || n.At == (spec.Position{}) {
		return fallback
	}
	return n.At
}

// final is a text that is no template, and may be shown.
func final(text string, at spec.Position) *yaml11.Node {
	n := yaml11.NewString(text, at)
	n.Unsafe = true
	return n
}

// derived is a text made from a setting. It is as secret as that.
func derived(text string, from *yaml11.Node) *yaml11.Node {
	n := final(text, from.At)
	m := from.AllMarks()
	n.Sensitive, n.Inline = m.Sensitive, m.Inline
	return n
}

// made is a text made from settings of a kind that is no secret, whatever file
// it is from. Only what was encrypted by itself stays hidden in it.
func made(text string, at spec.Position, from ...*yaml11.Node) *yaml11.Node {
	n := final(text, at)
	for _, part := range from {
		if part.AllMarks().Inline {
			n.Sensitive, n.Inline = true, true
		}
	}
	return n
}

// open refuses a setting that was encrypted by itself, where plans, tags or AWS
// would show it.
func open(n *yaml11.Node, at spec.Position, path string) error {
	if !n.AllMarks().Inline {
		return nil
	}
	return source.Exposed(placeOf(n, at), path)
}

func number(i int64, at spec.Position) *yaml11.Node { return yaml11.NewInt(big.NewInt(i), at) }

// isNumber is Jinja's test, for which booleans are numbers.
func isNumber(n *yaml11.Node) bool {
	return n != nil && (n.Kind == yaml11.Int || n.Kind == yaml11.Float || n.Kind == yaml11.Bool)
}

// wholeNumber reads an integer, which may be written as text: that is what an
// expression yields.
func wholeNumber(n *yaml11.Node) (int64, bool) {
	if i, ok := n.Int64(); ok {
		return i, true
	}
	switch {
	case n != nil && n.Kind == yaml11.String:
		i, err := strconv.ParseInt(strings.TrimSpace(n.Text), 10, 64)
		return i, err == nil
	case n != nil && n.Kind == yaml11.Float && n.Float == float64(int64(n.Float)):
		return int64(n.Float), true
	default:
		return 0, false
	}
}

// items are the members of a list; a lone value counts as a list of one.
func items(n *yaml11.Node) []*yaml11.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml11.List:
		return n.Items
	default:
		return []*yaml11.Node{n}
	}
}

// object collects the fields of a mapping.
type object []yaml11.Field

// set adds a field; nil adds nothing. Of two with one name the later counts.
func (o *object) set(name string, n *yaml11.Node) {
	if n != nil {
		*o = append(*o, yaml11.Field{Key: final(name, n.At), Value: n})
	}
}

func (o *object) setText(name, text string, at spec.Position) {
	if text != "" {
		o.set(name, final(text, at))
	}
}

// setMade is setText for a text made from settings.
func (o *object) setMade(name, text string, at spec.Position, from ...*yaml11.Node) {
	if text != "" {
		o.set(name, made(text, at, from...))
	}
}

// setAll adds every field of a mapping.
func (o *object) setAll(n *yaml11.Node) {
	if n != nil && n.Kind == yaml11.Map {
		*o = append(*o, n.Fields...)
	}
}

func (o object) node(at spec.Position) *yaml11.Node { return yaml11.NewMap(o, at) }

func list(at spec.Position, items ...*yaml11.Node) *yaml11.Node { return yaml11.NewList(items, at) }
