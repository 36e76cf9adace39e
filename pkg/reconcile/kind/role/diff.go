package role

import (
	"maps"
	"slices"
	"strings"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// The paths of a role's fields. Inline policies, attached policies and tags
// are one field each, beneath theirs.
const (
	pathPath        = "/path"
	pathName        = "/name"
	pathTrust       = "/trust_policy"
	pathDescription = "/description"
	pathMaxSession  = "/max_session_duration"
	pathBoundary    = "/permissions_boundary"
	pathInline      = "/inline_policies"
	pathManaged     = "/managed_policies"
	pathTags        = "/tags"
)

// Diff lists what differs. Policies are compared by meaning and shown whole.
func (k *Kind) Diff(d Desired, o Observed) []resource.FieldChange {
	if o.ARN == "" {
		d.TrustOnce, o.Path, o.Name = false, d.Path, d.Name // there is nothing yet to leave alone or to move
	}
	return slices.Concat(d.diffPlace(o), d.diffTrust(o), d.diffSettings(o), d.diffManaged(o), d.diffInline(o), d.diffTags(o))
}

// diffPlace finds a role of the same name to IAM that is not where it shall be.
func (d Desired) diffPlace(o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	if d.Path != o.Path {
		out = append(out, resource.FieldChange{Path: pathPath, Before: o.Path, After: d.Path, Replaces: true})
	}
	if d.Name != o.Name {
		out = append(out, resource.FieldChange{Path: pathName, Before: o.Name, After: d.Name, Replaces: true})
	}
	return out
}

func (d Desired) diffTrust(o Observed) []resource.FieldChange {
	if d.Trust == nil || d.TrustOnce || policy.Equal(d.Trust, o.Trust) {
		return nil
	}
	return []resource.FieldChange{{Path: pathTrust, Before: orNil(o.Trust), After: orNil(d.Trust), Note: ghosts(o.Trust)}}
}

func (d Desired) diffSettings(o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	if d.Description != nil && *d.Description != o.Description {
		out = append(out, resource.FieldChange{Path: pathDescription, Before: unlessEmpty(o.Description), After: unlessEmpty(*d.Description)})
	}
	if d.MaxSession != nil && *d.MaxSession != o.MaxSession {
		out = append(out, resource.FieldChange{Path: pathMaxSession, Before: unlessZero(o.MaxSession), After: *d.MaxSession})
	}
	if d.Boundary != nil && *d.Boundary != o.Boundary {
		out = append(out, resource.FieldChange{Path: pathBoundary, Before: unlessEmpty(o.Boundary), After: unlessEmpty(*d.Boundary)})
	}
	return out
}

func (d Desired) diffManaged(o Observed) []resource.FieldChange {
	if d.Managed == nil {
		return nil
	}
	var out []resource.FieldChange
	for _, arn := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(d.Managed, o.Managed)))) {
		switch want, have := slices.Contains(d.Managed, arn), slices.Contains(o.Managed, arn); {
		case want && !have:
			out = append(out, resource.FieldChange{Path: pointer(pathManaged, arn), After: arn})
		case have && !want:
			out = append(out, resource.FieldChange{Path: pointer(pathManaged, arn), Before: arn})
		}
	}
	return out
}

func (d Desired) diffInline(o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	for _, name := range slices.Sorted(maps.Keys(d.Inline)) {
		want, have := d.Inline[name], o.Inline[name]
		if (want == nil) == (have == nil) && (want == nil || policy.Equal(want, have)) {
			continue
		}
		out = append(out, resource.FieldChange{Path: pointer(pathInline, name), Before: orNil(have), After: orNil(want)})
	}
	return out
}

func (d Desired) diffTags(o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	for _, key := range slices.Sorted(maps.Keys(d.Tags)) {
		have, tagged := o.Tags[key]
		if tagged && have == d.Tags[key] {
			continue
		}
		f := resource.FieldChange{Path: pointer(pathTags, key), After: d.Tags[key]}
		if tagged {
			f.Before = have
		}
		out = append(out, f)
	}
	return out
}

// ghosts remarks on principals that IAM shows as unique ids: what they named
// was deleted, and one made anew under its name is not trusted. (AWS: "AWS
// JSON policy elements: Principal".)
func ghosts(trust spec.Document) string {
	text, err := policy.Text(trust)
	if err != nil || (!strings.Contains(text, `"AROA`) && !strings.Contains(text, `"AIDA`)) {
		return ""
	}
	return "the observed policy trusts a principal that was deleted"
}

// pointer is a JSON pointer to a key beneath a field. (RFC 6901)
func pointer(field, key string) string {
	return field + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// beneath is the key that a JSON pointer names beneath a field.
func beneath(field, path string) (key string, ok bool) {
	rest, ok := strings.CutPrefix(path, field+"/")
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(rest), ok
}

func orNil(doc spec.Document) any {
	if doc == nil {
		return nil
	}
	return doc
}

func unlessEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// unlessZero is the duration of a role that exists.
func unlessZero(seconds int32) any {
	if seconds == 0 {
		return nil
	}
	return seconds
}
