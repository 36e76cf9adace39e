package expr

import (
	"fmt"
	"slices"

	"ecs-reconciler/pkg/spec/load/yaml11"
	"ecs-reconciler/pkg/spec/shape"
)

// methods are the attributes of Python's dicts, which a.b finds before keys.
var methods = []string{"clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"}

func (n *attributeNode) eval(ev *evaluator) (*yaml11.Node, error) {
	target, err := n.target.eval(ev)
	if err != nil {
		return nil, err
	}
	if isUndefined(target) {
		return ev.within(target)
	}
	if target.Kind == yaml11.Map && slices.Contains(methods, n.name) {
		return nil, ev.fail(fmt.Sprintf("%q is a method of every mapping, and methods are not supported", n.name),
			fmt.Sprintf("for the key of that name write ['%s']", n.name))
	}
	if value := target.Get(n.name); value != nil {
		return value, nil
	}
	return ev.noSuch(target, n.name), nil
}

// noSuch is the value of a key that is missing; key is "" if not to be shown.
func (ev *evaluator) noSuch(target *yaml11.Node, key string) *yaml11.Node {
	hint := "define it, or add | default(…)"
	if key == "" {
		return ev.undefined(fmt.Sprintf("the %s has no such item", target.Kind), hint)
	}
	if near := shape.Suggest(key, keysOf(target)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	if told := ev.scope.run.options.Hints[key]; told != "" {
		hint = told
	}
	return ev.undefined(fmt.Sprintf("the %s has no %q", target.Kind, key), hint)
}

func keysOf(n *yaml11.Node) []string {
	var keys []string
	for _, f := range n.Fields {
		keys = append(keys, f.KeyText())
	}
	return keys
}

func (n *indexNode) eval(ev *evaluator) (*yaml11.Node, error) {
	target, err := n.target.eval(ev)
	if err != nil {
		return nil, err
	}
	if isUndefined(target) {
		return ev.within(target)
	}
	index, err := ev.value(n.index)
	if err != nil {
		return nil, err
	}
	if target, err = ev.openText(target); err != nil {
		return nil, err
	}
	switch target.Kind {
	case yaml11.Map:
		if value := keyed(target, index); value != nil {
			return value, nil
		}
		return ev.noSuch(target, shownKey(n.index)), nil
	case yaml11.List:
		return ev.item(target, index), nil
	case yaml11.String:
		return ev.character(target, index), nil
	}
	return ev.noSuch(target, ""), nil
}

// openText opens a vault value of which a part is asked for.
func (ev *evaluator) openText(n *yaml11.Node) (*yaml11.Node, error) {
	if n.Vault == nil {
		return n, nil
	}
	ev.marks = ev.marks.And(n.Marks)
	return ev.scope.openVault(n)
}

// keyed is the value of a key, nil without.
func keyed(target, index *yaml11.Node) *yaml11.Node {
	if index.Kind == yaml11.String {
		return target.Get(index.Text)
	}
	want, ok := yaml11.KeyIdentity(index)
	for _, f := range target.Fields {
		if have, _ := yaml11.KeyIdentity(f.Key); ok && have == want {
			return f.Value
		}
	}
	return nil
}

// shownKey is the key of an index if it stands in the expression itself; one
// that is evaluated may be a secret.
func shownKey(index node) string {
	if constant, ok := index.(*constantNode); ok {
		return yaml11.PyStr(constant.value)
	}
	return ""
}

func (ev *evaluator) item(target, index *yaml11.Node) *yaml11.Node {
	if i, ok := position(index, len(target.Items)); ok {
		return target.Items[i]
	}
	return ev.undefined(fmt.Sprintf("the list of %d has no such item", len(target.Items)), "items count from 0, and from -1 at the end")
}

func (ev *evaluator) character(target, index *yaml11.Node) *yaml11.Node {
	runes := []rune(target.Text)
	if i, ok := position(index, len(runes)); ok {
		out := ev.text(string(runes[i]))
		out.Marks = target.Marks
		return out
	}
	return ev.undefined("the text has no such character", "characters count from 0, and from -1 at the end")
}

// position turns an index, which may count from the end, into one from 0.
func position(index *yaml11.Node, length int) (int, bool) {
	i, ok := smallInt(index)
	if i < 0 {
		i += int64(length)
	}
	return int(i), ok && i >= 0 && i < int64(length)
}

// smallInt reads an integer or, as Python does, a boolean.
func smallInt(n *yaml11.Node) (int64, bool) {
	if n.Kind == yaml11.Bool {
		if n.Bool {
			return 1, true
		}
		return 0, true
	}
	return n.Int64()
}

func (n *sliceNode) eval(ev *evaluator) (*yaml11.Node, error) {
	target, err := ev.operand(n.target)
	if err != nil {
		return nil, err
	}
	if isUndefined(target) {
		return ev.within(target)
	}
	var runes []rune
	length := len(target.Items)
	switch target.Kind {
	case yaml11.String:
		runes = []rune(target.Text)
		length = len(runes)
	case yaml11.List:
	default:
		return ev.undefined(fmt.Sprintf("the %s has no such item", target.Kind), "only lists and texts have slices"), nil
	}
	indexes, err := n.indexes(ev, length)
	if err != nil {
		return nil, err
	}
	if target.Kind == yaml11.List {
		out := *target
		out.Items = pick(target.Items, indexes)
		return &out, nil
	}
	return ev.text(string(pick(runes, indexes))), nil
}

func pick[T any](from []T, indexes []int) []T {
	out := make([]T, len(indexes))
	for i, index := range indexes {
		out[i] = from[index]
	}
	return out
}

// indexes are the places a slice selects, by Python's rules.
func (n *sliceNode) indexes(ev *evaluator, length int) ([]int, error) {
	step, err := n.bound(ev, n.by, 1)
	if err != nil {
		return nil, err
	}
	if step == 0 {
		return nil, ev.fail("the step of a slice is 0", "remove it")
	}
	low, high := 0, length
	if step < 0 {
		low, high = -1, length-1
	}
	first, err1 := n.clamped(ev, n.first, length, low, high, step > 0)
	last, err2 := n.clamped(ev, n.last, length, low, high, step < 0)
	if err1 != nil || err2 != nil {
		return nil, firstError(err1, err2)
	}
	var out []int
	for i := first; step > 0 && i < last || step < 0 && i > last; i += step {
		out = append(out, i)
	}
	return out, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// clamped is one end of a slice within low and high; without one, it is low or
// high.
func (n *sliceNode) clamped(ev *evaluator, part node, length, low, high int, atLow bool) (int, error) {
	missing := high
	if atLow {
		missing = low
	}
	if part == nil {
		return missing, nil
	}
	i, err := n.bound(ev, part, missing)
	if i < 0 {
		i += length
	}
	return min(max(i, low), high), err
}

// bound is a part of a slice as an int, its default when absent or null.
func (n *sliceNode) bound(ev *evaluator, part node, missing int) (int, error) {
	if part == nil {
		return missing, nil
	}
	value, err := ev.value(part)
	if err != nil || value.Kind == yaml11.Null {
		return missing, err
	}
	i, ok := smallInt(value)
	if !ok || i > 1<<40 || i < -1<<40 {
		return 0, ev.fail("the ends of a slice must be integers", "use | int")
	}
	return int(i), nil
}
