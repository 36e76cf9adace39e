package taskdefinition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
)

// digestLength is how many hex digits of the SHA-256 are kept: 128 bits.
const digestLength = 32

// Digest names what a first revision would be, for saved plans: Diff lists
// only the most telling fields of a family that does not exist yet. Values out
// of a vault are not in it.
func (k *Kind) Digest(d Desired) string { return k.digest(d) }

// digest is one text for all equal specs, whatever of them is ignored. Values
// that must be hidden do not enter it.
func (k *Kind) digest(d Desired) string {
	tags := make(map[string]any, len(d.tags))
	for name, value := range d.tags {
		tags[name] = value
	}
	written := appendInOrder(nil, k.rules, d.hidden.redact("", d.said))
	written = appendInOrder(written, nil, tags)
	sum := sha256.Sum256(written)
	return hex.EncodeToString(sum[:])[:digestLength]
}

// appendInOrder writes a canonical value, its members by name and its sets
// sorted, so that equal values are written alike.
func appendInOrder(to []byte, n *node, value any) []byte {
	switch value := value.(type) {
	case map[string]any:
		to = append(to, '{')
		for _, name := range union(value, nil) {
			to = append(strconv.AppendQuote(to, name), ':')
			to = append(appendInOrder(to, n.member(name), value[name]), ',')
		}
		return append(to, '}')
	case []any:
		return appendList(to, n, value)
	case json.Number:
		return append(to, value...)
	case string:
		return strconv.AppendQuote(to, value)
	case bool:
		return strconv.AppendBool(to, value)
	default:
		return append(to, "null"...)
	}
}

func appendList(to []byte, n *node, items []any) []byte {
	written := make([][]byte, len(items))
	for i, item := range items {
		written[i] = appendInOrder(nil, n.element(), item)
	}
	if n.isSet() {
		slices.SortFunc(written, bytes.Compare)
	}
	to = append(to, '[')
	for _, item := range written {
		to = append(append(to, item...), ',')
	}
	return append(to, ']')
}
