package source

import (
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Place is where a JSON pointer into n was written, or the nearest place above.
func Place(n *yaml11.Node, pointer string) spec.Position {
	at := n.At
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if n = child(n, token); n == nil {
			return at
		}
		at = n.At
	}
	return at
}

// Find is what stands at a JSON pointer into n, nil when nothing does.
func Find(n *yaml11.Node, pointer string) *yaml11.Node {
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if n = child(n, token); n == nil {
			return nil
		}
	}
	return n
}

// child is what a token of a JSON pointer leads to.
func child(n *yaml11.Node, token string) *yaml11.Node {
	token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	if i, err := strconv.Atoi(token); err == nil && n.Kind == yaml11.List && i >= 0 && i < len(n.Items) {
		return n.Items[i]
	}
	return n.Get(token)
}

// Sensitive are the pointers of the values in n that came out of a vault, each
// with prefix before it. A nil node has none.
func Sensitive(n *yaml11.Node, prefix string) []string {
	if !n.HasSensitive() {
		return nil
	}
	return Pointers(n, prefix, func(n *yaml11.Node) bool { return n.Sensitive })
}

// Pointers are those of the scalars in n that are wanted, each with prefix
// before it. A nil node has none.
func Pointers(n *yaml11.Node, prefix string, wanted func(*yaml11.Node) bool) []string {
	if n == nil {
		return nil
	}
	var found []string
	for i, item := range n.Items {
		found = append(found, Pointers(item, prefix+"/"+strconv.Itoa(i), wanted)...)
	}
	for _, f := range n.Fields {
		token := strings.ReplaceAll(strings.ReplaceAll(f.KeyText(), "~", "~0"), "/", "~1")
		found = append(found, Pointers(f.Value, prefix+"/"+token, wanted)...)
	}
	if n.Kind != yaml11.List && n.Kind != yaml11.Map && wanted(n) {
		found = append(found, prefix)
	}
	return found
}

// Hidden tells of a document which pointers into it must not be shown.
func Hidden(n *yaml11.Node) func(pointer string) bool {
	hidden := Sensitive(n, "")
	return func(pointer string) bool { return slices.Contains(hidden, pointer) }
}

// Outside tells of a document which pointers into it were looked up outside of
// the project.
func Outside(n *yaml11.Node) func(pointer string) bool {
	if !n.AllMarks().Outside {
		return nil
	}
	outside := Pointers(n, "", func(n *yaml11.Node) bool { return n.Outside })
	return func(pointer string) bool { return slices.Contains(outside, pointer) }
}
