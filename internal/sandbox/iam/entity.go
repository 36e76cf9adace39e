package iam

import (
	"maps"
	"slices"
)

// Entity is a user, a role, a managed policy or an instance profile as far as
// permissions hang on it.
type Entity struct {
	ARN, ID string
	// Policies are a user's or role's identity policies, as JSON text.
	Policies []string
	// Boundary is the ARN of the permissions boundary, or empty.
	Boundary string
	Tags     map[string]string
}

// KeyOwner finds the user behind an access key, and the key's secret.
func (b *Backend) KeyOwner(accessKey string) (owner Entity, secret string, found bool) {
	for _, user := range b.state.Users {
		for _, key := range user.Keys {
			if key.ID == accessKey {
				return b.userEntity(user), key.Secret, true
			}
		}
	}
	return Entity{}, "", false
}

// RoleWithID finds a role by its unique id, AROA….
func (b *Backend) RoleWithID(id string) (Entity, bool) {
	role := b.roleByID(id)
	if role == nil {
		return Entity{}, false
	}
	return b.roleEntity(role), true
}

// Named finds an entity by its kind, as ARNs have it ("user", "role", "policy",
// "instance-profile"), and its name; a policy by its ARN; and, as "linked-role",
// the role that a service principal has or would get.
func (b *Backend) Named(kind, name string) (Entity, bool) {
	switch kind {
	case "user":
		if user, found := b.state.Users[roleKey(name)]; found {
			return b.userEntity(user), true
		}
	case "role":
		if role, found := b.state.Roles[roleKey(name)]; found {
			return b.roleEntity(role), true
		}
	case "policy":
		if policy, found := b.policy(name); found {
			return Entity{ARN: name, ID: policy.ID, Tags: tagMap(policy.Tags)}, true
		}
	case "linked-role":
		if service, known := linkedServices()[name]; known {
			return Entity{ARN: b.env.GlobalARN("iam", "role"+serviceRolePath+name+"/"+service.name), Tags: map[string]string{}}, true
		}
	case "instance-profile":
		if profile, found := b.state.Profiles[roleKey(name)]; found {
			return Entity{ARN: b.env.GlobalARN("iam", "instance-profile"+profile.Path+profile.Name), ID: profile.ID, Tags: tagMap(profile.Tags)}, true
		}
	}
	return Entity{}, false
}

// PolicyText is the default version of a managed policy, as JSON text.
func (b *Backend) PolicyText(arn string) (string, bool) {
	policy, found := b.policy(arn)
	if !found {
		return "", false
	}
	return policy.inForce(), true
}

func (b *Backend) userEntity(u *User) Entity {
	return Entity{
		ARN: b.userARN(u), ID: u.ID, Policies: b.identity(u.Inline, u.Attached), Boundary: u.Boundary, Tags: tagMap(u.Tags),
	}
}

func (b *Backend) roleEntity(r *Role) Entity {
	return Entity{
		ARN: b.roleARN(r), ID: r.ID, Policies: b.identity(r.Inline, r.Attached), Boundary: r.Boundary, Tags: tagMap(r.Tags),
	}
}

// identity are inline and attached policies as text.
func (b *Backend) identity(inline map[string]string, attached []string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(inline)) {
		out = append(out, inline[name])
	}
	for _, arn := range attached {
		if text, found := b.PolicyText(arn); found {
			out = append(out, text)
		}
	}
	return out
}

func tagMap(tags []Tag) map[string]string {
	out := map[string]string{}
	for _, tag := range tags {
		out[tag.Key] = tag.Value
	}
	return out
}
