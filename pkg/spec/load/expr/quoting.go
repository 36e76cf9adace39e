package expr

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode/utf16"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

var shellSafe = regexp.MustCompile(`^[a-zA-Z0-9_@%+=:,./-]+$`)

// filterQuote is Python's shlex.quote.
func filterQuote(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	s := ""
	if in.Kind != yaml11.Null {
		s = yaml11.PyStr(in)
	}
	if shellSafe.MatchString(s) {
		return ev.text(s), nil
	}
	out := "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
	return ev.text(out), ev.spend(len(out))
}

// filterURLEncode quotes a text for a path, or a mapping for a query.
func filterURLEncode(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	var out string
	switch in.Kind {
	case yaml11.Map:
		pairs := make([]string, len(in.Fields))
		for i, f := range in.Fields {
			pairs[i] = urlQuery(yaml11.PyStr(f.Key)) + "=" + urlQuery(yaml11.PyStr(f.Value))
		}
		out = strings.Join(pairs, "&")
	case yaml11.List:
		return nil, ev.fail("urlencode takes no list here", "use a mapping")
	default:
		out = urlQuote(yaml11.PyStr(in), "/")
	}
	return ev.text(out), ev.spend(len(out))
}

func urlQuery(s string) string { return strings.ReplaceAll(urlQuote(s, ""), "%20", "+") }

// urlQuote escapes all bytes but RFC 3986's unreserved ones and those in safe.
func urlQuote(s, safe string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("_.-~"+safe, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// filterToJSON is Python's json.dumps: ASCII, ", " and ": " between.
func filterToJSON(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	var b strings.Builder
	writeJSON(&b, in)
	return ev.verbatim(b.String()), ev.spend(b.Len())
}

func writeJSON(b *strings.Builder, n *yaml11.Node) {
	switch n.Kind {
	case yaml11.Map:
		writeSequence(b, "{", "}", len(n.Fields), func(i int) {
			writeJSONText(b, jsonKey(n.Fields[i].Key))
			b.WriteString(": ")
			writeJSON(b, n.Fields[i].Value)
		})
	case yaml11.List:
		writeSequence(b, "[", "]", len(n.Items), func(i int) { writeJSON(b, n.Items[i]) })
	case yaml11.String:
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

func jsonScalar(n *yaml11.Node) string {
	switch {
	case n.Kind == yaml11.Null:
		return "null"
	case n.Kind == yaml11.Bool:
		return strings.ToLower(yaml11.PyStr(n))
	case n.Kind == yaml11.Float && math.IsNaN(n.Float):
		return "NaN"
	case n.Kind == yaml11.Float && math.IsInf(n.Float, 0):
		return strings.Replace(yaml11.PyStr(n), "inf", "Infinity", 1)
	}
	return yaml11.PyStr(n)
}

func jsonKey(n *yaml11.Node) string {
	if n.Kind == yaml11.String {
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
