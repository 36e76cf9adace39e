package conformance

import (
	"strings"
	"testing"
)

// tree reads a tree as a check writes it.
func treeOf(t *testing.T, text string) any {
	t.Helper()
	checks, err := parse("f.yaml", []byte("- {check: sm_x, says: x., source: x, steps: [{call: a.Bc, gives: {x: "+text+"}}]}"))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return checks[0].Steps[0].Gives.tree.(map[string]any)["x"]
}

func TestMatch(t *testing.T) {
	for _, c := range []struct{ want, got, complaint string }{
		{"1", "1", ""},
		{"1", "2", "x is 2, not 1"},
		{"a", "1", `x is 1, not "a"`},
		{"{a: 1}", "{a: 1, b: 2}", ""},
		{"{a: {b: 1}}", "{a: {b: 2}}", "x.a.b is 2, not 1"},
		{"{a: 1}", "{b: 1}", "x.a is absent, not 1"},
		{"{a: 1}", "[1]", "x is [1], not"},
		{"[1, 2]", "[1, 2]", ""},
		{"[1, 2]", "[2, 1]", "x.0 is 2, not 1"},
		{"[1]", "[1, 2]", "x is [1,2], not [1]"},
		{"[{a: 1}]", "[{a: 1, b: 2}]", ""},
		{"{~matches: ^a+$}", "aaa", ""},
		{"{~matches: ^a+$}", "aab", "which ^a+$ does not match"},
		{"{~matches: ^a+$}", "1", "does not match"},
		{"{a: {~absent: true}}", "{b: 1}", ""},
		{"{a: {~absent: true}}", "{a: 1}", "x.a is 1, not absent"},
		{"{a: {~present: true}}", "{a: 1}", ""},
		{"{a: {~present: true}}", "{b: 1}", "x.a is absent"},
		{"{~length: 2}", "[1, 2]", ""},
		{"{~length: 2}", "äb", ""},
		{"{~length: 2}", "{a: 1, b: 2}", ""},
		{"{~length: 2}", "[1]", "not of length 2"},
		{"{~length: 2}", "2", "not of length 2"},
		{"{~unordered: [1, 2, 2]}", "[2, 1, 2]", ""},
		{"{~unordered: [1, 2, 2]}", "[2, 1, 1]", "not in any order"},
		{"{~unordered: [{~matches: a}, {~matches: ab}]}", "[ab, ca]", ""},
		{"{~unordered: [1]}", "1", "not in any order"},
		{"{~contains: {a: 1}}", "[{b: 1}, {a: 1, b: 1}]", ""},
		{"{~contains: {a: 1}}", "[{a: 2}]", "without"},
		{"{~contains: 1}", "1", "without"},
		{"{~lacks: 1}", "[2]", ""},
		{"{~lacks: 1}", "[2, 1]", "with 1"},
		{"{~lacks: 1}", "2", "not a list"},
		{"{a: {~lacks: 1}}", "{b: 1}", ""},
		{"{~not: 1}", "2", ""},
		{"{~not: {a: 1}}", "{a: 1, b: 2}", "x is"},
		{"{~exactly: {a: 1}}", "{a: 1}", ""},
		{"{~exactly: {a: 1}}", "{a: 1, b: 2}", "x.b is 2, and is not wanted"},
		{"{~exactly: {a: 1}}", "{}", "x.a is absent"},
		{"{~exactly: {a: 1}}", "1", "x is 1, not"},
		{"{~json: {a: 1}}", `'{"a": 1, "b": 2}'`, ""},
		{"{~json: {a: 1}}", `'{"a": 2}'`, "x.a is 2, not 1"},
		{"{~json: {a: 1}}", "text", "not JSON"},
		{"{~json: {a: 1}}", "{a: 1}", "not JSON"},
	} {
		err := match(treeOf(t, c.want), treeOf(t, c.got), "x")
		switch {
		case c.complaint == "" && err != nil:
			t.Errorf("%s and %s: %v", c.want, c.got, err)
		case c.complaint != "" && (err == nil || !strings.Contains(err.Error(), c.complaint)):
			t.Errorf("%s and %s: %v, not %q", c.want, c.got, err, c.complaint)
		}
	}
}

func TestEveryMatcherIsTried(t *testing.T) {
	if err := match(map[string]any{"~matches": "("}, "x", "x"); err == nil {
		t.Error("a pattern that is none matches")
	}
	if got := show(strings.Repeat("x", 500)); len(got) > longest+4 {
		t.Errorf("%d bytes are shown", len(got))
	}
}
