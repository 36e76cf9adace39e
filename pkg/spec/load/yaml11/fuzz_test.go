package yaml11_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// FuzzParse checks that any input gives either a tree that keeps to the limits
// or an error with its place.
func FuzzParse(f *testing.F) {
	for _, text := range append(documents(), scalars()...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := yaml11.Limits{Bytes: 1 << 16, Depth: 20, Nodes: 1000}
		nodes, _, err := yaml11.Parse("f.yml", data, limits)
		if err != nil {
			var complaint *spec.Error
			if !errors.As(err, &complaint) || complaint.At.File != "f.yml" {
				t.Fatalf("%v is not a complaint with its place", err)
			}
			return
		}
		total := 0
		for _, n := range nodes {
			total += check(t, n, 0)
			yaml11.PyStr(n)
			n.ToAny()
		}
		if total > limits.Nodes {
			t.Fatalf("%d nodes", total)
		}
	})
}

// check walks a tree and counts its values.
func check(t *testing.T, n *yaml11.Node, depth int) int {
	if depth > 20 {
		t.Fatal("deeper than the limit")
	}
	if n == nil || n.At.Line < 1 || n.At.Column < 1 || n.Kind == yaml11.Int && n.Int == nil {
		t.Fatalf("a broken node: %+v", n)
	}
	count := 1
	for _, item := range n.Items {
		count += check(t, item, depth+1)
	}
	for _, field := range n.Fields {
		count += check(t, field.Value, depth+1)
		if field.Key.Kind == yaml11.String && n.Get(field.Key.Text) != field.Value {
			t.Fatalf("the key %q is not found", field.Key.Text)
		}
	}
	return count
}

func BenchmarkParse1MB(b *testing.B) {
	var text strings.Builder
	for i := 0; text.Len() < 1<<20; i++ {
		fmt.Fprintf(&text, "task_%d:\n  command: run --n %d\n  env: {A: \"{{ env }}\", B: %d, C: yes}\n  ecs: {cpu_units: 256}\n", i, i, i)
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := yaml11.Parse("f.yml", data, yaml11.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
