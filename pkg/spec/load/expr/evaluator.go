package expr

import (
	"fmt"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
	"ecs-reconciler/pkg/spec/shape"
)

// evaluator evaluates the expressions of one text.
type evaluator struct {
	scope  *Scope
	at     spec.Position
	source string       // of the expression at hand, for errors
	masked bool         // the text itself is a secret
	marks  yaml11.Marks // of the values that were used
}

// maxExcerpt bounds how much of an expression an error shows, in runes.
const maxExcerpt = 160

// complaint is an error about the expression at hand.
func (ev *evaluator) complaint(message, hint string) *spec.Error {
	return complaint(ev.at, ev.source, ev.masked, message, hint)
}

func (ev *evaluator) fail(message, hint string) error { return ev.complaint(message, hint) }

// undefined is a value that does not exist.
func (ev *evaluator) undefined(message, hint string) *yaml11.Node {
	return ev.scope.run.undefined(ev.complaint(message, hint))
}

// complaint shows the expression on one line. Where the text at fault is a
// secret itself, it says no more than where.
func complaint(at spec.Position, source string, masked bool, message, hint string) *spec.Error {
	if masked {
		return &spec.Error{At: at, Message: "an expression in a sensitive value cannot be evaluated",
			Hint: "look at the decrypted text: a name may be undefined, or the expression not supported"}
	}
	runes := []rune(strings.Join(strings.Fields(source), " "))
	if len(runes) > maxExcerpt {
		runes = append(runes[:maxExcerpt], '…')
	}
	if len(runes) > 0 {
		message += ", in " + string(runes)
	}
	return &spec.Error{At: at, Message: message, Hint: hint}
}

// operand evaluates a part and takes note that its value is used: vault values
// in it are opened, and the result is sensitive if it is. It may be undefined.
func (ev *evaluator) operand(n node) (*yaml11.Node, error) {
	value, err := n.eval(ev)
	if err != nil || !isPath(n) {
		return value, err
	}
	if value, err = ev.scope.open(value); err != nil {
		return nil, err
	}
	ev.marks = ev.marks.And(value.AllMarks())
	return value, nil
}

// value is an operand that must exist.
func (ev *evaluator) value(n node) (*yaml11.Node, error) {
	value, err := ev.operand(n)
	if err != nil {
		return nil, err
	}
	return ev.use(value)
}

// looseValue is value, but a missing else is an empty text.
func (ev *evaluator) looseValue(n node) (*yaml11.Node, error) {
	value, err := ev.operand(n)
	if err != nil {
		return nil, err
	}
	return ev.useLoosely(value)
}

// values evaluates several parts.
func (ev *evaluator) values(nodes []node) ([]*yaml11.Node, error) {
	out := make([]*yaml11.Node, len(nodes))
	for i, n := range nodes {
		value, err := ev.value(n)
		if err != nil {
			return nil, err
		}
		out[i] = value
	}
	return out, nil
}

// truth is Python's bool of a part.
func (ev *evaluator) truth(n node) (bool, error) {
	value, err := ev.looseValue(n)
	return err == nil && yaml11.Truthy(value), err
}

func (ev *evaluator) text(s string) *yaml11.Node { return yaml11.NewString(s, ev.at) }

func (ev *evaluator) bool(b bool) *yaml11.Node { return yaml11.NewBool(b, ev.at) }

// str is Python's str of a value, paid for.
func (ev *evaluator) str(n *yaml11.Node) (string, error) {
	s := yaml11.PyStr(n)
	return s, ev.spend(len(s))
}

func (n *constantNode) eval(*evaluator) (*yaml11.Node, error) { return n.value, nil }

func (n *nameNode) eval(ev *evaluator) (*yaml11.Node, error) {
	value, err := ev.scope.variable(n.name, ev.at)
	if err != nil || value != nil {
		return value, err
	}
	hint := "define it, or write " + n.name + " | default(…)"
	if near := shape.Suggest(n.name, ev.scope.names()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	if told := ev.scope.run.options.Hints[n.name]; told != "" {
		hint = told
	}
	return ev.undefined(fmt.Sprintf("%q is not defined", n.name), hint), nil
}

func (n *listNode) eval(ev *evaluator) (*yaml11.Node, error) {
	items, err := ev.values(n.items)
	if err != nil {
		return nil, err
	}
	out := yaml11.NewList(items, ev.at)
	out.Tuple = n.tuple
	return out, nil
}

func (n *mapNode) eval(ev *evaluator) (*yaml11.Node, error) {
	keys, err := ev.values(n.keys)
	if err != nil {
		return nil, err
	}
	values, err := ev.values(n.values)
	if err != nil {
		return nil, err
	}
	fields := make([]yaml11.Field, len(keys))
	for i, key := range keys {
		if key.Kind == yaml11.List || key.Kind == yaml11.Map {
			return nil, ev.fail("a "+key.Kind.String()+" cannot be a key", "use a text")
		}
		fields[i] = yaml11.Field{Key: key, Value: values[i]}
	}
	return yaml11.NewMap(fields, ev.at), nil
}

func (n *notNode) eval(ev *evaluator) (*yaml11.Node, error) {
	b, err := ev.truth(n.operand)
	return ev.bool(!b), err
}

func (n *logicNode) eval(ev *evaluator) (*yaml11.Node, error) {
	left, err := ev.operand(n.left)
	if err != nil {
		return nil, err
	}
	value, err := ev.useLoosely(left)
	if err != nil || yaml11.Truthy(value) == n.or {
		return left, err
	}
	return ev.operand(n.right)
}

func (n *conditionalNode) eval(ev *evaluator) (*yaml11.Node, error) {
	b, err := ev.truth(n.condition)
	switch {
	case err != nil:
		return nil, err
	case b:
		return ev.operand(n.then)
	case n.otherwise != nil:
		return ev.operand(n.otherwise)
	}
	missing := ev.undefined("the conditional has no else, and its condition is false", "write: a if condition else b")
	missing.Bool = true
	return missing, nil
}

func (n *concatNode) eval(ev *evaluator) (*yaml11.Node, error) {
	var b strings.Builder
	for _, part := range n.parts {
		value, err := ev.looseValue(part)
		if err != nil {
			return nil, err
		}
		s, err := ev.str(value)
		if err != nil {
			return nil, err
		}
		b.WriteString(s)
	}
	return ev.text(b.String()), nil
}

func (n *testNode) eval(ev *evaluator) (*yaml11.Node, error) {
	value, err := ev.operand(n.target)
	if err != nil {
		return nil, err
	}
	test := testTable[n.name]
	if !test.undefined {
		if value, err = ev.use(value); err != nil {
			return nil, err
		}
	}
	return ev.bool(test.holds(value) != n.negated), nil
}
