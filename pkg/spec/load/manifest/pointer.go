package manifest

import (
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// Has tells whether something stands at a JSON pointer into doc.
func Has(doc spec.Document, pointer string) bool {
	return replaceAt(doc, tokens(pointer), func(old any) any { return old })
}

func tokens(pointer string) []string {
	return strings.Split(strings.TrimPrefix(pointer, "/"), "/")
}

// replaceAt changes what stands below at; false when nothing does.
func replaceAt(at any, tokens []string, change func(any) any) bool {
	token := strings.NewReplacer("~1", "/", "~0", "~").Replace(tokens[0])
	switch v := at.(type) {
	case map[string]any:
		value, ok := v[token]
		if !ok || len(tokens) > 1 {
			return ok && replaceAt(value, tokens[1:], change)
		}
		v[token] = change(value)
		return true
	case []any:
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= len(v) {
			return false
		}
		if len(tokens) > 1 {
			return replaceAt(v[i], tokens[1:], change)
		}
		v[i] = change(v[i])
		return true
	default:
		return false
	}
}
