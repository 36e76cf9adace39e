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
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		if i, err := strconv.Atoi(token); err == nil && n.Kind == yaml11.List && i >= 0 && i < len(n.Items) {
			n = n.Items[i]
		} else {
			n = n.Get(token)
		}
		if n == nil {
			return at
		}
		at = n.At
	}
	return at
}

// Sensitive are the pointers of the texts in n that came out of a vault, each
// with prefix before it. A nil node has none.
func Sensitive(n *yaml11.Node, prefix string) []string {
	if !n.HasSensitive() {
		return nil
	}
	var found []string
	for i, item := range n.Items {
		found = append(found, Sensitive(item, prefix+"/"+strconv.Itoa(i))...)
	}
	for _, f := range n.Fields {
		if f.Value.HasSensitive() {
			token := strings.ReplaceAll(strings.ReplaceAll(f.KeyText(), "~", "~0"), "/", "~1")
			found = append(found, Sensitive(f.Value, prefix+"/"+token)...)
		}
	}
	if n.Sensitive && n.Kind != yaml11.List && n.Kind != yaml11.Map {
		found = append(found, prefix)
	}
	return found
}

// Hidden tells of a document which pointers into it must not be quoted.
func Hidden(n *yaml11.Node) func(pointer string) bool {
	hidden := Sensitive(n, "")
	return func(pointer string) bool { return slices.Contains(hidden, pointer) }
}
