package spec

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// revealed compares secrets by their texts.
func revealed() cmp.Option {
	return cmp.Comparer(func(a, b Secret) bool { return a.Equal(b) })
}

func TestManagedTags(t *testing.T) {
	d := &Deployment{Project: "p", Environment: "e", Tags: map[string]string{"a": "deployment", "b": "deployment", TagOwner: "x"}}
	own := map[string]string{"b": "own", TagTask: "x"}
	got := d.ManagedTags(own, []string{"t", "u"})
	want := map[string]string{"a": "deployment", "b": "own", TagOwner: "p/e", TagTask: "t u"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := d.ManagedTags(nil, nil); got[TagTask] != "" {
		t.Errorf("no task is %q", got[TagTask])
	}
	if got := d.ManagedTags(nil, []string{strings.Repeat("x", 200), strings.Repeat("y", 57)}); got[TagTask] != "" {
		t.Error("more names than a tag's value holds are cut off")
	}
	if len(d.Tags) != 3 || len(own) != 2 {
		t.Error("what was given was changed")
	}
}

// TestAddIsSymmetric: objects are united whatever the order, and sorted.
func TestAddIsSymmetric(t *testing.T) {
	text := func(s string) *string { return &s }
	seconds := int32(3600)
	secrets := []ManagedSecret{
		{Name: "s", Value: NewSecret("v"), Description: text("d"), Tasks: []string{"b"}, Tags: map[string]string{"x": "1"}},
		{Name: "s", Value: NewSecret("v"), KMSKeyID: text("k"), Tasks: []string{"a"}, RecoveryWindowDays: 7, Drift: DriftCorrect},
		{Name: "a", Value: NewSecret("w")},
	}
	roles := []ManagedRole{
		{ARN: "r", Name: "r", Grant: true, GrantLocations: []Location{{Text: "y"}}, TrustOnCreate: true, ManagedPolicies: []string{"p"}, Tasks: []string{"b"}, MaxSessionDuration: &seconds, Ignore: []string{"/b"}},
		{ARN: "r", Name: "r", GrantLocations: []Location{{Text: "x"}, {Text: "y"}}, TrustPolicy: Document{"Version": "2012-10-17"}, ManagedPolicies: []string{}, Tasks: []string{"a", "b"}, Ignore: []string{"/a"}},
		{ARN: "a", Name: "a", InlinePolicies: map[string]Document{"gone": nil}},
	}
	forward, backward := &Deployment{}, &Deployment{}
	for i := range 3 {
		for d, j := range map[*Deployment]int{forward: i, backward: 2 - i} {
			if err := errors.Join(d.AddSecret(secrets[j]), d.AddRole(roles[j])); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(forward, backward, revealed()); diff != "" {
		t.Errorf("the order matters (-forward +backward):\n%s", diff)
	}
	s, r := forward.Secrets[1], forward.Roles[1]
	if len(forward.Secrets) != 2 || *s.Description != "d" || *s.KMSKeyID != "k" || s.RecoveryWindowDays != 7 || s.Drift != DriftCorrect || !cmp.Equal(s.Tasks, []string{"a", "b"}) {
		t.Errorf("the secret is %+v", s)
	}
	if len(forward.Roles) != 2 || !r.Grant || r.TrustOnCreate || len(r.GrantLocations) != 2 || !cmp.Equal(r.ManagedPolicies, []string{"p"}) || !cmp.Equal(r.Ignore, []string{"/a", "/b"}) {
		t.Errorf("the role is %+v", r)
	}
	if _, ok := forward.Secret("s"); !ok {
		t.Error("the secret is not found by its name")
	}
	if _, ok := forward.Role("nosuch"); ok {
		t.Error("a role is found that there is not")
	}
}

// TestContradictions name the field and both places, and never a value.
func TestContradictions(t *testing.T) {
	text := func(s string) *string { return &s }
	number := func(n int32) *int32 { return &n }
	here, there := Position{File: "here", Line: 1}, Position{File: "there", Line: 2}
	for field, pair := range map[string][2]ManagedSecret{
		"value":                {{Value: NewSecret(canary)}, {Value: NewSecret(canary + "2")}},
		"output":               {{Output: "json"}, {}},
		"description":          {{Description: text("a")}, {Description: text("b")}},
		"kms_key_id":           {{KMSKeyID: text("a")}, {KMSKeyID: text("b")}},
		"recovery_window_days": {{RecoveryWindowDays: 7}, {RecoveryWindowDays: 8}},
		"create_only":          {{CreateOnly: true}, {}},
		"drift":                {{Drift: DriftReport}, {}},
		"tags[k]":              {{Tags: map[string]string{"k": "a"}}, {Tags: map[string]string{"k": "b"}}},
	} {
		d := &Deployment{}
		pair[0].Name, pair[1].Name, pair[0].At, pair[1].At = "s", "s", there, here
		checkContradiction(t, field, errors.Join(d.AddSecret(pair[0]), d.AddSecret(pair[1])))
	}
	for field, pair := range map[string][2]ManagedRole{
		"trust_policy":         {{TrustPolicy: Document{"a": 1}}, {TrustPolicy: Document{"a": 2}}},
		"inline_policies[p]":   {{InlinePolicies: map[string]Document{"p": nil}}, {InlinePolicies: map[string]Document{"p": {}}}},
		"permissions_boundary": {{PermissionsBoundary: text("")}, {PermissionsBoundary: text("x")}},
		"description":          {{Description: text("")}, {Description: text("x")}},
		"max_session_duration": {{MaxSessionDuration: number(1)}, {MaxSessionDuration: number(2)}},
		"tags[k]":              {{Tags: map[string]string{"k": "a"}}, {Tags: map[string]string{"k": "b"}}},
		"drift":                {{}, {Drift: DriftIgnore}},
	} {
		d := &Deployment{}
		pair[0].ARN, pair[1].ARN, pair[0].At, pair[1].At = "r", "r", there, here
		checkContradiction(t, field, errors.Join(d.AddRole(pair[0]), d.AddRole(pair[1])))
	}
}

func checkContradiction(t *testing.T, field string, err error) {
	t.Helper()
	var all Errors
	if !errors.As(err, &all) || len(all) != 1 || all[0].Path != field || all[0].At.File != "here" || !strings.Contains(all[0].Message, "at there:2") {
		t.Errorf("%s: got %v", field, err)
	}
	checkHidden(t, field, err.Error())
}

// TestOneNameOneRole: IAM tells roles apart neither by path nor by case.
func TestOneNameOneRole(t *testing.T) {
	here, there := Position{File: "here", Line: 1}, Position{File: "there", Line: 2}
	for _, c := range []struct {
		a, b    ManagedRole
		refused bool
	}{
		{ManagedRole{ARN: "arn:a/p-t1", Name: "p-t1"}, ManagedRole{ARN: "arn:P-T1", Name: "P-T1"}, true},
		{ManagedRole{ARN: "arn:x/role", Name: "role"}, ManagedRole{ARN: "arn:y/role", Name: "role"}, true},
		{ManagedRole{ARN: "arn:role", Name: "role"}, ManagedRole{ARN: "arn:role", Name: "role"}, false},
		{ManagedRole{ARN: "arn:role", Name: "role"}, ManagedRole{ARN: "arn:role2", Name: "role2"}, false},
	} {
		d := &Deployment{}
		c.a.At, c.b.At = there, here
		err := errors.Join(d.AddRole(c.a), d.AddRole(c.b))
		switch {
		case !c.refused && err != nil:
			t.Errorf("%s and %s: %v", c.a.ARN, c.b.ARN, err)
		case c.refused:
			checkContradiction(t, "role_arn", err)
		}
	}
}
