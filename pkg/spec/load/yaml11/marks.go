package yaml11

// Marks say where a value comes from, as far as it limits where the value may
// be shown.
type Marks struct {
	// Sensitive says that the value came out of a vault and must not be shown.
	Sensitive bool
	// Inline says of a sensitive value that it was encrypted by itself, and does
	// not merely stand in a file that is.
	Inline bool
	// Outside says that the value was looked up in the process's environment or
	// in a file, so that no complaint may quote it.
	Outside bool
}

// And are the marks of a value made of two.
func (m Marks) And(o Marks) Marks {
	return Marks{m.Sensitive || o.Sensitive, m.Inline || o.Inline, m.Outside || o.Outside}
}

// AllMarks are the marks of n and of everything in it.
func (n *Node) AllMarks() Marks {
	if n == nil {
		return Marks{}
	}
	m := n.Marks
	for _, item := range n.Items {
		m = m.And(item.AllMarks())
	}
	for _, f := range n.Fields {
		m = m.And(f.Key.Marks).And(f.Value.AllMarks())
	}
	return m
}

// HasSensitive tells whether n or anything in it is sensitive.
func (n *Node) HasSensitive() bool { return n.AllMarks().Sensitive }

// Marked returns a copy of the tree in which every value, but no key, has the
// marks too.
func (n *Node) Marked(m Marks) *Node {
	if n == nil {
		return nil
	}
	return n.mapped(func(n *Node) { n.Marks = n.And(m) })
}

// AsSensitive returns a copy of the tree in which every value, but no key, is
// sensitive; for files that were encrypted as a whole.
func (n *Node) AsSensitive() *Node { return n.Marked(Marks{Sensitive: true}) }
