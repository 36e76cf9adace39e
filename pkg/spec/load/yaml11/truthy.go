package yaml11

// Truthy is Python's bool of a value: false for null, zero and whatever is
// empty.
func Truthy(n *Node) bool {
	switch n.Kind {
	case Bool:
		return n.Bool
	case Int:
		return n.Int.Sign() != 0
	case Float:
		return n.Float != 0
	case String:
		return n.Text != ""
	default:
		return len(n.Items)+len(n.Fields) > 0
	}
}
