package taskdefinition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// digestLength is how many hex digits of the SHA-256 are kept: 128 bits.
const digestLength = 32

// digest is one text for all equal task definitions, without any value that
// must be hidden: those do not enter it.
func digest(rules *node, canonical map[string]any, tags map[string]string, hidden places) (string, error) {
	definition, err := inOrder(rules, hidden.redact("", canonical))
	if err != nil {
		return "", err
	}
	encoded, err := json.Marshal(map[string]any{"definition": definition, "tags": tags})
	if err != nil {
		return "", fmt.Errorf("cannot write the task definition as JSON: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])[:digestLength], nil
}

// inOrder is a canonical value with its sets sorted, ready to be encoded.
func inOrder(n *node, value any) (any, error) {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, member := range value {
			ordered, err := inOrder(n.member(name), member)
			if err != nil {
				return nil, err
			}
			out[name] = ordered
		}
		return out, nil
	case []any:
		return listInOrder(n, value)
	default:
		return value, nil
	}
}

func listInOrder(n *node, items []any) (any, error) {
	out := make([]json.RawMessage, len(items))
	for i, item := range items {
		ordered, err := inOrder(n.element(), item)
		if err != nil {
			return nil, err
		}
		if out[i], err = json.Marshal(ordered); err != nil {
			return nil, fmt.Errorf("cannot write the task definition as JSON: %w", err)
		}
	}
	if n.isSet() {
		slices.SortFunc(out, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	}
	return out, nil
}
