package role

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func document(t testing.TB, text string) spec.Document {
	t.Helper()
	doc, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

const allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*"}]}`

// pair is a role that is as it shall be.
func pair(t testing.TB) (Desired, Observed) {
	t.Helper()
	trust := policy.DefaultTrust(policy.Place{Partition: "aws", Region: "us-west-2", AccountID: "012345678901"}).Spec()
	d := Desired{
		ARN: "arn:aws:iam::012345678901:role/team/app", Path: "/team/", Name: "app", Trust: trust,
		Inline:      map[string]spec.Document{"s3": document(t, allowAll), "gone": nil},
		Managed:     []string{"arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"},
		Boundary:    aws.String("arn:aws:iam::012345678901:policy/limits"),
		Description: aws.String("d"), MaxSession: aws.Int32(7200),
		Tags: map[string]string{spec.TagOwner: "p/e", spec.TagApplied: "digest", "Team": "data"},
	}
	o := Observed{
		ID: "AROA1", ARN: d.ARN, Path: d.Path, Name: d.Name, Trust: trust,
		Inline:   map[string]spec.Document{"s3": document(t, allowAll), "theirs": document(t, allowAll)},
		Managed:  []string{"arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"},
		Boundary: *d.Boundary, Description: "d", MaxSession: 7200,
		Tags: map[string]string{spec.TagOwner: "p/e", spec.TagApplied: "digest", "Team": "data", "Theirs": "x"},
	}
	return d, o
}

func TestDiffNotices(t *testing.T) {
	other := `{"Version":"2012-10-17","Statement":[]}`
	for _, c := range []struct {
		name string
		edit func(*Desired, *Observed)
		want []resource.FieldChange
	}{
		{"nothing", func(*Desired, *Observed) {}, nil},
		{"what the spec leaves out", func(d *Desired, o *Observed) {
			d.Trust, d.Inline, d.Managed, d.Boundary, d.Description, d.MaxSession, d.Tags = nil, nil, nil, nil, nil, nil, nil
		}, nil},
		{"path", func(d *Desired, o *Observed) { o.Path = "/" },
			[]resource.FieldChange{{Path: "/path", Before: "/", After: "/team/", Replaces: true}}},
		{"name in another case", func(d *Desired, o *Observed) { o.Name = "App" },
			[]resource.FieldChange{{Path: "/name", Before: "App", After: "app", Replaces: true}}},
		{"trust that is kept", func(d *Desired, o *Observed) { o.Trust, d.TrustOnce = spec.Document{}, true }, nil},
		{"description", func(d *Desired, o *Observed) { d.Description = aws.String("") },
			[]resource.FieldChange{{Path: "/description", Before: "d"}}},
		{"session", func(d *Desired, o *Observed) { o.MaxSession = 3600 },
			[]resource.FieldChange{{Path: "/max_session_duration", Before: int32(3600), After: int32(7200)}}},
		{"boundary set", func(d *Desired, o *Observed) { o.Boundary = "" },
			[]resource.FieldChange{{Path: "/permissions_boundary", After: "arn:aws:iam::012345678901:policy/limits"}}},
		{"boundary removed", func(d *Desired, o *Observed) { d.Boundary = aws.String("") },
			[]resource.FieldChange{{Path: "/permissions_boundary", Before: "arn:aws:iam::012345678901:policy/limits"}}},
		{"attached and detached", func(d *Desired, o *Observed) {
			o.Managed = []string{"arn:aws:iam::aws:policy/B", "arn:aws:iam::aws:policy/C"}
		},
			[]resource.FieldChange{
				{Path: "/managed_policies/arn:aws:iam::aws:policy~1A", After: "arn:aws:iam::aws:policy/A"},
				{Path: "/managed_policies/arn:aws:iam::aws:policy~1C", Before: "arn:aws:iam::aws:policy/C"}}},
		{"all detached", func(d *Desired, o *Observed) { d.Managed, o.Managed = []string{}, o.Managed[:1] },
			[]resource.FieldChange{{Path: "/managed_policies/arn:aws:iam::aws:policy~1A", Before: "arn:aws:iam::aws:policy/A"}}},
		{"inline changed", func(d *Desired, o *Observed) { o.Inline["s3"] = document(t, other) },
			[]resource.FieldChange{{Path: "/inline_policies/s3", Before: document(t, other), After: document(t, allowAll)}}},
		{"inline missing", func(d *Desired, o *Observed) { delete(o.Inline, "s3") },
			[]resource.FieldChange{{Path: "/inline_policies/s3", After: document(t, allowAll)}}},
		{"inline removed", func(d *Desired, o *Observed) { o.Inline["gone"] = document(t, other) },
			[]resource.FieldChange{{Path: "/inline_policies/gone", Before: document(t, other)}}},
		{"inline written otherwise", func(d *Desired, o *Observed) {
			o.Inline["s3"] = document(t, strings.ReplaceAll(allowAll, `["s3:GetObject","s3:PutObject"]`, `["S3:putobject","s3:GetObject"]`))
		}, nil},
		{"tags", func(d *Desired, o *Observed) { o.Tags["Team"] = "web"; delete(o.Tags, spec.TagOwner) },
			[]resource.FieldChange{
				{Path: "/tags/Team", Before: "web", After: "data"},
				{Path: "/tags/ecs-reconciler~1owner", After: "p/e"}}},
		{"empty tag against none", func(d *Desired, o *Observed) { d.Tags["Team"] = ""; delete(o.Tags, "Team") },
			[]resource.FieldChange{{Path: "/tags/Team", After: ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, o := pair(t)
			c.edit(&d, &o)
			if diff := cmp.Diff(c.want, (&Kind{}).Diff(d, o)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiffPointsAtDeletedPrincipals(t *testing.T) {
	d, o := pair(t)
	o.Trust = document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"AROAABCDEFGHIJKLMNOPQ"},"Action":"sts:AssumeRole"}]}`)
	changes := (&Kind{}).Diff(d, o)
	if len(changes) != 1 || changes[0].Path != "/trust_policy" || !strings.Contains(changes[0].Note, "deleted") {
		t.Errorf("got %+v, want one change of the trust policy with a remark", changes)
	}
}

func TestStanding(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Desired, *Observed)
		want resource.Standing
	}{
		{"ours, the spec unchanged", func(*Desired, *Observed) {}, resource.Standing{Owner: "p/e", Moved: true}},
		{"ours, the spec changed", func(d *Desired, o *Observed) { d.Tags[spec.TagApplied] = "new" }, resource.Standing{Owner: "p/e"}},
		{"nobody's", func(d *Desired, o *Observed) { o.Tags = nil }, resource.Standing{}},
		{"ours under another path", func(d *Desired, o *Observed) { o.ARN, o.Path = "arn:aws:iam::012345678901:role/app", "/" },
			resource.Standing{Owner: "p/e", Moved: true}},
	} {
		d, o := pair(t)
		c.edit(&d, &o)
		if diff := cmp.Diff(c.want, (&Kind{}).Standing(d, o)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestStandingRefuses(t *testing.T) {
	for _, c := range []struct {
		name, says string
		edit       func(*Desired, *Observed)
	}{
		{"service-linked", "service-linked", func(d *Desired, o *Observed) { o.Path = "/aws-service-role/ecs.amazonaws.com/" }},
		{"Identity Center", "Identity Center", func(d *Desired, o *Observed) { o.Path = "/aws-reserved/sso.amazonaws.com/" }},
		{"another's under another path", "not ours", func(d *Desired, o *Observed) {
			o.ARN, o.Path, o.Tags = "arn:aws:iam::012345678901:role/app", "/", map[string]string{spec.TagOwner: "other/e"}
		}},
	} {
		d, o := pair(t)
		c.edit(&d, &o)
		if got := (&Kind{}).Standing(d, o).Refuse; !strings.Contains(got, c.says) {
			t.Errorf("%s: got %q, want one that says %q", c.name, got, c.says)
		}
	}
}

func TestOutputsAreWithheldByAReplacement(t *testing.T) {
	k := &Kind{}
	if got := k.Outputs(Observed{ARN: "a"}, []resource.FieldChange{{Path: "/path", Replaces: true}}); got["arn"] != "" {
		t.Errorf("got %v", got)
	}
	if got := k.Outputs(Observed{ARN: "a"}, []resource.FieldChange{{Path: "/description"}}); got["arn"] != "a" {
		t.Errorf("got %v", got)
	}
}

// Nothing of a role that does not exist is shown as having been something.
func TestCreationHasNoBefore(t *testing.T) {
	d, _ := pair(t)
	got := map[string]any{}
	for _, f := range (*Kind)(nil).Diff(d, Observed{}) {
		if f.Before != nil || f.Replaces {
			t.Errorf("%s: before %v, replaces %v", f.Path, f.Before, f.Replaces)
		}
		got[f.Path] = f.After
	}
	for path, want := range map[string]any{"/max_session_duration": int32(7200), "/description": "d",
		"/permissions_boundary": "arn:aws:iam::012345678901:policy/limits", "/tags/Team": "data"} {
		if got[path] != want {
			t.Errorf("%s: after %v, want %v", path, got[path], want)
		}
	}
	if got["/trust_policy"] == nil || got["/inline_policies/s3"] == nil || len(got) != 10 {
		t.Errorf("the fields are %v", got)
	}
}
