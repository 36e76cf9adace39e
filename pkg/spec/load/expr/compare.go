package expr

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// eval follows chains: a < b < c holds if both parts do.
func (n *compareNode) eval(ev *evaluator) (*yaml11.Node, error) {
	left, err := ev.value(n.first)
	for i := 0; err == nil && i < len(n.rest); i++ {
		var right *yaml11.Node
		if right, err = ev.value(n.rest[i].right); err != nil {
			break
		}
		var holds bool
		if holds, err = ev.compare(n.rest[i].sign, left, right); err == nil && !holds {
			return ev.bool(false), nil
		}
		left = right
	}
	return ev.bool(true), err
}

func (ev *evaluator) compare(sign string, left, right *yaml11.Node) (bool, error) {
	switch sign {
	case "==":
		return equal(left, right), nil
	case "!=":
		return !equal(left, right), nil
	case "in":
		return ev.contains(right, left)
	case "not in":
		found, err := ev.contains(right, left)
		return !found, err
	}
	order, ok := ordered(left, right)
	if !ok {
		return false, ev.fail(fmt.Sprintf("%s cannot compare %s with %s", sign, describe(left), describe(right)), "make both texts or both numbers")
	}
	if order == unordered {
		return false, nil
	}
	switch sign {
	case "<":
		return order < 0, nil
	case "<=":
		return order <= 0, nil
	case ">":
		return order > 0, nil
	default:
		return order >= 0, nil
	}
}

func (ev *evaluator) contains(in, what *yaml11.Node) (bool, error) {
	switch {
	case in.Kind == yaml11.String && what.Kind == yaml11.String:
		return strings.Contains(in.Text, what.Text), nil
	case in.Kind == yaml11.List:
		for _, item := range in.Items {
			if equal(item, what) {
				return true, nil
			}
		}
		return false, nil
	case in.Kind == yaml11.Map && what.Kind != yaml11.List && what.Kind != yaml11.Map:
		return hasKey(in, what), nil
	}
	return false, ev.fail(fmt.Sprintf("%s cannot be in %s", describe(what), describe(in)), "in looks for a text in a text, an item in a list, a key in a mapping")
}

func hasKey(in, key *yaml11.Node) bool {
	want, ok := yaml11.KeyIdentity(key)
	for _, f := range in.Fields {
		if have, _ := yaml11.KeyIdentity(f.Key); ok && have == want {
			return true
		}
	}
	return false
}

// equal is Python's ==: numbers by value whatever their type, the rest by type
// and value.
func equal(a, b *yaml11.Node) bool {
	if isNumber(a) && isNumber(b) {
		return compareNumbers(a, b) == 0
	}
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case yaml11.String:
		return a.Text == b.Text
	case yaml11.List:
		return a.Tuple == b.Tuple && equalItems(a.Items, b.Items)
	case yaml11.Map:
		return equalFields(a, b)
	default:
		return true
	}
}

func equalItems(a, b []*yaml11.Node) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalFields(a, b *yaml11.Node) bool {
	if len(a.Fields) != len(b.Fields) {
		return false
	}
	values := make(map[string]*yaml11.Node, len(a.Fields))
	for _, f := range a.Fields {
		if id, ok := yaml11.KeyIdentity(f.Key); ok {
			values[id] = f.Value
		}
	}
	for _, f := range b.Fields {
		id, ok := yaml11.KeyIdentity(f.Key)
		if value := values[id]; !ok || value == nil || !equal(value, f.Value) {
			return false
		}
	}
	return true
}

func isNumber(n *yaml11.Node) bool {
	return n.Kind == yaml11.Int || n.Kind == yaml11.Float || n.Kind == yaml11.Bool
}

// unordered is the order of a number and NaN.
const unordered = 2

// compareNumbers is exact also between large integers and floats.
func compareNumbers(a, b *yaml11.Node) int {
	x, y := exact(a), exact(b)
	if x == nil || y == nil {
		return unordered
	}
	return x.Cmp(y)
}

// exact is a number without loss, nil for NaN.
func exact(n *yaml11.Node) *big.Float {
	if n.Kind != yaml11.Float {
		i, _ := integer(n)
		return new(big.Float).SetPrec(uint(max(64, i.BitLen()))).SetInt(i)
	}
	if math.IsNaN(n.Float) {
		return nil
	}
	return big.NewFloat(n.Float)
}

// ordered is Python's order of two values; false if it has none for them.
func ordered(a, b *yaml11.Node) (int, bool) {
	switch {
	case isNumber(a) && isNumber(b):
		return compareNumbers(a, b), true
	case a.Kind == yaml11.String && b.Kind == yaml11.String:
		return strings.Compare(a.Text, b.Text), true
	case a.Kind == yaml11.List && b.Kind == yaml11.List && a.Tuple == b.Tuple:
		return orderedItems(a.Items, b.Items)
	}
	return 0, false
}

func orderedItems(a, b []*yaml11.Node) (int, bool) {
	for i := 0; i < len(a) && i < len(b); i++ {
		if !equal(a[i], b[i]) {
			return ordered(a[i], b[i])
		}
	}
	return len(a) - len(b), true
}
