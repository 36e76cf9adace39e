package iam

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// serviceRolePath is where AWS, and AWS alone, puts service-linked roles.
const serviceRolePath = "/aws-service-role/"

// CreateRole makes a role. Its answer lacks the description and the session
// length, as IAM's does.
func (b *Backend) CreateRole(in *sdk.CreateRoleInput) (*sdk.CreateRoleOutput, error) {
	if err := b.mayCreateRole(aws.ToString(in.RoleName), aws.ToString(in.Path)); err != nil {
		return nil, err
	}
	role, err := b.newRole(in)
	if err != nil {
		return nil, err
	}
	role.Known = b.unsettled()
	b.state.Roles[roleKey(role.Name)] = role
	out := b.briefRole(role)
	out.Tags = sdkTags(role.Tags)
	out.PermissionsBoundary = boundaryOf(role.Boundary)
	return &sdk.CreateRoleOutput{Role: &out}, nil
}

func (b *Backend) mayCreateRole(name, path string) error {
	if reservedPath(path) {
		return invalidInput("The path %s is reserved for service-linked roles.", path)
	}
	if _, taken := b.state.Roles[roleKey(name)]; taken {
		return alreadyExists("Role with name %s already exists.", name)
	}
	if len(b.state.Roles) >= b.MaxRoles {
		return limitExceeded("Cannot exceed quota for RolesPerAccount: %d", b.MaxRoles)
	}
	return nil
}

func (b *Backend) newRole(in *sdk.CreateRoleInput) (*Role, error) {
	tags, err := mergeTags(nil, in.Tags, foldCase)
	if err != nil {
		return nil, err
	}
	trust, err := b.checkTrust(aws.ToString(in.AssumeRolePolicyDocument))
	if err != nil {
		return nil, err
	}
	if in.PermissionsBoundary != nil {
		if err := b.checkBoundary(*in.PermissionsBoundary); err != nil {
			return nil, err
		}
	}
	return &Role{
		Name: aws.ToString(in.RoleName), Path: cmp.Or(aws.ToString(in.Path), "/"), ID: b.uniqueID("AROA"),
		Created: b.now(), Description: in.Description, MaxSession: cmp.Or(aws.ToInt32(in.MaxSessionDuration), defaultSession),
		Trust: trust, Boundary: aws.ToString(in.PermissionsBoundary), Tags: tags, Inline: map[string]string{},
	}, nil
}

// GetRole reads one role with all its settings.
func (b *Backend) GetRole(in *sdk.GetRoleInput) (*sdk.GetRoleOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	out := b.fullRole(role)
	return &sdk.GetRoleOutput{Role: &out}, nil
}

// ListRoles lists roles, without tags, boundary and last use.
func (b *Backend) ListRoles(in *sdk.ListRolesInput) (*sdk.ListRolesOutput, error) {
	roles := b.sortedRoles(aws.ToString(in.PathPrefix))
	found, err := paginate(roles, roleOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := make([]types.Role, 0, len(found.items))
	for _, role := range found.items {
		out = append(out, b.listedRole(role))
	}
	return &sdk.ListRolesOutput{Roles: out, IsTruncated: found.truncated, Marker: found.marker}, nil
}

// UpdateRole changes description and session length. As documented, a session
// length that is left out falls back to one hour; as recorded, a call that names
// neither changes nothing.
func (b *Backend) UpdateRole(in *sdk.UpdateRoleInput) (*sdk.UpdateRoleOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	if in.Description != nil || in.MaxSessionDuration != nil {
		role.MaxSession = cmp.Or(aws.ToInt32(in.MaxSessionDuration), defaultSession)
	}
	if in.Description != nil {
		role.Description = in.Description
	}
	return &sdk.UpdateRoleOutput{}, nil
}

// UpdateRoleDescription changes the description alone.
func (b *Backend) UpdateRoleDescription(in *sdk.UpdateRoleDescriptionInput) (*sdk.UpdateRoleDescriptionOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	role.Description = in.Description
	out := b.briefRole(role)
	out.Description = role.Description
	return &sdk.UpdateRoleDescriptionOutput{Role: &out}, nil
}

// DeleteRole removes a role that nothing hangs on any more.
func (b *Backend) DeleteRole(in *sdk.DeleteRoleInput) (*sdk.DeleteRoleOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	switch {
	case len(b.profilesOf(role)) > 0:
		return nil, deleteConflict("Cannot delete entity, must remove roles from instance profile first.")
	case len(role.Attached) > 0:
		return nil, deleteConflict("Cannot delete entity, must detach all policies first.")
	case len(role.Inline) > 0:
		return nil, deleteConflict("Cannot delete entity, must delete policies first.")
	}
	delete(b.state.Roles, roleKey(role.Name))
	return &sdk.DeleteRoleOutput{}, nil
}

func (b *Backend) role(name *string) (*Role, error) {
	role, found := b.state.Roles[roleKey(aws.ToString(name))]
	if !found || role.Name != aws.ToString(name) {
		return nil, noSuchRole(aws.ToString(name))
	}
	return role, nil
}

// modifiableRole is role, except that it refuses service-linked ones.
func (b *Backend) modifiableRole(name *string) (*Role, error) {
	role, err := b.role(name)
	if err != nil {
		return nil, err
	}
	if role.Service != "" {
		return nil, protected(role)
	}
	return role, nil
}

// sortedRoles are the roles under a path, ordered by path and name.
func (b *Backend) sortedRoles(prefix string) []*Role {
	out := make([]*Role, 0, len(b.state.Roles))
	for _, role := range b.state.Roles {
		if strings.HasPrefix(role.Path, prefix) {
			out = append(out, role)
		}
	}
	slices.SortFunc(out, func(x, y *Role) int { return cmp.Compare(roleOrder(x), roleOrder(y)) })
	return out
}

func roleOrder(r *Role) string { return r.Path + r.Name }
