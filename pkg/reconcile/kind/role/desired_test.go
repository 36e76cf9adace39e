package role

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func deploymentOf(r spec.ManagedRole) *spec.Deployment {
	r.ARN, r.Path, r.Name = "arn:aws-cn:iam::012345678901:role/app", "/", "app"
	r.At = spec.Position{File: "app.yaml", Line: 3}
	r.Tasks = []string{"one", "two"}
	return &spec.Deployment{Project: "p", Environment: "e", Region: "cn-north-1", Tags: map[string]string{"Team": "data"}, Roles: []spec.ManagedRole{r}}
}

func built(t *testing.T, d *spec.Deployment) Desired {
	t.Helper()
	nodes, err := New(aws.Config{}, Options{}).Desired(d)
	if err != nil {
		t.Fatal(err)
	}
	want, err := nodes[0].Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

func TestDesiredNode(t *testing.T) {
	d := deploymentOf(spec.ManagedRole{Drift: spec.DriftReport, Ignore: []string{"/role/description", "/tags/x", "/role/inline_policies/a~1b"}})
	nodes, err := New(aws.Config{}, Options{}).Desired(d)
	if err != nil {
		t.Fatal(err)
	}
	nodes[0].Build = nil
	arn := "arn:aws-cn:iam::012345678901:role/app"
	want := resource.Node[Desired]{Key: resource.Key{Type: "role", Name: "app"}, Tasks: []string{"one", "two"}, Drift: spec.DriftReport,
		Ignore: []string{"/description", "/tags/x", "/inline_policies/a~1b"}, At: spec.Position{File: "app.yaml", Line: 3},
		Promised: resource.Outputs{"arn": arn}}
	if diff := cmp.Diff(want, nodes[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDesiredDefaults(t *testing.T) {
	got := built(t, deploymentOf(spec.ManagedRole{}))
	digest := got.Tags[spec.TagApplied]
	if len(digest) != 32 {
		t.Errorf("digest %q, want 32 characters", digest)
	}
	want := Desired{ARN: "arn:aws-cn:iam::012345678901:role/app", Path: "/", Name: "app",
		Trust:  policy.DefaultTrust(policy.Place{Partition: "aws-cn", Region: "cn-north-1", AccountID: "012345678901"}).Spec(),
		Inline: map[string]spec.Document{},
		Tags:   map[string]string{"Team": "data", spec.TagOwner: "p/e", spec.TagTask: "one two", spec.TagApplied: digest}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDesiredTakesTheSessionsRegionWhereTheSpecNamesNone(t *testing.T) {
	d := deploymentOf(spec.ManagedRole{})
	d.Region = ""
	nodes, err := New(aws.Config{Region: "cn-northwest-1"}, Options{}).Desired(d)
	if err != nil {
		t.Fatal(err)
	}
	got, err := nodes[0].Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := policy.Text(got.Trust); err != nil || !strings.Contains(text, "arn:aws-cn:ecs:cn-northwest-1:012345678901:*") {
		t.Errorf("trust %s, %v", text, err)
	}
	if _, err := New(aws.Config{}, Options{}).Desired(d); err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("without any region: %v", err)
	}
}

func TestDerivedPolicy(t *testing.T) {
	location, err := spec.ParseLocation("AWS_SM:app/db")
	if err != nil {
		t.Fatal(err)
	}
	file, err := spec.ParseLocation("file:///env")
	if err != nil {
		t.Fatal(err)
	}
	granted := built(t, deploymentOf(spec.ManagedRole{Grant: true, GrantLocations: []spec.Location{location}}))
	if granted.Inline[DerivedPolicy] == nil {
		t.Error("nothing is granted")
	}
	none := built(t, deploymentOf(spec.ManagedRole{Grant: true, GrantLocations: []spec.Location{file}}))
	if doc, declared := none.Inline[DerivedPolicy]; !declared || doc != nil {
		t.Errorf("nothing to grant: got %v, %v, want the policy to be removed", doc, declared)
	}
	left := built(t, deploymentOf(spec.ManagedRole{Grant: false, GrantLocations: []spec.Location{location}}))
	if _, declared := left.Inline[DerivedPolicy]; declared {
		t.Error("grant_env_locations: false must leave the policy alone")
	}
}

func TestDesiredRefuses(t *testing.T) {
	location, err := spec.ParseLocation("ssm:/a*")
	if err != nil {
		t.Fatal(err)
	}
	many := spec.ManagedRole{Grant: true}
	for i := range 150 {
		l, err := spec.ParseLocation(fmt.Sprintf("AWS_SM:app/a-secret-with-a-rather-long-name/%d", i))
		if err != nil {
			t.Fatal(err)
		}
		many.GrantLocations = append(many.GrantLocations, l)
	}
	tags := map[string]string{}
	for i := range 47 {
		tags[fmt.Sprint(i)] = ""
	}
	for _, c := range []struct {
		says string
		role spec.ManagedRole
	}{
		{"51 tags", spec.ManagedRole{Tags: tags}},
		{"does not name one parameter", spec.ManagedRole{Grant: true, GrantLocations: []spec.Location{location}}},
		{"IAM allows 10240", many},
		{`"ecs-reconciler", which is derived`, spec.ManagedRole{Grant: true, InlinePolicies: map[string]spec.Document{DerivedPolicy: nil}}},
	} {
		_, err := New(aws.Config{}, Options{}).Desired(deploymentOf(c.role))
		var complaint *spec.Error
		if !errors.As(err, &complaint) || complaint.At.Line != 3 || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want a complaint at line 3 that says %q", err, c.says)
		}
	}
}

// Every field moves the digest, and the way a policy is written does not.
func TestDigest(t *testing.T) {
	base := func() spec.ManagedRole {
		return spec.ManagedRole{InlinePolicies: map[string]spec.Document{"p": document(t, allowAll)}, Description: aws.String("d")}
	}
	digest := func(edit func(*spec.ManagedRole)) string {
		r := base()
		edit(&r)
		return built(t, deploymentOf(r)).Tags[spec.TagApplied]
	}
	plain := digest(func(*spec.ManagedRole) {})
	if other := digest(func(r *spec.ManagedRole) {
		r.InlinePolicies["p"] = document(t, strings.ReplaceAll(allowAll, `"*"`, `["*"]`))
	}); other != plain {
		t.Error("the writing of a policy shows")
	}
	seen := map[string]int{plain: -1}
	for i, edit := range []func(*spec.ManagedRole){
		func(r *spec.ManagedRole) { r.TrustPolicy = document(t, allowAll) },
		func(r *spec.ManagedRole) { r.TrustOnCreate = true },
		func(r *spec.ManagedRole) { r.InlinePolicies["p"] = nil },
		func(r *spec.ManagedRole) { r.InlinePolicies["q"] = nil },
		func(r *spec.ManagedRole) { delete(r.InlinePolicies, "p") },
		func(r *spec.ManagedRole) { r.ManagedPolicies = []string{} },
		func(r *spec.ManagedRole) { r.ManagedPolicies = []string{"a"} },
		func(r *spec.ManagedRole) { r.PermissionsBoundary = aws.String("") },
		func(r *spec.ManagedRole) { r.Description = nil },
		func(r *spec.ManagedRole) { r.Description = aws.String("") },
		func(r *spec.ManagedRole) { r.MaxSessionDuration = aws.Int32(3600) },
		func(r *spec.ManagedRole) { r.Tags = map[string]string{"a": "b"} },
		func(r *spec.ManagedRole) { r.Grant = true },
	} {
		d := digest(edit)
		if j, ok := seen[d]; ok {
			t.Errorf("edits %d and %d have one digest", i, j)
		}
		seen[d] = i
	}
}
