package expr_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// ansibleVersion is the one whose behaviour the package follows.
const ansibleVersion = "2.18."

type question struct {
	Vars       string            `json:"vars"`
	Env        map[string]string `json:"env"`
	Templates  []string          `json:"templates"`
	Conditions []string          `json:"conditions"`
}

type answer struct {
	Version    string   `json:"version"`
	Templates  []string `json:"templates"`
	Conditions []string `json:"conditions"`
}

func scopeOf(t testing.TB, vars string, options expr.Options) *expr.Scope {
	t.Helper()
	nodes, _, err := yaml11.Parse("vars.yml", []byte(vars), yaml11.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return expr.NewScope(options, nodes...)
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// cases are the lines of a file, Go's escapes resolved by \n alone; empty
// lines and # comments are left out.
func cases(t *testing.T, name string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(read(t, name)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		out = append(out, strings.NewReplacer("⏎", "\n", "␍", "\r", "␉", "\t").Replace(line))
	}
	return out
}

// TestAsAnsible evaluates several hundred texts and conditions with the real
// templating of ansible-core and compares values and types.
func TestAsAnsible(t *testing.T) {
	env := map[string]string{"EXPR_TEST_NAME": "from env", "EXPR_TEST_LIST": "[1, 2]", "EXPR_TEST_BRACES": "{{ an_int }}", "EXPR_TEST_TRUE": "True"}
	q := question{Vars: read(t, "vars.yml"), Env: env, Templates: cases(t, "templates.txt"), Conditions: cases(t, "conditions.txt")}
	var want answer
	testtool.Ask(t, "template.py", q, &want)
	if !strings.HasPrefix(want.Version, ansibleVersion) {
		t.Fatalf("ansible-core is %s, the test needs %sx; run: make tools", want.Version, ansibleVersion)
	}
	if len(q.Templates) < 120 {
		t.Errorf("only %d templates were compared", len(q.Templates))
	}
	scope := scopeOf(t, q.Vars, expr.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	for i, text := range q.Templates {
		got, err := scope.EvalString(text, spec.Position{File: "f"})
		compare(t, text, shown(got, err), want.Templates[i], err)
	}
	for i, text := range q.Conditions {
		holds, err := scope.EvalCondition(text, spec.Position{File: "f"})
		compare(t, "when: "+text, shown(yaml11.NewBool(holds, spec.Position{}), err), want.Conditions[i], err)
	}
}

func compare(t *testing.T, text, got, want string, err error) {
	t.Helper()
	if departure, ok := departures()[text]; ok {
		want = departure
	}
	if got != want {
		t.Errorf("%q: got %s, Ansible makes %s (%v)", text, got, want, err)
	}
}

var undefinedMessage = regexp.MustCompile(`" is not defined|the \w+ has no "|has no such (item|character)|there is no (first|last) item|conditional has no else`)

func shown(n *yaml11.Node, err error) string {
	switch {
	case err == nil:
		return yaml11.PyRepr(n)
	case undefinedMessage.MatchString(err.Error()):
		return "undefined"
	default:
		return "error"
	}
}

// departures are results that are not Ansible's, on purpose.
func departures() map[string]string {
	return map[string]string{
		// no complex numbers
		"{{ '[1j]' }}": "'[1j]'",
		// refused when the text is read, not when it is evaluated
		"{{ env[] }}": "error", "{{ no_such_function(1) }}": "error",
		// an end that is missing is always an error
		"{% raw %}": "error",
	}
}
