package manifest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// TestYAML: texts are as plain as every reader of YAML allows, and what looks
// like an expression is tagged.
func TestYAML(t *testing.T) {
	out, err := manifest.YAML(manifest.Task{Metadata: manifest.Metadata{Name: "{{ a }}"}, Spec: manifest.TaskSpec{Schedule: spec.Document{
		"plain": "a b", "number": "12", "yes": "yes", "time": "1:30", "lines": "a\n  b\n", "indented": " a\nb\n", "{{ key }}": "x",
		"comment": "{# c #}", "statement": "{% if %}\n", "brace": "{ {", "empty": "", "list": []any{[]any{"x", []any{}}, map[string]any{}},
		"count": 3, "share": 0.5, "huge": json.Number("1e+21"), "on": true, "none": nil,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `apiVersion: ""
kind: ""
metadata:
  name: !unsafe "{{ a }}"
spec:
  schedule:
    brace: '{ {'
    comment: !unsafe "{# c #}"
    count: 3
    empty: ""
    huge: 1000000000000000000000
    indented: " a\nb\n"
    lines: |
      a
        b
    list:
    - - x
      - []
    - {}
    none: null
    number: "12"
    "on": true
    plain: a b
    share: 0.5
    statement: !unsafe "{% if %}\n"
    time: "1:30"
    "yes": "yes"
    '{{ key }}': x
`
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

// TestUndeclared names what no manifest declares, and why.
func TestUndeclared(t *testing.T) {
	file := spec.Source{File: "a.env"}
	d := &spec.Deployment{Secrets: []spec.ManagedSecret{
		{Name: "read", From: file, Tasks: []string{"a"}}, {Name: "alone", From: file},
		{Name: "made", Tasks: []string{"a"}}, {Name: "elsewhere", From: file, Tasks: []string{"a"}},
	}, Tasks: []spec.Task{{Name: "a", EnvLocations: []spec.EnvLocation{{Secret: "read"}, {Secret: "made"}}}}}
	got := fmt.Sprint(manifest.Undeclared(d))
	for _, want := range []string{
		"the secret alone is stored and no task reads it, so no manifest declares it",
		"the secret made is stored and it is made of no file, so no manifest declares it",
		"the secret elsewhere is stored and no task's env_locations name it, so no manifest declares it",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want %q", got, want)
		}
	}
	if strings.Contains(got, "secret read") {
		t.Errorf("what is declared is named: %s", got)
	}
}
