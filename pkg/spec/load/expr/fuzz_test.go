package expr_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// FuzzEval checks that any text, as a template and as a condition, ends in a
// value without undefined parts or in an error with its place.
func FuzzEval(f *testing.F) {
	for _, name := range []string{"testdata/templates.txt", "testdata/conditions.txt"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			f.Add(strings.TrimSpace(line))
		}
	}
	vars, err := os.ReadFile("testdata/vars.yml")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		options := expr.Options{Env: func(string) (string, bool) { return "x", true },
			ReadFile: func(string, spec.Position) ([]byte, error) { return []byte("content"), nil }}
		scope := scopeOf(t, string(vars), options)
		scope.Set("fuzz", yaml11.NewString(text, spec.Position{File: "fuzz"}))
		for _, template := range []string{text, "{{ fuzz }}", "{{ fuzz is defined }}"} {
			n, err := scope.EvalString(template, spec.Position{File: "f", Line: 1})
			checkResult(t, n, err)
		}
		_, err := scope.EvalCondition(text, spec.Position{File: "f", Line: 1})
		checkError(t, err)
	})
}

func checkError(t *testing.T, err error) {
	var complaint *spec.Error
	if err != nil && (!errors.As(err, &complaint) || complaint.At.File == "" || complaint.Hint == "") {
		t.Fatalf("%v is not a complaint with its place and a hint", err)
	}
}

func checkResult(t *testing.T, n *yaml11.Node, err error) {
	if err != nil {
		checkError(t, err)
		return
	}
	if n.Kind < yaml11.Null || n.Kind > yaml11.Map {
		t.Fatalf("a value of kind %d", n.Kind)
	}
	for _, item := range n.Items {
		checkResult(t, item, nil)
	}
	for _, f := range n.Fields {
		checkResult(t, f.Value, nil)
	}
}

func BenchmarkEvalTasks(b *testing.B) {
	vars := "env: staging\nproject: p\naws: {account_id: \"123456789012\", region: us-east-1}\n" +
		"path: \"{{ project | replace('-', '_') }}/{{ env }}\"\narn: \"arn:aws:secretsmanager:{{ aws.region }}:{{ aws.account_id }}:secret:{{ path }}\"\n" +
		"log: \"/{{ path }}/{{ task_name }}\"\n"
	task := parse(b, "command: run {{ task_name }}\nenv: {A: \"{{ arn }}\", B: \"{{ log }}\", C: \"{{ 'x' if env == 'staging' else 'y' }}\"}\nlocations: \"{{ [arn] + [] }}\"\n")
	b.ReportAllocs()
	for b.Loop() {
		root := scopeOf(b, vars, expr.Options{})
		for range 1000 {
			if _, err := root.With("task_name", yaml11.NewString("t", spec.Position{})).Eval(task); err != nil {
				b.Fatal(err)
			}
		}
	}
}
