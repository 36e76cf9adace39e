package source_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

func parse(t *testing.T, text string) *yaml11.Node {
	t.Helper()
	nodes, _, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return nodes[0]
}

func TestPlace(t *testing.T) {
	n := parse(t, "a:\n  b/c: [x, {d~e: y}]\n  0: z\n")
	for pointer, want := range map[string]string{
		"/a":                 "f.yml:2:3",
		"/a/b~1c/0":          "f.yml:2:9",
		"/a/b~1c/1/d~0e":     "f.yml:2:18",
		"/a/b~1c/7":          "f.yml:2:8",
		"/a/none":            "f.yml:2:3",
		"/a/b~1c/-1":         "f.yml:2:8",
		"/none/of/these":     "f.yml:1:1",
		"/a/b~1c/1/d~0e/f/g": "f.yml:2:18",
	} {
		if got := source.Place(n, pointer).String(); got != want {
			t.Errorf("%s is at %s, want %s", pointer, got, want)
		}
	}
}

func TestSensitive(t *testing.T) {
	n := parse(t, "open: [1]\nshut: 1\n")
	n = yaml11.NewMap(append(n.Fields, yaml11.Field{Key: yaml11.NewString("a/b~c", n.At), Value: parse(t, "[x, {y: z}, []]").AsSensitive()}), n.At)
	if diff := cmp.Diff([]string{"/p/a~1b~0c/0", "/p/a~1b~0c/1/y"}, source.Sensitive(n, "/p")); diff != "" {
		t.Error(diff)
	}
	hidden := source.Hidden(n)
	if !hidden("/a~1b~0c/0") || hidden("/open/0") || hidden("") {
		t.Error("what is hidden is not what is sensitive")
	}
	if source.Sensitive(nil, "") != nil {
		t.Error("nothing has sensitive parts")
	}
}
