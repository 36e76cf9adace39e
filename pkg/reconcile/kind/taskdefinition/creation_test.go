package taskdefinition

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/resource"
)

// built is the first task of the shop as it would be planned.
func built(t testing.TB, lookup resource.Lookup) Desired {
	t.Helper()
	nodes, err := testKind().Desired(shop(t))
	if err != nil {
		t.Fatal(err)
	}
	d, err := nodes[0].Build(lookup)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A creation shows what a reviewer looks for, at the paths of later changes,
// and nothing out of a vault.
func TestCreationIsListed(t *testing.T) {
	want := []resource.FieldChange{
		{Path: "/cpu", After: "1024"},
		{Path: "/memory", After: "1024"},
		{Path: "/executionRoleArn", After: "arn:aws:iam::012345678901:role/execution"},
		{Path: "/taskRoleArn", After: "arn:aws:iam::012345678901:role/task"},
		{Path: "/containerDefinitions/0/image", After: "busybox:1"},
		{Path: "/containerDefinitions/0/command", After: []any{"run", "all"}},
		{Path: "/containerDefinitions/0/environment/EMPTY", After: ""},
		{Path: "/containerDefinitions/0/environment/MODE", After: "fast"},
		{Path: "/containerDefinitions/0/environment/PASSWORD", Sensitive: true},
		{Path: "/containerDefinitions/0/secrets/TOKEN", After: "arn:aws:secretsmanager:us-west-2:012345678901:secret:token-AbCdEf"},
		{Path: "/containerDefinitions/1/image", After: "busybox:1"},
	}
	got := testKind().Diff(built(t, nowhere), Observed{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text, err := json.Marshal(got); err != nil || strings.Contains(string(text), canary) {
		t.Errorf("a value out of a vault is shown, or %v", err)
	}
}

// Whatever a creation lists is listed again, at the same path, when it changes.
func TestCreationUsesThePathsOfChanges(t *testing.T) {
	k, d := testKind(), built(t, nowhere)
	empty := map[string]any{"containerDefinitions": []any{map[string]any{"name": "app"}, map[string]any{"name": "init"}}}
	have := Observed{document: empty, canonical: canonical(k.rules, empty)}
	later := map[string]resource.FieldChange{}
	for _, f := range k.Diff(d, have) {
		later[f.Path] = f
	}
	for _, f := range k.Diff(d, Observed{}) {
		if diff := cmp.Diff(f, later[f.Path]); diff != "" {
			t.Errorf("%s (-creation +change):\n%s", f.Path, diff)
		}
	}
}

func TestCreationHidesAllThatAVaultHolds(t *testing.T) {
	k := testKind()
	doc := parse(t, `{"cpu": "256", "containerDefinitions": [{"name": "app", "image": "c4n4ry", "command": ["a", "c4n4ry"],
		"environment": [{"name": "A", "value": "c4n4ry"}]}]}`)
	d := Desired{document: doc, canonical: canonical(k.rules, doc), hidden: places{
		"/containerDefinitions/0/image", "/containerDefinitions/0/command/1", "/containerDefinitions/0/environment"}}
	got := k.Diff(d, Observed{})
	if shown := shown(t, got); strings.Contains(shown, "c4n4ry") {
		t.Errorf("a value is shown: %s", shown)
	}
	if diff := cmp.Diff([]string{"/cpu", "/containerDefinitions/0/image", "/containerDefinitions/0/command",
		"/containerDefinitions/0/environment/A"}, pathsOf(got)); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkCreation is what listing a first revision adds to a plan.
func BenchmarkCreation(b *testing.B) {
	k, d := testKind(), built(b, nowhere)
	b.ReportAllocs()
	for b.Loop() {
		if len(k.Diff(d, Observed{})) == 0 {
			b.Fatal("nothing is listed")
		}
	}
}

// A thousand creations add little to the 50 MB that a plan of them has.
func TestListingCreationsIsCheap(t *testing.T) {
	if got := testing.Benchmark(BenchmarkCreation).AllocedBytesPerOp(); got > 4<<10 {
		t.Errorf("%d bytes for one task definition", got)
	}
}
