package policydoc

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Kind is the JSON type of a Node.
type Kind int

// The six JSON types, true and false counted as one.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Node is one JSON value that remembers the order of its members and where in
// the text it stood, both of which encoding/json forgets.
type Node struct {
	Kind Kind
	// Text is a string's value, or the literal of a number, boolean or null.
	Text string
	// Items are an array's elements.
	Items []*Node
	// Members are an object's, in the order of the text; no key occurs twice.
	Members []Member
	// Start and End are byte offsets: the value is text[Start:End].
	Start, End int
}

// Member is one key of an object with its value.
type Member struct {
	Key   string
	Value *Node
}

const (
	errNotJSON   = Malformed("This policy contains invalid Json")
	errDuplicate = Malformed("A key occurs twice in one object of the policy")
)

// Parse reads one JSON value. It refuses what is not JSON and an object that
// holds a key twice, which readers of JSON disagree about.
func Parse(text string) (*Node, error) {
	if !json.Valid([]byte(text)) {
		return nil, errNotJSON
	}
	s := scanner{text: text}
	return s.value()
}

// Get is the member's value, or nil when n is no object or has no such member.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, m := range n.Members {
		if m.Key == key {
			return m.Value
		}
	}
	return nil
}

// Is tells whether n exists and is of the kind.
func (n *Node) Is(kind Kind) bool { return n != nil && n.Kind == kind }

// List is an array's elements, the value itself when it is no array, and
// nothing when it is absent: IAM takes one value wherever it takes a list.
func (n *Node) List() []*Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == Array:
		return n.Items
	default:
		return []*Node{n}
	}
}

// Strings are the texts of List.
func (n *Node) Strings() []string {
	items := n.List()
	out := make([]string, 0, len(items))
	for _, item := range items {
		out = append(out, item.Text)
	}
	return out
}

// JSON writes the value without white space, members in their order.
func (n *Node) JSON() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *Node) write(b *strings.Builder) {
	switch n.Kind {
	case Object:
		n.writeObject(b)
	case Array:
		n.writeArray(b)
	case String:
		b.WriteString(quote(n.Text))
	default:
		b.WriteString(n.Text)
	}
}

func (n *Node) writeObject(b *strings.Builder) {
	b.WriteByte('{')
	for i, m := range n.Members {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(m.Key))
		b.WriteByte(':')
		m.Value.write(b)
	}
	b.WriteByte('}')
}

func (n *Node) writeArray(b *strings.Builder) {
	b.WriteByte('[')
	for i, item := range n.Items {
		if i > 0 {
			b.WriteByte(',')
		}
		item.write(b)
	}
	b.WriteByte(']')
}

// quote writes a JSON string and leaves <, > and & alone, as AWS does.
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
