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
	k, d := testKind(), shop(b)
	var def types.TaskDefinition
	doc := parse(b, nightly)
	delete(doc, "tags")
	if problems := shape.Decode(doc, &def); len(problems) > 0 {
		b.Fatal(problems)
	}
	lookup := func(resource.Key, string) resource.Value { return resource.Known("arn") }
	b.ReportAllocs()
	for b.Loop() {
		nodes, err := k.Desired(d)
		if err != nil {
			b.Fatal(err)
		}
		want, err := nodes[0].Build(lookup)
		if err != nil {
			b.Fatal(err)
		}
		have := k.observed(&def, tagList(k.allTags(want)))
		if k.Standing(want, have).Moved || len(k.Diff(want, have)) > 0 {
			b.Fatal("seen as different")
		}
	}
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
