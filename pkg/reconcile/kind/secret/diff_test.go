package secret

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const foreignID = "11111111-2222-3333-4444-555555555555"

// appliedOfSettled is the applied tag that settled has.
const appliedOfSettled = "730d138d1e5bc1be0000000000000000"

// settled is a desired state and an observed one that it has converged to.
func settled(t *testing.T) (Desired, Observed, *fingerprintKey) {
	t.Helper()
	key := mustKey(t, testKey)
	description, kms := "the database", "alias/app"
	d := Desired{Name: "org/db.env", Owner: "app/staging", Value: spec.NewSecret("A=1\n"), Description: &description, KMSKeyID: &kms,
		Tags: map[string]string{spec.TagOwner: "app/staging", "team": "data"}}
	o := Observed{ARN: "arn", Name: d.Name, Description: description, KMSKeyID: kms, Tags: maps.Clone(d.Tags), region: "us-west-2",
		Changed: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), key: key,
		Stages: map[string][]string{mustToken(t, key, 5, d.Name, "A=1\n"): {labelCurrent}}}
	o.Tags[spec.TagApplied] = d.applied("")
	return d, o, key
}

func TestDiffAndStanding(t *testing.T) {
	for name, c := range map[string]struct {
		edit  func(t *testing.T, d *Desired, o *Observed, key *fingerprintKey)
		want  []resource.FieldChange
		moved bool
	}{
		"settled": {func(*testing.T, *Desired, *Observed, *fingerprintKey) {}, nil, false},
		"spec's value": {func(_ *testing.T, d *Desired, _ *Observed, _ *fingerprintKey) { d.Value = spec.NewSecret("A=2\n") },
			[]resource.FieldChange{{Path: "/value", Sensitive: true}}, false},
		"foreign, not read": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) {
			o.Stages = map[string][]string{foreignID: {labelCurrent}}
		}, []resource.FieldChange{{Path: "/value", Sensitive: true, Note: "put by somebody else and not read"}}, true},
		"foreign, another value": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) {
			o.Stages, o.value, o.valueOf = map[string][]string{foreignID: {labelCurrent}}, spec.NewSecret("x"), foreignID
		}, []resource.FieldChange{{Path: "/value", Sensitive: true, Note: "put by somebody else"}}, true},
		"foreign, the same value": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) {
			o.Stages, o.value, o.valueOf = map[string][]string{foreignID: {labelCurrent}}, spec.NewSecret("A=1\n"), foreignID
		}, nil, false},
		"moved back": {func(t *testing.T, d *Desired, o *Observed, key *fingerprintKey) {
			o.Stages = map[string][]string{mustToken(t, key, 4, d.Name, "old"): {labelCurrent}, mustToken(t, key, 5, d.Name, "A=1\n"): {labelPrevious}}
		}, []resource.FieldChange{{Path: "/value", Sensitive: true}}, true},
		"a version before, as usual": {func(t *testing.T, d *Desired, o *Observed, key *fingerprintKey) {
			o.Stages = map[string][]string{mustToken(t, key, 6, d.Name, "new"): {labelCurrent}, mustToken(t, key, 5, d.Name, "A=1\n"): {labelPrevious}}
		}, []resource.FieldChange{{Path: "/value", Sensitive: true}}, false},
		"unfinished write, value right": {func(t *testing.T, d *Desired, o *Observed, key *fingerprintKey) {
			o.Stages[mustToken(t, key, 6, d.Name, "new")] = []string{labelNewest}
		}, nil, false},
		"unfinished write, value wrong": {func(t *testing.T, d *Desired, o *Observed, key *fingerprintKey) {
			d.Value, o.Stages[mustToken(t, key, 6, d.Name, "new")] = spec.NewSecret("new"), []string{labelNewest}
		}, []resource.FieldChange{{Path: "/value", Sensitive: true}}, false},
		"applied tag gone": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { delete(o.Tags, spec.TagApplied) },
			[]resource.FieldChange{{Path: "/tags/ecs-reconciler~1applied", After: appliedOfSettled}}, true},
		"applied tag overwritten": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { o.Tags[spec.TagApplied] = "x" },
			[]resource.FieldChange{{Path: "/tags/ecs-reconciler~1applied", Before: "x", After: appliedOfSettled}}, true},
		"two current, one of others": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) {
			o.Stages[foreignID] = []string{labelCurrent}
		}, []resource.FieldChange{{Path: "/value", Sensitive: true, Note: "put by somebody else and not read"}}, true},
		"two current, both ours": {func(t *testing.T, d *Desired, o *Observed, key *fingerprintKey) {
			o.Stages[mustToken(t, key, 4, d.Name, "old")] = []string{labelCurrent}
		}, nil, false},
		"no value": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { o.Stages = nil },
			[]resource.FieldChange{{Path: "/value", Sensitive: true, Note: "it has no current value"}}, true},
		"create-only, another value": {func(_ *testing.T, d *Desired, _ *Observed, _ *fingerprintKey) {
			d.CreateOnly, d.Value = true, spec.NewSecret("A=2\n")
		}, nil, false},
		"create-only, no value": {func(_ *testing.T, d *Desired, o *Observed, _ *fingerprintKey) { d.CreateOnly, o.Stages = true, nil },
			[]resource.FieldChange{{Path: "/value", Sensitive: true, Note: "it has no current value"}}, true},
		"deleted": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) {
			o.Deleted = time.Date(2026, 5, 3, 23, 0, 0, 0, time.FixedZone("", -7200))
		}, []resource.FieldChange{{Path: "/deleted", Before: "deleted on 2026-05-04"}}, true},
		"description": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { o.Description = "" },
			[]resource.FieldChange{{Path: "/description", After: "the database"}}, true},
		"key": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { o.KMSKeyID = "alias/other" },
			[]resource.FieldChange{{Path: "/kms_key_id", Before: "alias/other", After: "alias/app"}}, true},
		"alias shown as its key": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { o.KMSKeyID = "1234abcd" }, nil, false},
		"tag": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { o.Tags["team"] = "x" },
			[]resource.FieldChange{{Path: "/tags/team", Before: "x", After: "data"}}, true},
		"tag gone": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { delete(o.Tags, "team") },
			[]resource.FieldChange{{Path: "/tags/team", After: "data"}}, true},
		"tag of others": {func(_ *testing.T, _ *Desired, o *Observed, _ *fingerprintKey) { o.Tags["theirs"] = "x" }, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			d, o, key := settled(t)
			c.edit(t, &d, &o, key)
			got := (*Kind)(nil).Diff(d, o)
			for i := range got {
				if got[i].Sensitive && (len(got[i].Proof) != macLength || got[i].Before != nil || got[i].After != nil) {
					t.Errorf("%s: it shows %v and %v, with a proof of %d", got[i].Path, got[i].Before, got[i].After, len(got[i].Proof))
				}
				got[i].Proof = ""
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			s := (*Kind)(nil).Standing(d, o)
			if s.Moved != c.moved || (s.Note != "") != c.moved || s.Owner != "app/staging" || s.Refuse != "" {
				t.Errorf("standing %+v, want moved %v", s, c.moved)
			}
		})
	}
}

// A change of the spec's metadata is told from drift, and each of its fields
// changes the digest.
func TestMetadataDigest(t *testing.T) {
	base, o, _ := settled(t)
	other, empty := "other", ""
	seen := map[string]string{base.metadata(): "base"}
	for name, edit := range map[string]func(*Desired){
		"description":         func(d *Desired) { d.Description = &other },
		"description emptied": func(d *Desired) { d.Description = &empty },
		"no description":      func(d *Desired) { d.Description = nil },
		"key":                 func(d *Desired) { d.KMSKeyID = &other },
		"no key":              func(d *Desired) { d.KMSKeyID = nil },
		"tag value":           func(d *Desired) { d.Tags["team"] = "x" },
		"tag key":             func(d *Desired) { d.Tags["t"] = "eamdata" },
		"tag less":            func(d *Desired) { delete(d.Tags, "team") },
	} {
		d := base
		d.Tags = maps.Clone(base.Tags)
		edit(&d)
		if twin, ok := seen[d.metadata()]; ok {
			t.Errorf("%s has the digest of %s", name, twin)
		}
		seen[d.metadata()] = name
		if (*Kind)(nil).Standing(d, o).Moved {
			t.Errorf("%s is taken for drift", name)
		}
	}
	d := base
	d.Value, d.RecoveryWindowDays, d.CreateOnly = spec.NewSecret("other"), 9, true
	if d.metadata() != base.metadata() || len(base.applied("")) != 32 || len(base.applied(foreignID)) != 32 {
		t.Error("the digest tells of the value, or has not 32 characters")
	}
}

func TestRefusal(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Desired, *Observed)
		says []string
	}{
		"none":                  {func(*Desired, *Observed) {}, nil},
		"service":               {func(_ *Desired, o *Observed) { o.OwningService = "rds" }, []string{"rds", "by its ARN"}},
		"service, create-only":  {func(d *Desired, o *Observed) { o.OwningService, d.CreateOnly = "rds", true }, []string{"rds"}},
		"replica":               {func(_ *Desired, o *Observed) { o.PrimaryRegion = "eu-west-1" }, []string{"replica", "eu-west-1", "by its ARN"}},
		"primary":               {func(_ *Desired, o *Observed) { o.PrimaryRegion = "us-west-2" }, nil},
		"rotation":              {func(_ *Desired, o *Observed) { o.Rotates = true }, []string{"rotation", "create_only: true", "by its ARN"}},
		"rotation, create-only": {func(d *Desired, o *Observed) { o.Rotates, d.CreateOnly = true, true }, nil},
		"unreadable":            {func(_ *Desired, o *Observed) { o.unreadable = "DecryptionFailure" }, []string{"DecryptionFailure", "create_only: true"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, o, _ := settled(t)
			c.edit(&d, &o)
			got := (*Kind)(nil).Standing(d, o).Refuse
			if (got == "") != (c.says == nil) {
				t.Errorf("refusal %q", got)
			}
			for _, text := range c.says {
				if !strings.Contains(got, text) {
					t.Errorf("%q does not say %q", got, text)
				}
			}
		})
	}
}

func TestKeep(t *testing.T) {
	d, o, _ := settled(t)
	d.Value, d.Tags["a/b"] = spec.NewSecret("A=2\n"), "x"
	description := "changed"
	d.Description = &description
	o.KMSKeyID = "alias/other"
	o.Tags[spec.TagApplied] = "none"
	before := fmt.Sprint(sortedKeys(d.Tags))
	for _, c := range []struct {
		ignore []string
		want   []string
	}{
		{nil, []string{"/value", "/description", "/kms_key_id", "/tags/a~1b"}},
		{[]string{"/value"}, []string{"/description", "/kms_key_id", "/tags/a~1b"}},
		{[]string{"/description", "/kms_key_id"}, []string{"/value", "/tags/a~1b"}},
		{[]string{"/tags/a~1b"}, []string{"/value", "/description", "/kms_key_id"}},
		{[]string{"/tags/a/b"}, []string{"/value", "/description", "/kms_key_id", "/tags/a~1b"}},
		{[]string{"/tags", "/value", "/description", "/kms_key_id"}, nil},
	} {
		kept := (*Kind)(nil).Keep(d, o, c.ignore)
		var got []string
		for _, f := range (*Kind)(nil).Diff(kept, o) {
			if f.Path != tagPath(spec.TagApplied) {
				got = append(got, f.Path)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("ignoring %v: %s", c.ignore, diff)
		}
		if kept.Tags[spec.TagOwner] == "" {
			t.Errorf("ignoring %v: the owner tag is lost", c.ignore)
		}
	}
	if fmt.Sprint(sortedKeys(d.Tags)) != before {
		t.Error("the desired state itself was changed")
	}
}

// A field that a later version adds to ManagedSecret must be thought of here.
func TestEveryFieldOfTheSpecIsKnown(t *testing.T) {
	known := map[string]string{
		"Name": "key", "From": "its Generate: /value", "Unread": "refused", "Output": "done by the loader", "Value": "/value", "Keys": "for the reader",
		"Description": "/description", "KMSKeyID": "/kms_key_id", "Tags": "/tags", "RecoveryWindowDays": "Delete",
		"Replicas": "/replicas", "ResourcePolicy": "/resource_policy", "CreateOnly": "/value", "Drift": "node", "Tasks": "/tags", "At": "node",
	}
	for field := range reflect.TypeFor[spec.ManagedSecret]().Fields() {
		if known[field.Name] == "" {
			t.Errorf("spec.ManagedSecret.%s is not converged", field.Name)
		}
	}
}
