package expr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/yaml11"

	"github.com/google/go-cmp/cmp"
)

func text(s string) *yaml11.Node { return yaml11.NewString(s, spec.Position{File: "set"}) }

// evaluate is the repr of what a text makes, or its error.
func evaluate(s *expr.Scope, template string) string {
	n, err := s.EvalString(template, spec.Position{File: "f.yml", Line: 3, Column: 5})
	if err != nil {
		return err.Error()
	}
	return yaml11.PyRepr(n)
}

func TestErrors(t *testing.T) {
	scope := scopeOf(t, "environment_name: x\nm: {region: r}\nl: [1]\na: \"{{ b }}\"\nb: \"x{{ c }}\"\nc: \"{{ a }}\"\nself: \"{{ self }}\"\n"+
		"uses: \"{{ missing_one }}\"\nnested: [\"{{ missing_two }}\"]\n", expr.Options{})
	tests := []struct{ template, want string }{
		{"{{ enviroment_name }}", `f.yml:3:5: "enviroment_name" is not defined, in {{ enviroment_name }} (did you mean "environment_name"?)`},
		{"{{ zzz }}", `f.yml:3:5: "zzz" is not defined, in {{ zzz }} (define it, or write zzz | default(…))`},
		{"{{ m.regoin }}", `f.yml:3:5: the mapping has no "regoin", in {{ m.regoin }} (did you mean "region"?)`},
		{"{{ l[3] }}", `f.yml:3:5: the list of 1 has no such item, in {{ l[3] }} (items count from 0, and from -1 at the end)`},
		{"{{ a }}", `vars.yml:6:4: the variable "a" refers to itself: a → b → c → a (give one of them a value of its own)`},
		{"{{ self }}", `vars.yml:7:7: the variable "self" refers to itself: self → self (give one of them a value of its own)`},
		{"{{ uses }}", `vars.yml:8:7: "missing_one" is not defined, in {{ missing_one }} (define it, or write missing_one | default(…))`},
		{"{{ nested[0] }}", `vars.yml:9:10: "missing_two" is not defined, in {{ missing_two }} (define it, or write missing_two | default(…))`},
		{"pw{{ 'a' if l else }}pw", `f.yml:3:5: the expression ends too early, in {{ 'a' if l else }} (a conditional is written: a if condition else b)`},
		{"pw{% if l %}pw{% endif %}", `f.yml:3:5: statements are not supported, in {% if l %} (`},
		{"{{ l | nope }}", `f.yml:3:5: the filter "nope" is not supported, in {{ l | nope }} (supported filters: bool, count, d,`},
		{"{{ l is nope }}", `f.yml:3:5: the test "nope" is not supported, in {{ l is nope }} (supported tests: boolean, defined,`},
		{"{{ range(3) }}", `f.yml:3:5: the function "range" is not supported, in {{ range(3) }} (supported are names,`},
		{"{{ m.get('x') }}", `f.yml:3:5: the method "get" is not supported, in {{ m.get('x') }} (`},
		{"{{ m.items }}", `f.yml:3:5: "items" is a method of every mapping, and methods are not supported, in {{ m.items }} (for the key of that name write ['items'])`},
		{"{{ 'x' + 1 }}", `f.yml:3:5: + cannot be applied to a string and an integer, in {{ 'x' + 1 }} (use ~ to join texts)`},
		{"hunter2{{hunter2", `f.yml:3:5: an expression that begins with {{ has no }} (to keep braces as text,`},
		{"{{ (1 }}", `f.yml:3:5: a '}' closes nothing, in {{ (1 }} (`},
		{"{{ 'it\\'s' }}", `f.yml:3:5: a quote cannot be escaped inside {{ }}, in {{ 'it\'s' }} (use the other kind of quote around the text)`},
		{"{{ lookup('env', 'X') }}", `f.yml:3:5: lookup('env', …) cannot be used here, in`},
		{"{{ lookup('file', 'X') }}", `f.yml:3:5: lookup('file', …) cannot be used here, in`},
		{"{{ lookup('pipe', 'X') }}", `f.yml:3:5: only the lookups 'env' and 'file' are supported, in`},
		{"{{ " + strings.Repeat("1 +  ", 100) + "}}", strings.Repeat("1 + ", 39)},
	}
	for _, test := range tests {
		if got := evaluate(scope, test.template); !strings.HasPrefix(got, test.want) && !(len(test.template) > 200 && strings.Contains(got, test.want)) {
			t.Errorf("%s\ngot  %s\nwant %s", test.template, got, test.want)
		} else if strings.Contains(got, "hunter2") || strings.Contains(got, "pw") {
			t.Errorf("%s: the error shows text outside of the expression: %s", test.template, got)
		}
	}
}

func TestErrorsAreComplaints(t *testing.T) {
	scope := scopeOf(t, "a: 1\n", expr.Options{})
	_, err1 := scope.EvalString("{{ b }}", spec.Position{File: "f", Line: 7})
	_, err2 := scope.EvalCondition("b", spec.Position{File: "f", Line: 7})
	_, err3 := scope.Eval(parse(t, "x:\n - y: '{{ b }}'\n"))
	for _, err := range []error{err1, err2, err3} {
		var complaint *spec.Error
		if !errors.As(err, &complaint) || complaint.At.Line == 0 || complaint.Hint == "" {
			t.Errorf("%#v is no complaint with a place and a hint", err)
		}
	}
}

func parse(t testing.TB, s string) *yaml11.Node {
	t.Helper()
	nodes, _, err := yaml11.Parse("doc.yml", []byte(s), yaml11.Limits{})
	if err != nil || len(nodes) != 1 {
		t.Fatal(err, len(nodes))
	}
	return nodes[0]
}

func TestEvalDeep(t *testing.T) {
	scope := scopeOf(t, "env: staging\nn: 5\n", expr.Options{})
	doc := parse(t, "\"{{ env }}\": [\"{{ n }}\", 1, {k: \"{{ env }}/x\"}]\nsame: {a: [b]}\n")
	got, err := scope.Eval(doc)
	if err != nil {
		t.Fatal(err)
	}
	if want := "{'{{ env }}': [5, 1, {'k': 'staging/x'}], 'same': {'a': ['b']}}"; yaml11.PyRepr(got) != want {
		t.Errorf("got %s", yaml11.PyRepr(got))
	}
	if got.Get("same") != doc.Get("same") {
		t.Error("what needs no evaluation was copied")
	}
	if at := got.Fields[0].Value.Items[2].Get("k").At.String(); at != "doc.yml:1:33" {
		t.Errorf("the result is at %s", at)
	}
}

func TestLaterVarsWin(t *testing.T) {
	a, b := parse(t, "x: 1\nm: {p: 1}\n"), parse(t, "x: 2\nm: {q: 2}\non: 3\n")
	scope := expr.NewScope(expr.Options{}, a, nil, b)
	if got := evaluate(scope, "{{ x }} {{ m }}"); got != `"2 {'q': 2}"` {
		t.Errorf("got %s", got)
	}
	if scope.Raw("True") != nil || scope.Raw("x").Text != "2" {
		t.Error("only keys that are texts are names")
	}
}

// TestScopes checks that what is remembered never hides a name that another
// scope defines.
func TestScopes(t *testing.T) {
	root := scopeOf(t, "env: e\nlog: \"/{{ env }}/{{ task }}\"\nouter: \"{{ log }}!\"\nfree: \"{{ env }}\"\ntask: nobody\nmaybe: \"{{ item | default('none') }}\"\n", expr.Options{})
	a, b := root.With("task", text("a")), root.With("task", text("b"))
	inner := a.With("item", text("i{{ task }}"))
	for i := range 2 { // the second time all comes from memory
		for _, test := range []struct {
			scope *expr.Scope
			want  string
		}{
			{a, "'/e/a!|e|none'"}, {b, "'/e/b!|e|none'"}, {root, "'/e/nobody!|e|none'"}, {inner, "'/e/a!|e|ia'"},
			{inner.With("env", text("x")), "'/x/a!|x|ia'"}, {b.With("item", text("other")), "'/e/b!|e|other'"},
		} {
			if got := evaluate(test.scope, "{{ outer }}|{{ free }}|{{ maybe }}"); got != test.want {
				t.Errorf("round %d: got %s, want %s", i, got, test.want)
			}
		}
	}
	root.Set("env", text("changed"))
	if got := evaluate(inner, "{{ outer }}|{{ free }}"); got != "'/changed/a!|changed'" {
		t.Errorf("after Set: got %s", got)
	}
}

func TestVariablesAreEvaluatedOnce(t *testing.T) {
	reads := 0
	scope := scopeOf(t, "v: \"{{ lookup('env', 'X') }}\"\nw: \"{{ v }}{{ v }}\"\n", expr.Options{Env: func(string) (string, bool) { reads++; return "x", true }})
	for i := range 5 {
		if got := evaluate(scope.With("task", text(fmt.Sprint(i))), "{{ w }}{{ v }}"); got != "'xxx'" {
			t.Fatalf("got %s", got)
		}
	}
	if reads != 1 {
		t.Errorf("evaluated %d times", reads)
	}
}

func TestValue(t *testing.T) {
	scope := scopeOf(t, "a: [\"{{ n }}\"]\nn: 1\nbad: \"{{ zzz }}\"\n", expr.Options{})
	n, err := scope.Value("a")
	if err != nil || yaml11.PyRepr(n) != "[1]" {
		t.Errorf("got %v, %v", n, err)
	}
	if n, err := scope.Value("none"); n != nil || err != nil {
		t.Errorf("got %v, %v", n, err)
	}
	if _, err := scope.Value("bad"); err == nil || !strings.Contains(err.Error(), `"zzz" is not defined`) {
		t.Errorf("got %v", err)
	}
}

func TestNothingIsRenderedTwice(t *testing.T) {
	scope := scopeOf(t, "raw: \"{% raw %}{{ n }}{% endraw %}\"\nn: 1\n", expr.Options{})
	first, err := scope.EvalString("{{ raw }}", spec.Position{})
	if err != nil {
		t.Fatal(err)
	}
	scope.Set("final", first)
	again, err := scope.Eval(first)
	if err != nil || again.Text != "{{ n }}" {
		t.Errorf("got %v, %v", again, err)
	}
	if got := evaluate(scope, "{{ final }}"); got != "'{{ n }}'" {
		t.Errorf("got %s", got)
	}
}

func TestFiles(t *testing.T) {
	var asked []string
	options := expr.Options{
		ReadFile: func(path string, at spec.Position) ([]byte, error) {
			asked = append(asked, path+" at "+at.String())
			switch path {
			case "missing":
				return nil, &spec.Error{At: at, Message: "no such file"}
			case "sealed":
				return []byte("$ANSIBLE_VAULT;1.1;AES256\n00\n"), nil
			}
			return []byte("{{ not rendered }}\n \n"), nil
		},
		Decrypt: func([]byte, spec.Position) ([]byte, error) { return []byte("opened\n"), nil },
	}
	scope := scopeOf(t, "name: file\n", options)
	for template, want := range map[string]string{
		"{{ lookup('file', 'x/y') }}":        "'{{ not rendered }}'",
		"{{ lookup('file', '{{ name }}') }}": "'{{ not rendered }}'",
		"{{ lookup('file', 'sealed') }}":     "'opened'",
		"{{ lookup('file', 'missing') }}":    "f.yml:3:5: no such file",
	} {
		if got := evaluate(scope, template); got != want {
			t.Errorf("%s: got %s, want %s", template, got, want)
		}
	}
	if joined := strings.Join(asked, ", "); !strings.Contains(joined, "x/y at f.yml:3:5") || !strings.Contains(joined, "file at ") {
		t.Errorf("asked for %s", joined)
	}
	n, err := scope.EvalString("{{ lookup('file', 'sealed') ~ '' }}", spec.Position{})
	if err != nil || !n.Sensitive {
		t.Errorf("what a vaulted file holds is not sensitive: %v", err)
	}
}

func TestSupported(t *testing.T) {
	filters, tests := expr.Supported()
	wantFilters := []string{"bool", "count", "d", "default", "first", "float", "int", "join", "last", "length", "list", "lower", "quote", "replace",
		"sort", "string", "to_json", "to_yaml", "trim", "unique", "upper", "urlencode"}
	if diff := cmp.Diff(wantFilters, filters); diff != "" {
		t.Error(diff)
	}
	if len(tests) < 10 {
		t.Errorf("only %v", tests)
	}
}

// TestBombs checks that evaluation ends soon and in little memory.
func TestBombs(t *testing.T) {
	doubling := func(first, format string) string {
		vars := "v0: " + first + "\n"
		for i := 1; i < 60; i++ {
			vars += fmt.Sprintf("v%d: %s\n", i, strings.ReplaceAll(format, "@", fmt.Sprintf("v%d", i-1)))
		}
		return vars
	}
	chain := "v0: x\n"
	for i := 1; i < 2000; i++ {
		chain += fmt.Sprintf("v%d: \"{{ v%d }}\"\n", i, i-1)
	}
	for name, test := range map[string]struct{ vars, template string }{
		"text":     {doubling("xxxxxxxx", `"{{ @ }}{{ @ }}"`), "{{ v59 }}"},
		"lists":    {doubling("[1, 2]", `"{{ @ + @ }}"`), "{{ v59 }}"},
		"mappings": {doubling("{a: b}", `{x: "{{ @ }}", y: "{{ @ }}"}`), "{{ v59 }}"},
		"replace":  {doubling("xxxx", `"{{ @ | replace('x', 'xxxxxxxxxx') }}"`), "{{ v59 }}"},
		"numbers":  {"", "{{ " + strings.Repeat("9999999999 * ", 9000) + "1 }}"},
		"chain":    {chain, "{{ v1999 }}"},
		"brackets": {"", "{{ " + strings.Repeat("(", 100000) + "1" + strings.Repeat(")", 100000) + " }}"},
		"signs":    {"", "{{ " + strings.Repeat("-", 100000) + "1 }}"},
		"sums":     {"", "{{ " + strings.Repeat("1 + ", 100000) + "1 }}"},
		"elses":    {"", "{{ " + strings.Repeat("1 if 0 else ", 6000) + "1 }}"},
		"tags":     {"", strings.Repeat("{{ 1 }}", 100000)},
	} {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			_, err := scopeOf(t, test.vars, expr.Options{}).EvalString(test.template, spec.Position{File: "f"})
			if err == nil {
				t.Error("accepted")
			}
			if took := time.Since(started); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestDeepButFine(t *testing.T) {
	scope := scopeOf(t, "env: x\n", expr.Options{})
	nested := "'end'"
	for range 200 {
		nested = "('a' if env == 'y' else " + nested + ")"
	}
	if got := evaluate(scope, "{{ "+nested+" }}"); got != "'end'" {
		t.Errorf("got %s", got)
	}
}
