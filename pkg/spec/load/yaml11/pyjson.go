package yaml11

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf16"
)

// PyJSON is Python's json.dumps() of the value: ASCII, ", " and ": " between,
// keys in their order. The text of sensitive values is shown.
func PyJSON(n *Node) string {
	var b strings.Builder
	writeJSON(&b, n)
	return b.String()
}

func writeJSON(b *strings.Builder, n *Node) {
	switch n.Kind {
	case Map:
		writeSequence(b, "{", "}", len(n.Fields), func(i int) {
			writeJSONText(b, jsonKey(n.Fields[i].Key))
			b.WriteString(": ")
			writeJSON(b, n.Fields[i].Value)
		})
	case List:
		writeSequence(b, "[", "]", len(n.Items), func(i int) { writeJSON(b, n.Items[i]) })
	case String:
		writeJSONText(b, n.Text)
	default:
		b.WriteString(jsonScalar(n))
	}
}

func writeSequence(b *strings.Builder, open, end string, count int, write func(int)) {
	b.WriteString(open)
	for i := range count {
		if i > 0 {
			b.WriteString(", ")
		}
		write(i)
	}
	b.WriteString(end)
}

func jsonScalar(n *Node) string {
	switch {
	case n.Kind == Null:
		return "null"
	case n.Kind == Bool:
		return strings.ToLower(PyStr(n))
	case n.Kind == Float && math.IsNaN(n.Float):
		return "NaN"
	case n.Kind == Float && math.IsInf(n.Float, 0):
		return strings.Replace(PyStr(n), "inf", "Infinity", 1)
	}
	return PyStr(n)
}

func jsonKey(n *Node) string {
	if n.Kind == String {
		return n.Text
	}
	return jsonScalar(n)
}

// jsonEscapes are the control characters with an escape of their own.
var jsonEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}

func writeJSONText(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch escape, ok := jsonEscapes[r]; {
		case ok:
			b.WriteString(escape)
		case r >= 0x10000:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		case r < ' ' || r >= 0x7f:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}
