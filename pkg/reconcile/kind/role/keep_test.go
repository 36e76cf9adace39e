package role

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

// moved is a role that differs from what is desired in every field.
func moved(t testing.TB) (Desired, Observed) {
	t.Helper()
	d, o := pair(t)
	o.Trust = document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"Service":"x.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	o.Inline["s3"] = document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObject"],"Resource":"b"}]}`)
	o.Inline["gone"] = document(t, allowAll)
	o.Managed = []string{"arn:aws:iam::aws:policy/C"}
	o.Boundary, o.Description, o.MaxSession = "arn:aws:iam::aws:policy/X", "other", 3600
	o.Tags = map[string]string{"Team": "web"}
	d.Tags["New"] = "n"
	return d, o
}

func TestKeepLeavesIgnoredFieldsOut(t *testing.T) {
	all := paths(moved(t))
	for _, c := range []struct {
		ignore  string
		without []string // of all differences
	}{
		{"/trust_policy", []string{"/trust_policy"}},
		{"/description", []string{"/description"}},
		{"/max_session_duration", []string{"/max_session_duration"}},
		{"/permissions_boundary", []string{"/permissions_boundary"}},
		{"/managed_policies", []string{"/managed_policies/arn:aws:iam::aws:policy~1A", "/managed_policies/arn:aws:iam::aws:policy~1B", "/managed_policies/arn:aws:iam::aws:policy~1C"}},
		{"/managed_policies/arn:aws:iam::aws:policy~1A", []string{"/managed_policies/arn:aws:iam::aws:policy~1A"}},
		{"/managed_policies/arn:aws:iam::aws:policy~1C", []string{"/managed_policies/arn:aws:iam::aws:policy~1C"}},
		{"/inline_policies", []string{"/inline_policies/gone", "/inline_policies/s3"}},
		{"/inline_policies/gone", []string{"/inline_policies/gone"}},
		{"/inline_policies/s3", []string{"/inline_policies/s3"}},
		{"/inline_policies/s3/Statement", []string{"/inline_policies/s3"}},
		{"/inline_policies/s3/Statement/0/Action", nil},
		{"/inline_policies/s3/Statement/9/Action", nil},
		{"/inline_policies/absent", nil},
		{"/tags", []string{"/tags/New", "/tags/Team"}},
		{"/tags/Team", []string{"/tags/Team"}},
		{"/tags/ecs-reconciler~1owner", nil},
		{"/other", nil},
	} {
		d, o := moved(t)
		got := paths((&Kind{}).Keep(d, o, []string{c.ignore}), o)
		if diff := cmp.Diff(minus(all, c.without), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.ignore, diff)
		}
		if again := paths(d, o); !cmp.Equal(all, again) {
			t.Errorf("%s: Keep changed what it was given: %v", c.ignore, again)
		}
	}
}

// A part of a policy is kept, and the rest is still converged.
func TestKeepOfAPart(t *testing.T) {
	d, o := moved(t)
	kept := (&Kind{}).Keep(d, o, []string{"/inline_policies/s3/Statement/0/Action"})
	want := document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObject"],"Resource":"*"}]}`)
	if diff := cmp.Diff(want, kept.Inline["s3"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A replacement creates from what was kept, so nothing may be missing from it.
func TestKeepTakesFieldsFromWhatIsObserved(t *testing.T) {
	d, o := moved(t)
	kept := (&Kind{}).Keep(d, o, []string{"/trust_policy", "/description", "/max_session_duration", "/permissions_boundary", "/managed_policies", "/inline_policies", "/tags", "/path"})
	want := Desired{ARN: d.ARN, Path: o.Path, Name: d.Name, Trust: o.Trust, Inline: o.Inline, Managed: o.Managed,
		Boundary: &o.Boundary, Description: aws.String("other"), MaxSession: aws.Int32(3600),
		Tags: map[string]string{"Team": "web", spec.TagOwner: "p/e", spec.TagApplied: "digest"}}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func paths(d Desired, o Observed) []string {
	var out []string
	for _, f := range (&Kind{}).Diff(d, o) {
		out = append(out, f.Path)
	}
	return out
}

func minus(all, without []string) []string {
	var out []string
	for _, p := range all {
		if !contains(without, p) {
			out = append(out, p)
		}
	}
	return out
}

func contains(list []string, text string) bool {
	return slices.Contains(list, text)
}
