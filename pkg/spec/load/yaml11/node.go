package yaml11

import (
	"math/big"

	"ecs-reconciler/pkg/spec"
)

// Kind says which fields of a Node count.
type Kind int

// The kinds of nodes. Dates are strings.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

// String is the kind's name in words a user of YAML knows.
func (k Kind) String() string {
	names := [...]string{"null", "boolean", "integer", "float", "string", "list", "mapping"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Node is one value of a document. Nodes are shared (an alias is the very node
// that its anchor names), so none may be written to once it is part of a tree.
type Node struct {
	Kind Kind
	At   spec.Position

	// Text is a String's text; of other scalars, what was written in the file:
	// an account id read as an Int still has its leading zero here.
	Text  string
	Int   *big.Int // Int
	Float float64  // Float
	Bool  bool     // Bool

	Items  []*Node // List
	Fields []Field // Map, in Python's order: merged keys first, then by first appearance

	// Vault is the ciphertext of a !vault scalar, whose Kind is String and whose
	// Text is empty; nil everywhere else.
	Vault []byte
	// Marks say where the value comes from.
	Marks
	// Unsafe marks a text that is not a template, whatever it looks like:
	// !unsafe in the file, or the result of an expression.
	Unsafe bool
	// Verbatim marks a text that stays text when an expression is nothing but
	// it, even if it looks like a list; the results of to_json and string do.
	Verbatim bool
	// Tuple marks a List that Python would hold as a tuple: PyStr shows (1, 2).
	Tuple bool

	index map[string]int // String keys to Fields; nil for small maps
}

// Field is one key of a mapping with its value.
type Field struct {
	Key   *Node // a scalar of any kind
	Value *Node
}

// indexFrom is the size from which a mapping is worth an index.
const indexFrom = 12

// NewNull is null at a position.
func NewNull(at spec.Position) *Node { return &Node{Kind: Null, At: at, Text: "null"} }

// NewBool is a boolean at a position.
func NewBool(b bool, at spec.Position) *Node {
	n := &Node{Kind: Bool, At: at, Bool: b}
	n.Text = PyStr(n)
	return n
}

// NewInt is an integer at a position. The node keeps i, which must not change.
func NewInt(i *big.Int, at spec.Position) *Node {
	return &Node{Kind: Int, At: at, Int: i, Text: i.String()}
}

// NewFloat is a float at a position.
func NewFloat(f float64, at spec.Position) *Node {
	return &Node{Kind: Float, At: at, Float: f, Text: floatStr(f)}
}

// NewString is a text at a position. The text is a template when it holds
// expressions; set Unsafe to prevent that.
func NewString(text string, at spec.Position) *Node {
	return &Node{Kind: String, At: at, Text: text}
}

// NewList is a list at a position.
func NewList(items []*Node, at spec.Position) *Node {
	return &Node{Kind: List, At: at, Items: items}
}

// NewMap is a mapping at a position. Of fields with equal keys the last value
// is kept, at the place of the first, as in a Python dict.
func NewMap(fields []Field, at spec.Position) *Node {
	d := newDict(len(fields))
	for _, f := range fields {
		d.put(f)
	}
	return d.node(at)
}

// Get returns the value of the key that is this text, nil when there is none
// or n is no mapping. Keys that are not strings are not found: the key on is
// the boolean True.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return n.Fields[i].Value
		}
		return nil
	}
	for _, f := range n.Fields {
		if f.Key.Kind == String && f.Key.Text == key {
			return f.Value
		}
	}
	return nil
}

// IsNull tells whether n is absent or null.
func (n *Node) IsNull() bool { return n == nil || n.Kind == Null }

// KeyText is a key as Python's str shows it: True for on, 493 for 0755.
func (f Field) KeyText() string { return PyStr(f.Key) }

// Int64 returns an Int that fits, and whether it did.
func (n *Node) Int64() (int64, bool) {
	if n == nil || n.Kind != Int || !n.Int.IsInt64() {
		return 0, false
	}
	return n.Int.Int64(), true
}

// mapped is a copy of the tree with a change made to each of its values, but
// not to its keys.
func (n *Node) mapped(change func(*Node)) *Node {
	out := *n
	change(&out)
	out.Items = nil
	for _, item := range n.Items {
		out.Items = append(out.Items, item.mapped(change))
	}
	out.Fields = nil
	for _, f := range n.Fields {
		out.Fields = append(out.Fields, Field{Key: f.Key, Value: f.Value.mapped(change)})
	}
	return &out
}

// ToAny turns the tree into what encoding/json makes of an equal document:
// map[string]any (keys as KeyText), []any, string, bool, nil and float64; but
// integers are int64, or *big.Int when they do not fit. The result shows
// sensitive values in the clear; a vault that was not opened is "".
func (n *Node) ToAny() any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case Map:
		out := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			out[f.KeyText()] = f.Value.ToAny()
		}
		return out
	case List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = item.ToAny()
		}
		return out
	default:
		return n.scalarToAny()
	}
}

func (n *Node) scalarToAny() any {
	switch n.Kind {
	case String:
		return n.Text
	case Bool:
		return n.Bool
	case Float:
		return n.Float
	case Int:
		if i, ok := n.Int64(); ok {
			return i
		}
		return n.Int
	default:
		return nil
	}
}
