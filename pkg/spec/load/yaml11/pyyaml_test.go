package yaml11_test

import (
	"fmt"
	"strings"
	"testing"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// ours is what PyYAML's answer is compared with.
func ours(text string) string {
	nodes, _, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{})
	switch {
	case err != nil || len(nodes) > 1:
		return "error"
	case len(nodes) == 0:
		return "None"
	default:
		return yaml11.PyRepr(nodes[0])
	}
}

func compareWithPyYAML(t *testing.T, texts []string) {
	t.Helper()
	var want []string
	testtool.Ask(t, "load.py", texts, &want)
	for i, text := range texts {
		if departure, ok := departures()[text]; ok {
			want[i] = departure
		}
		if got := ours(text); got != want[i] {
			t.Errorf("%q: got %s, PyYAML reads %s", text, got, want[i])
		}
	}
}

// departures are what we read otherwise than PyYAML, and how.
func departures() map[string]string {
	return map[string]string{
		// the YAML parser below us knows no \/ and no lone ? in brackets
		`"\/"`: "error", `k: "\/"`: "error", `- "\/"`: "error", `["\/"]`: "error", `"\/": v`: "error", "[?]": "error",
		// libyaml, which Ansible reads with, takes a ? inside of a text for a letter in brackets too
		"[cron(0_6_?_*_MON-FRI_*)]": "['cron(0_6_?_*_MON-FRI_*)']",
		// it takes tabs for spaces where they do no harm
		"a:\tb\n": "{'a': 'b'}", "a: b\tc\n": `{'a': 'b\tc'}`,
		// << is a text where nothing is to be merged
		"<<": "'<<'", "k: <<": "{'k': '<<'}", "- <<": "['<<']", "[<<]": "['<<']", "a: <<\n": "{'a': '<<'}",
		// YAML allows to name an anchor again
		"a: &a 1\nb: *a\nc: &a 2\nd: *a\n": "{'a': 1, 'b': 1, 'c': 2, 'd': 2}",
		// values that a desired state cannot hold
		"- &a [*a]\n": "error", "a: !!set {x, y}\n": "error", "a: !!omap [x: 1]\n": "error", "a: !!binary aGk=\n": "error",
		"a: \"\\ud83d\"\n": "error",
	}
}

// TestScalarsAsPyYAML reads a few hundred scalars: alone, as a value and as a
// key.
func TestScalarsAsPyYAML(t *testing.T) {
	var texts []string
	for _, s := range scalars() {
		texts = append(texts, s, "k: "+s, "- "+s, "["+s+"]", s+": v")
	}
	compareWithPyYAML(t, texts)
}

func scalars() []string {
	list := strings.Fields(`
y Y n N yes Yes YES yEs no No NO nO on On ON oN off Off OFF oFF true True TRUE tRue false False FALSE fALSE
~ null Null NULL nULL nil none None undefined
0 1 -1 +1 00 -0 +0 007 0755 0o755 0855 08 09 -010 +010 0_7 0_8 0_ 01_0 012345678901 012345670123 210987654321
12345678901234567890 -12345678901234567890 1_000 1__0 1_ _1 -_1 1_000_ +_1
0x0 0xFF 0xff 0XFF -0xFf 0x_F 0x1_0 0xG 0x 0b0 0b101 -0b11 0b102 0b1_0 0B1 0b
1:30 12:30:45 190:20 190:20:30 190:60 1:60 1:5 -1:30 +1:30 0:30 00:30 01:30 1:30:75 1_0:30 1:3_0 1:30.5 190:20:30.15 190:20:30.
-190:20:30.15 0:30.5 1_0:30.5 1:60.5 1:30.5e+1
1. 1.0 .5 -.5 +.5 -0.0 0.0 +1.5 -1.5 1.10 2.50 1_0.5 1.5_0 1_.5 ._5 .5_ . .. .e5 1.e5 1.e+5
1e3 1E3 1e+3 1.0e3 1.0e+3 1.0E+3 1.0e-3 1.5e-07 1.0e+16 1.0e+15 123456789012345.6 1234567890123456.7 12345678901234567.8
1.0e+308 1.0e+309 -1.0e+309 1.0e-400 4.9e-324 0.1 0.0001 0.00001 0.30000000000000004 100000000000000000000.0
.inf .Inf .INF -.inf +.inf .iNF .nan .NaN .NAN -.nan inf nan infinity
2024-01-02 2024-1-2 2024-01-02T03:04:05Z 2024-13-45 20240102
1.2.3 v1.2 1-2 1,2 12a a12 0x1g --1 +-1 1+1 1/2 50% a:b a#b a@b $x ${x} (x) a=b <a> a|b a>b a!b a*b a&b
arn:aws:iam::012345678901:role/x subnet-0a1b cron(0_6_?_*_MON-FRI_*) é 日本 "yes" 'yes' "1" '1' "" '' "null" '~' "a\nb" "\x41" "\u00e9" '\n' ''''
"\t" "\e" "\_" "\N" "\L" "\P" "\/" "\0" = << "<<" 1e400
`)
	tagged := []string{
		"!!str 010", "!!str yes", "!!str", "!!str ~", "!!str 1.5", `!!int "10"`, `!!int "0x1F"`, "!!int 1_0", `!!int " 10 "`, `!!int abc`, `!!int ""`,
		`!!int "1.5"`, `!!int "1:30"`, `!!float "1"`, `!!float "1e3"`, `!!float 1`, `!!float "1:30"`, `!!float abc`, `!!float "0x1p3"`, `!!float "inf"`,
		`!!bool "yes"`, `!!bool "YeS"`, `!!bool maybe`, `!!bool "n"`, "!!null x", `!!null ""`, "!unsafe 1", "!unsafe '{{ x }}'", "!!nonsense x", "!mine x",
		"!!timestamp 2024-01-02", "|\n  a\n  b\n", "a b", "a  b", "a b c: d", "-", "- ", "?", "", " ", "# only a comment", "a # comment", "a#no comment",
		"'a b'", "\"a b\"", "2024-01-02 03:04:05", "2024-01-02 03:04:05.678 +01:00", "@at", "`tick", "%percent", "*alias", "&anchor", "&a b", "!tag", "{", "}", "[", "]",
	}
	return append(list, tagged...)
}

// TestDocumentsAsPyYAML reads whole documents.
func TestDocumentsAsPyYAML(t *testing.T) {
	compareWithPyYAML(t, append(documents(), nested()...))
}

func documents() []string {
	return []string{
		"", "---\n", "--- # comment\n", "...\n", "--- a\n...\n", "%YAML 1.1\n--- a\n", "---\na: 1\n---\nb: 2\n", "\ufeffa: 1\n",
		"a: 1\na: 2\n", "a: 1\nb: 2\na: 3\n", "1: a\n1.0: b\ntrue: c\n", "yes: a\non: b\n", "~: a\nnull: b\n'null': c\n", "0: a\nfalse: b\n",
		"12: a\n'12': b\n1.5: c\n", "? a\n: b\n? c\n", "? [a, b]\n: c\n", "? {a: b}\n: c\n", "[a, b]: c\n", "{a: b, c}\n", "{a, b: }\n", "[a: b, c: d]\n", "[, a]\n",
		"b: &b {x: 1, y: 2}\nm: {<<: *b, y: 3}\n", "b: &b {x: 1, y: 2}\nm: {y: 3, <<: *b}\n",
		"a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nm: {<<: [*a, *b], w: 0}\n", "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nm: {<<: *a, <<: *b}\n",
		"a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nm: {<<: *b, z: 3}\n", "m: {<<: {x: 1}, y: 2}\n", "m: {<<: 1}\n", "m: {<<: [1]}\n", "m: {<<: []}\n", "m: {'<<': 1}\n", "m: {<<: ~}\n",
		"a: &a {<<: {q: 1}, x: 1}\nm:\n  <<: *a\n  q: 2\n", "a: &a [1, 2]\nb: *a\n", "a: &a 1\nb: *a\nc: &a 2\nd: *a\n", "*a\n", "a: &a b\n*a : c\n", "a: *b\n", "- &a [*a]\n",
		"a: |\n  x\n   y\n\n  z\nb: >\n  x\n  y\n\n  z\n    w\n  v\n", "a: |+\n  x\n\nb: |-\n  x\n\n", "a: |2\n   x\n  y\n", "a: >-\n  one\n  two\n", "a: one\n  two\n  three\n",
		"a: 'one\n  two\n\n  three'\n", "a: \"one\\\n  two\\n\n  three\"\n", "a: \"tab\\there\"\n", "a:\tb\n", "\ta: b\n", "a:\n\tb: c\n", "a: b\tc\n", "- a\n-\tb\n",
		"a: b: c\n", "a: [b\n", "a: {b\n", "a: 'b\n", "a: \"b\n", "a: \"\\q\"\n", "a\nb: c\n", "a:\n  - b\n - c\n", "a:\n- b\n- c\n", "a: - b\n", "- - a\n  - b\n- c\n", "-a\n",
		"a: @b\n", "a: %b\n", "a: `b\n", "a: !!set {x, y}\n", "a: !!omap [x: 1]\n", "a: !!binary aGk=\n", "!!map {a: b}\n", "!!seq [a]\n", "!!map [a]\n", "!!seq {a: b}\n", "!!str [a]\n",
		"a: !unsafe [x, {y: z}]\n", "{a: 1, 'b': \"c\", \"d\":e}\n", "{\"a\":1}\n", "{a:1}\n", "[a,b]\n", "[\"a\",'b',]\n", "a: [\n  1,\n  2\n]\n", "a: {\n  x: 1\n}\n", "a: #c\n  b\n",
		"a: http://x/y?z#w\n", "a: x #c\nb: 'x #c'\n", "a: \"\\ud83d\"\n", "a: \x07\n", "a: é\u0085b\n", "a: \u2028b\n", "é: ü\n日: 本\n", "a: 😀\n", "a: \"\\U0001F600\"\n",
		"key with spaces: value with spaces\n", "? |\n  block key\n: - one\n  - two\n", "a: ''''\nb: \"\\\"\"\n", "a: null\nb:\nc: ''\n", "---\n- a\n...\n---\n- b\n", "a: [b, [c, [d, {e: [f]}]]]\n",
		"a: !!python/object:os.system x\n", "a: <<\n", "<<: a\n", "a: =\n", "=: a\n", "a:  b  \n", "a: 'b'  \n", "a : b\n", "'a' : b\n", "a:b\n", "a: b\r\nc: d\r\n", "a: b\rc: d\n",
	}
}

// nested are documents of growing shape.
func nested() []string {
	var out []string
	for depth := range 20 {
		out = append(out, strings.Repeat("[", depth)+"1"+strings.Repeat("]", depth))
		text := ""
		for i := range depth {
			text += fmt.Sprintf("%sk%d:\n", strings.Repeat("  ", i), i)
		}
		out = append(out, text+strings.Repeat("  ", depth)+"end: 1\n")
	}
	return out
}
