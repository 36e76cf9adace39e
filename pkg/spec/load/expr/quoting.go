package expr

import (
	"fmt"
	"regexp"
	"strings"

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
	text := yaml11.PyJSON(in)
	return ev.verbatim(text), ev.spend(len(text))
}
