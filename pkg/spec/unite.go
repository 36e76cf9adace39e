package spec

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// AddSecret adds s, or unites it with the secret of the same name: the tasks
// are joined, a setting that only one of them has is kept, and settings that
// contradict each other are an error that names both places.
func (d *Deployment) AddSecret(s ManagedSecret) error {
	i := slices.IndexFunc(d.Secrets, func(o ManagedSecret) bool { return o.Name == s.Name })
	if i < 0 {
		d.Secrets = append(d.Secrets, s)
		slices.SortFunc(d.Secrets, func(a, b ManagedSecret) int { return strings.Compare(a.Name, b.Name) })
		return nil
	}
	u := uniter{what: "secret", name: s.Name, at: s.At, other: d.Secrets[i].At}
	d.Secrets[i] = u.secret(d.Secrets[i], s)
	return u.problems.OrNil()
}

// AddParameter adds p, or unites it with the parameter of the same name as
// AddSecret does. A name with a slash in front and the same without one are an
// error: they have one ARN.
func (d *Deployment) AddParameter(p ManagedParameter) error {
	same := func(o ManagedParameter) bool {
		return strings.TrimPrefix(o.Name, "/") == strings.TrimPrefix(p.Name, "/")
	}
	i := slices.IndexFunc(d.Parameters, same)
	if i < 0 {
		d.Parameters = append(d.Parameters, p)
		slices.SortFunc(d.Parameters, func(a, b ManagedParameter) int { return strings.Compare(a.Name, b.Name) })
		return nil
	}
	u := uniter{what: "parameter", name: p.Name, at: p.At, other: d.Parameters[i].At}
	if p.Name != d.Parameters[i].Name {
		u.contradiction("parameter", p.Name, d.Parameters[i].Name)
		return u.problems
	}
	d.Parameters[i] = u.parameter(d.Parameters[i], p)
	return u.problems.OrNil()
}

// AddRole adds r, or unites it with the role of the same ARN as AddSecret does.
// Another role of the same name is an error: IAM knows one role by a name,
// whatever the path and the case of its letters.
func (d *Deployment) AddRole(r ManagedRole) error {
	if i := slices.IndexFunc(d.Roles, r.isNameTaken); i >= 0 {
		return Errors{{At: r.At, Path: "role_arn",
			Message: fmt.Sprintf("the roles %s and %s (at %s) have one name: IAM tells roles apart neither by the path nor by the case of letters", r.ARN, d.Roles[i].ARN, d.Roles[i].At),
			Hint:    "give one of them another name"}}
	}
	i := slices.IndexFunc(d.Roles, func(o ManagedRole) bool { return o.ARN == r.ARN })
	if i < 0 {
		d.Roles = append(d.Roles, r)
		slices.SortFunc(d.Roles, func(a, b ManagedRole) int { return strings.Compare(a.ARN, b.ARN) })
		return nil
	}
	u := uniter{what: "role", name: r.ARN, at: r.At, other: d.Roles[i].At}
	d.Roles[i] = u.role(d.Roles[i], r)
	return u.problems.OrNil()
}

func (r ManagedRole) isNameTaken(by ManagedRole) bool {
	return by.ARN != r.ARN && strings.EqualFold(by.Name, r.Name)
}

// uniter collects the contradictions between two declarations of one object.
type uniter struct {
	what, name string
	at, other  Position
	problems   Errors
}

func (u *uniter) secret(a, b ManagedSecret) ManagedSecret {
	switch {
	case a.Output != b.Output:
		u.contradiction("output", orNone(a.Output), orNone(b.Output))
	case !a.Value.Equal(b.Value), (a.Unread || a.From.Generate != nil) && !reflect.DeepEqual(a.From, b.From):
		u.contradiction("value", a.From, b.From)
	}
	a.Unread = a.Unread || b.Unread
	a.Description = settle(u, "description", a.Description, b.Description)
	a.KMSKeyID = settle(u, "kms_key_id", a.KMSKeyID, b.KMSKeyID)
	a.RecoveryWindowDays = *settle(u, "recovery_window_days", unlessEmpty(a.RecoveryWindowDays), unlessEmpty(b.RecoveryWindowDays), new(int))
	if a.CreateOnly != b.CreateOnly {
		u.contradiction("create_only", a.CreateOnly, b.CreateOnly)
	}
	a.Replicas = u.replicas(a.Replicas, b.Replicas)
	a.ResourcePolicy = u.policy(a.ResourcePolicy, b.ResourcePolicy)
	a.Tags = settleMap(u, "tags", a.Tags, b.Tags)
	a.Drift = u.drift(a.Drift, b.Drift)
	a.Tasks = union(a.Tasks, b.Tasks)
	return a
}

func (u *uniter) parameter(a, b ManagedParameter) ManagedParameter {
	switch {
	case a.Type != b.Type:
		u.contradiction("type", a.Type, b.Type)
	case a.Shown != b.Shown:
		u.contradiction("sensitive", !a.Shown, !b.Shown)
	case a.Output != b.Output:
		u.contradiction("output", orNone(a.Output), orNone(b.Output))
	case !a.Value.Equal(b.Value), (a.Unread || a.From.Generate != nil) && !reflect.DeepEqual(a.From, b.From):
		u.contradiction("value", a.From, b.From)
	}
	a.Unread = a.Unread || b.Unread
	a.Tier = *settle(u, "tier", unlessEmpty(a.Tier), unlessEmpty(b.Tier), new(ParameterTier))
	a.DataType = *settle(u, "data_type", unlessEmpty(a.DataType), unlessEmpty(b.DataType), new(string))
	a.AllowedPattern = settle(u, "allowed_pattern", a.AllowedPattern, b.AllowedPattern)
	a.Description = settle(u, "description", a.Description, b.Description)
	a.KMSKeyID = settle(u, "kms_key_id", a.KMSKeyID, b.KMSKeyID)
	if a.CreateOnly != b.CreateOnly {
		u.contradiction("create_only", a.CreateOnly, b.CreateOnly)
	}
	a.Tags = settleMap(u, "tags", a.Tags, b.Tags)
	a.Drift = u.drift(a.Drift, b.Drift)
	a.Tasks = union(a.Tasks, b.Tasks)
	return a
}

// replicas wants one list, since a list says which copies there are not.
func (u *uniter) replicas(a, b []Replica) []Replica {
	if a != nil && b != nil && !slices.EqualFunc(SortReplicas(a), SortReplicas(b), Replica.same) {
		u.contradiction("replicas", "other regions or keys", "these")
	}
	if a == nil {
		return b
	}
	return a
}

func (u *uniter) policy(a, b *Document) *Document {
	if a != nil && b != nil && !reflect.DeepEqual(*a, *b) {
		u.contradiction("resource_policy", "another document", "this one")
	}
	if a == nil {
		return b
	}
	return a
}

func (u *uniter) role(a, b ManagedRole) ManagedRole {
	if a.TrustPolicy != nil && b.TrustPolicy != nil && !reflect.DeepEqual(a.TrustPolicy, b.TrustPolicy) {
		u.contradiction("trust_policy", "another document", "this one")
	}
	if a.TrustPolicy == nil {
		a.TrustPolicy = b.TrustPolicy
	}
	a.TrustOnCreate = a.TrustOnCreate && b.TrustOnCreate
	a.Grant = a.Grant || b.Grant
	a.GrantLocations = unionLocations(a.GrantLocations, b.GrantLocations)
	a.GrantKMSKeys = union(a.GrantKMSKeys, b.GrantKMSKeys)
	a.GrantParameterKeys = union(a.GrantParameterKeys, b.GrantParameterKeys)
	a.InlinePolicies = settleMap(u, "inline_policies", a.InlinePolicies, b.InlinePolicies)
	if b.ManagedPolicies != nil {
		a.ManagedPolicies = union(a.ManagedPolicies, b.ManagedPolicies)
	}
	a.PermissionsBoundary = settle(u, "permissions_boundary", a.PermissionsBoundary, b.PermissionsBoundary)
	a.Description = settle(u, "description", a.Description, b.Description)
	a.MaxSessionDuration = settle(u, "max_session_duration", a.MaxSessionDuration, b.MaxSessionDuration)
	a.Tags = settleMap(u, "tags", a.Tags, b.Tags)
	a.Drift = u.drift(a.Drift, b.Drift)
	a.Ignore = union(a.Ignore, b.Ignore)
	a.Tasks = union(a.Tasks, b.Tasks)
	return a
}

// drift unites what both mean: leaving the policy out is choosing the default.
func (u *uniter) drift(a, b Drift) Drift {
	if a.orDefault() != b.orDefault() {
		u.contradiction("drift", a.orDefault(), b.orDefault())
	}
	if a == "" {
		return b
	}
	return a
}

func (u *uniter) contradiction(field string, theirs, mine any) {
	hint := "one object has one setting: make them agree, or use two names"
	if field == "drift" {
		hint += "; left out it is the task's, and without that correct"
	}
	u.problems = append(u.problems, &Error{
		At:      u.at,
		Path:    field,
		Message: fmt.Sprintf("%s %q is given %s %v here and %v at %s", u.what, u.name, field, mine, theirs, u.other),
		Hint:    hint,
	})
}

// settle returns the one that is set; the last of otherwise when none is.
func settle[T comparable](u *uniter, field string, a, b *T, otherwise ...*T) *T {
	switch {
	case a != nil && b != nil && *a != *b:
		u.contradiction(field, *a, *b)
		return a
	case a != nil:
		return a
	case b != nil:
		return b
	case len(otherwise) > 0:
		return otherwise[0]
	default:
		return nil
	}
}

func settleMap[V any](u *uniter, field string, a, b map[string]V) map[string]V {
	if a == nil {
		return b
	}
	out := maps.Clone(a)
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if have, ok := out[k]; ok && !reflect.DeepEqual(have, b[k]) {
			u.contradiction(field+"["+k+"]", "another value", "this one")
		}
		out[k] = b[k]
	}
	return out
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func unlessEmpty[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

// union joins two lists without duplicates, sorted; nil only when both are.
func union(a, b []string) []string {
	if a == nil && b == nil {
		return nil
	}
	out := slices.Concat([]string{}, a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

func unionLocations(a, b []Location) []Location {
	out := slices.Clone(a)
	for _, l := range b {
		if !slices.ContainsFunc(out, func(o Location) bool { return o.Text == l.Text }) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(x, y Location) int { return strings.Compare(x.Text, y.Text) })
	return out
}
