package yaml11_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"

	"github.com/google/go-cmp/cmp"
)

func parse(t testing.TB, text string) *yaml11.Node {
	t.Helper()
	nodes, _, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(nodes) != 1 {
		t.Fatalf("%d documents, want 1", len(nodes))
	}
	return nodes[0]
}

func TestPositions(t *testing.T) {
	root := parse(t, "a: 1\nb:\n  - x\n  - é: 日本\n    c: [p, q]\nd: &d {e: f}\ng: *d\n")
	list := root.Get("b")
	for want, n := range map[string]*yaml11.Node{
		"f.yml:1:1": root, "f.yml:1:4": root.Get("a"), "f.yml:3:3": list, "f.yml:3:5": list.Items[0],
		"f.yml:4:8": list.Items[1].Get("é"), "f.yml:5:12": list.Items[1].Get("c").Items[1],
		"f.yml:4:5": list.Items[1].Fields[0].Key, "f.yml:6:4": root.Get("g"),
	} {
		if n == nil || n.At.String() != want {
			t.Errorf("got %v, want %s", n, want)
		}
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	tests := []struct{ name, text, want string }{
		{"NUL", "a: 1\nb: \x00\n", `f.yml:2:4: the file holds a NUL byte`},
		{"UTF-8", "a: 1\nb: é\xff\n", `f.yml:2:5: the file is not valid UTF-8`},
		{"UTF-16", "\xff\xfea\x00", `f.yml:1:1: the file is in UTF-16`},
		{"conflict", "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> main\n", `f.yml:2:1: git's conflict markers`},
		{"open list", "a: 1\nb: [1, 2\nc: 3\n", `f.yml:2:1: not valid YAML`},
		{"open quote", "a: 1\nb: 2\nc: 'x\nd: 3\n", `f.yml:3:1: not valid YAML`},
		{"indent", "a:\n  b: 1\n   c: 2\n", `f.yml:3:4: not valid YAML`},
		{"key in a text", "a: 1\nb: c: d\n", `f.yml:2:1: not valid YAML`},
		{"late dedent", "top:\n  a: 1\n  b: 2\n  c: 3\n  d: 4\n bad: 5\n", `f.yml:6:2: not valid YAML`},
		{"list in mapping", "a: 1\nb: 2\n- c\n", `f.yml:3:1: not valid YAML`},
		{"tab", "a:\n\tb: 1\n", `f.yml:2:1: not valid YAML`},
		{"unknown alias", "a: 1\nb:\n  c: *hunter2\n", `f.yml:3:3: not valid YAML: an alias (*name) has no anchor`},
		{"alias in itself", "a: &a\n  b: [*a]\n", `f.yml:2:7: an alias (*name) stands inside`},
		{"merge into itself", "a: &a\n  <<: *a\n", `f.yml:2:7: an alias (*name) stands inside`},
		{"merge of text", "a:\n  <<: text\n", `f.yml:2:7: the merge key << needs`},
		{"tag", "a: 1\nb: !hunter2 x\n", `f.yml:2:4: this value has a tag`},
		{"tag of a list", "b: !vault [x]\n", `f.yml:1:4: this value has a tag`},
		{"not an int", "b: !!int hunter2\n", `f.yml:1:4: this value is not an integer`},
		{"not a bool", "b: !!bool hunter2\n", `f.yml:1:4: this value is not a boolean`},
		{"huge int", "b: 1" + strings.Repeat("0", 5000), `f.yml:1:4: this value is not an integer`},
		{"key is a list", "? [hunter2]\n: x\n", `f.yml:1:3: a list or mapping cannot be a key`},
		{"key is a template", "a: {{ hunter2 }}\n", `f.yml:1:5: a list or mapping cannot be a key`},
		{"key is encrypted", "!vault x: y\n", `f.yml:1:1: a key cannot be encrypted`},
		{"deep", deep, `f.yml:1:101: nested deeper than 100 levels`},
		{"deep by aliases", deepByAliases(), `nested deeper than 100 levels`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { wantError(t, test.text, test.want) })
	}
}

func wantError(t *testing.T, text, want string) {
	t.Helper()
	_, _, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{})
	var complaint *spec.Error
	if !errors.As(err, &complaint) {
		t.Fatalf("got %v, want a *spec.Error", err)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if complaint.Hint == "" {
		t.Errorf("%v has no hint", err)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v shows a value", err)
	}
}

// deepByAliases nests 60 levels twice, the second time by an alias.
func deepByAliases() string {
	open, end := strings.Repeat("[", 60), strings.Repeat("]", 60)
	return "a: &a " + open + end + "\nb: " + open + "*a" + end + "\n"
}

func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10))
	}
	started := time.Now()
	wantError(t, b.String(), "values once its aliases are written out")
	merged := strings.NewReplacer("[", "{k: [", "]", "]}").Replace(b.String())
	wantError(t, merged, "values once its aliases are written out")
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestMergeBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 {x: 1, y: 2}\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&b, "a%d: &a%d {<<: [*a%d, *a%d]}\n", i, i, i-1, i-1)
	}
	wantError(t, b.String(), "values once its aliases are written out")
}

func TestHugeInputs(t *testing.T) {
	for name, text := range map[string]string{
		"bytes":    strings.Repeat("a: b\n", 3<<20),
		"brackets": strings.Repeat("[", 5<<20),
		"braces":   strings.Repeat("{a: ", 1<<20),
		"dashes":   strings.Repeat("- ", 2<<20),
		"indents":  indents(3000),
		"quotes":   strings.Repeat("'\n", 1<<20),
		"lists":    strings.Repeat("- [a,b]\n", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			if _, _, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{}); err == nil {
				t.Error("accepted")
			}
			if took := time.Since(started); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func indents(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestLimits(t *testing.T) {
	for _, test := range []struct {
		text   string
		limits yaml11.Limits
		ok     bool
	}{
		{"[[1]]", yaml11.Limits{Depth: 2}, true},
		{"[[[1]]]", yaml11.Limits{Depth: 2}, false},
		{"[1, 2, 3]", yaml11.Limits{Nodes: 4}, true},
		{"[1, 2, 3, 4]", yaml11.Limits{Nodes: 4}, false},
		{"[1]\n---\n[2]\n", yaml11.Limits{Nodes: 3}, false},
		{"abcd", yaml11.Limits{Bytes: 4}, true},
		{"abcde", yaml11.Limits{Bytes: 4}, false},
	} {
		if _, _, err := yaml11.Parse("f", []byte(test.text), test.limits); (err == nil) != test.ok {
			t.Errorf("%q with %+v: %v", test.text, test.limits, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	text := "a: 1\nb: &b {x: 1}\na: 2\non: 3\n0755: 4\n12: 5\nm: {<<: *b, x: 2}\n'yes': 6\n1.10: 7\n"
	_, warnings, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range warnings {
		got = append(got, w.String())
	}
	want := []string{
		`f.yml:4:1: the key on is read as True (quote the key to keep it as written)`,
		`f.yml:5:1: the key 0755 is read as 493 (quote the key to keep it as written)`,
		`f.yml:9:1: the key 1.10 is read as 1.1 (quote the key to keep it as written)`,
		`f.yml:3:1: the key "a" is here for the second time (first in line 1); this one counts (remove one of them)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDocuments(t *testing.T) {
	for text, want := range map[string]int{"": 0, "# nothing\n": 0, "---\n": 1, "a: 1\n---\nb: 2\n---\n": 3} {
		nodes, _, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{})
		if err != nil || len(nodes) != want {
			t.Errorf("%q: %d documents, %v; want %d", text, len(nodes), err, want)
		}
	}
}

// TestUniqueKeys: where keys must be unique, a second one is an error at its
// place; elsewhere it is a warning, and the last one counts.
func TestUniqueKeys(t *testing.T) {
	text := []byte("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n")
	nodes, warnings, err := yaml11.Parse("f", text, yaml11.Limits{})
	if err != nil || len(warnings) != 1 || nodes[0].Get("b").Get("c").Text != "3" {
		t.Errorf("got %v and %v", warnings, err)
	}
	_, _, err = yaml11.Parse("f", text, yaml11.Limits{UniqueKeys: true})
	if err == nil || !strings.HasPrefix(err.Error(), `f:5:3: the key "c" is here for the second time (first in line 3)`) {
		t.Errorf("got %v", err)
	}
	if _, _, err = yaml11.Parse("f", []byte("a: &a {x: 1}\nb: {<<: *a, x: 2}\n"), yaml11.Limits{UniqueKeys: true}); err != nil {
		t.Errorf("overriding what is merged in: %v", err)
	}
}
