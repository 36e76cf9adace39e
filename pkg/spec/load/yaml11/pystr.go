package yaml11

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// PyStr is Python's str() of the value: True, None, 493, 1e+16; a list or
// mapping is shown with the repr of what is in it. The text of sensitive
// values is shown. A vault that was not opened is "".
func PyStr(n *Node) string {
	if n.Kind == String {
		return n.Text
	}
	var b strings.Builder
	writeRepr(&b, n)
	return b.String()
}

// PyRepr is Python's repr() of the value: as PyStr, but strings are quoted.
func PyRepr(n *Node) string {
	var b strings.Builder
	writeRepr(&b, n)
	return b.String()
}

func writeRepr(b *strings.Builder, n *Node) {
	switch n.Kind {
	case String:
		writeQuoted(b, n.Text)
	case Int:
		b.WriteString(n.Int.String())
	case Float:
		b.WriteString(floatStr(n.Float))
	case Bool:
		if n.Bool {
			b.WriteString("True")
		} else {
			b.WriteString("False")
		}
	case List:
		writeItems(b, n)
	case Map:
		writeFields(b, n)
	default:
		b.WriteString("None")
	}
}

func writeItems(b *strings.Builder, n *Node) {
	open, end := "[", "]"
	if n.Tuple {
		open, end = "(", ")"
	}
	b.WriteString(open)
	for i, item := range n.Items {
		if i > 0 {
			b.WriteString(", ")
		}
		writeRepr(b, item)
	}
	if n.Tuple && len(n.Items) == 1 {
		b.WriteString(",")
	}
	b.WriteString(end)
}

func writeFields(b *strings.Builder, n *Node) {
	b.WriteString("{")
	for i, f := range n.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		writeRepr(b, f.Key)
		b.WriteString(": ")
		writeRepr(b, f.Value)
	}
	b.WriteString("}")
}

// writeQuoted is Python's repr of a str: single quotes unless that would need
// escaping and double ones would not.
func writeQuoted(b *strings.Builder, s string) {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b.WriteRune(quote)
	for _, r := range s {
		writeQuotedRune(b, r, quote)
	}
	b.WriteRune(quote)
}

func writeQuotedRune(b *strings.Builder, r, quote rune) {
	switch {
	case r == quote || r == '\\':
		b.WriteByte('\\')
		b.WriteRune(r)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case unicode.IsPrint(r):
		b.WriteRune(r)
	case r < 0x100:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x10000:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// floatStr is Python's repr of a float: the shortest digits that read back the
// same, with an exponent below 1e-4 and from 1e16 on.
func floatStr(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if abs := math.Abs(f); f != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
