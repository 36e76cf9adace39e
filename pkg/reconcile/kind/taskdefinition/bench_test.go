package taskdefinition

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec/shape"
)

// BenchmarkNoop is all that planning an unchanged task definition computes.
func BenchmarkNoop(b *testing.B) {
	k := testKind()
	node, have := unchanged(b, k)
	b.ReportAllocs()
	for b.Loop() {
		want, err := node.Build(nowhere)
		if err != nil {
			b.Fatal(err)
		}
		if k.Standing(want, have).Moved || len(k.Diff(want, have)) > 0 {
			b.Fatal("seen as different")
		}
	}
}

// BenchmarkRead is what reading a task definition out of the spec adds.
func BenchmarkRead(b *testing.B) {
	k, d := testKind(), shop(b)
	d.Tasks = d.Tasks[:1]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Desired(d); err != nil {
			b.Fatal(err)
		}
	}
}

// TestPlanningIsCheap gates what a thousand unchanged task definitions may
// allocate: well below the 50 MB that a plan of them has for everything.
func TestPlanningIsCheap(t *testing.T) {
	result := testing.Benchmark(BenchmarkNoop)
	if got := result.AllocedBytesPerOp(); got > 24<<10 {
		t.Errorf("%d bytes for one task definition", got)
	}
}

func nowhere(resource.Key, string) resource.Value { return resource.Known("arn") }

// unchanged is a node and the revision that it wants.
func unchanged(b *testing.B, k *Kind) (resource.Node[Desired], Observed) {
	b.Helper()
	nodes, err := k.Desired(shop(b))
	if err != nil {
		b.Fatal(err)
	}
	want, err := nodes[0].Build(nowhere)
	if err != nil {
		b.Fatal(err)
	}
	var def types.TaskDefinition
	if problems := shape.Decode(want.document, &def); len(problems) > 0 {
		b.Fatal(problems)
	}
	return nodes[0], k.observed(&def, tagList(k.allTags(want)))
}

// BenchmarkRegisterInput is what a registration adds to that.
func BenchmarkRegisterInput(b *testing.B) {
	k := testKind()
	d := Desired{document: parse(b, nightly), tags: map[string]string{}}
	d.canonical = canonical(k.rules, d.document)
	var in *ecs.RegisterTaskDefinitionInput
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if in, err = k.input(d, nil); err != nil {
			b.Fatal(err)
		}
	}
	if len(in.ContainerDefinitions) != 2 {
		b.Fatal("the containers are lost")
	}
}
