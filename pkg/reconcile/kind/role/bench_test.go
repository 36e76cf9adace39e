package role

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/pkg/spec"
)

// BenchmarkPlan is what the planner asks of this kind for a thousand roles
// that are as they shall be.
func BenchmarkPlan(b *testing.B) {
	d := &spec.Deployment{Project: "p", Environment: "e", Region: "us-west-2"}
	for i := range 1000 {
		l, err := spec.ParseLocation(fmt.Sprintf("arn:aws:secretsmanager:us-west-2:012345678901:secret:app/%d.env", i))
		if err != nil {
			b.Fatal(err)
		}
		name := fmt.Sprintf("role-%d", i)
		d.Roles = append(d.Roles, spec.ManagedRole{ARN: "arn:aws:iam::012345678901:role/" + name, Path: "/", Name: name, Grant: true, GrantLocations: []spec.Location{l}})
	}
	k := New(aws.Config{}, Options{})
	observed := map[string]Observed{}
	nodes, err := k.Desired(d)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range nodes {
		want, err := n.Build(nil)
		if err != nil {
			b.Fatal(err)
		}
		observed[n.Key.Name] = Observed{ARN: want.ARN, Path: want.Path, Name: want.Name, Trust: want.Trust, Inline: want.Inline, Tags: want.Tags}
	}
	b.ReportAllocs()
	for b.Loop() {
		nodes, err := k.Desired(d)
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range nodes {
			want, err := n.Build(nil)
			if err != nil {
				b.Fatal(err)
			}
			if changes := k.Diff(want, observed[n.Key.Name]); len(changes) > 0 {
				b.Fatal(changes)
			}
		}
	}
}
