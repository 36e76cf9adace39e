package iam

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// CreateInstanceProfile makes an instance profile without a role.
func (b *Backend) CreateInstanceProfile(in *sdk.CreateInstanceProfileInput) (*sdk.CreateInstanceProfileOutput, error) {
	name := aws.ToString(in.InstanceProfileName)
	if _, taken := b.state.Profiles[roleKey(name)]; taken {
		return nil, alreadyExists("Instance Profile %s already exists.", name)
	}
	if len(b.state.Profiles) >= maxProfiles {
		return nil, limitExceeded("Cannot exceed quota for InstanceProfilesPerAccount: %d", maxProfiles)
	}
	tags, err := mergeTags(nil, in.Tags, sameCase)
	if err != nil {
		return nil, err
	}
	profile := &Profile{
		Name: name, Path: cmp.Or(aws.ToString(in.Path), "/"), ID: b.uniqueID("AIPA"), Created: b.now(), Tags: tags,
	}
	b.state.Profiles[roleKey(name)] = profile
	out := b.shownProfile(profile)
	return &sdk.CreateInstanceProfileOutput{InstanceProfile: &out}, nil
}

// GetInstanceProfile reads one instance profile with its role.
func (b *Backend) GetInstanceProfile(in *sdk.GetInstanceProfileInput) (*sdk.GetInstanceProfileOutput, error) {
	profile, err := b.profile(in.InstanceProfileName)
	if err != nil {
		return nil, err
	}
	out := b.shownProfile(profile)
	out.Tags = append([]types.Tag{}, out.Tags...) // an empty list, where CreateInstanceProfile has none
	return &sdk.GetInstanceProfileOutput{InstanceProfile: &out}, nil
}

// DeleteInstanceProfile removes an instance profile that has no role.
func (b *Backend) DeleteInstanceProfile(in *sdk.DeleteInstanceProfileInput) (*sdk.DeleteInstanceProfileOutput, error) {
	profile, err := b.profile(in.InstanceProfileName)
	if err != nil {
		return nil, err
	}
	if profile.Role != "" {
		return nil, deleteConflict("Cannot delete entity, must remove roles from instance profile first.")
	}
	delete(b.state.Profiles, roleKey(profile.Name))
	return &sdk.DeleteInstanceProfileOutput{}, nil
}

// AddRoleToInstanceProfile puts the one role that a profile may have into it.
func (b *Backend) AddRoleToInstanceProfile(
	in *sdk.AddRoleToInstanceProfileInput,
) (*sdk.AddRoleToInstanceProfileOutput, error) {
	profile, err := b.profile(in.InstanceProfileName)
	if err != nil {
		return nil, err
	}
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	if profile.Role != "" {
		return nil, limitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	}
	profile.Role = role.Name
	return &sdk.AddRoleToInstanceProfileOutput{}, nil
}

// RemoveRoleFromInstanceProfile takes the role out of a profile.
func (b *Backend) RemoveRoleFromInstanceProfile(
	in *sdk.RemoveRoleFromInstanceProfileInput,
) (*sdk.RemoveRoleFromInstanceProfileOutput, error) {
	profile, err := b.profile(in.InstanceProfileName)
	if err != nil {
		return nil, err
	}
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	if profile.Role != role.Name {
		return nil, noSuchEntity("Role %s is not in instance profile %s.", role.Name, profile.Name)
	}
	profile.Role = ""
	return &sdk.RemoveRoleFromInstanceProfileOutput{}, nil
}

// ListInstanceProfilesForRole lists the profiles that hold a role.
func (b *Backend) ListInstanceProfilesForRole(
	in *sdk.ListInstanceProfilesForRoleInput,
) (*sdk.ListInstanceProfilesForRoleOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	found, err := paginate(b.shownProfiles(role),
		func(p types.InstanceProfile) string { return *p.Path + *p.InstanceProfileName }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListInstanceProfilesForRoleOutput{
		InstanceProfiles: found.items, IsTruncated: found.truncated, Marker: found.marker,
	}, nil
}

func (b *Backend) profile(name *string) (*Profile, error) {
	profile, found := b.state.Profiles[roleKey(aws.ToString(name))]
	if !found || profile.Name != aws.ToString(name) {
		return nil, noSuchEntity("Instance Profile %s cannot be found.", aws.ToString(name))
	}
	return profile, nil
}

// profilesOf are the profiles that hold a role, ordered by path and name.
func (b *Backend) profilesOf(role *Role) []*Profile {
	var out []*Profile
	for _, profile := range b.state.Profiles {
		if profile.Role == role.Name {
			out = append(out, profile)
		}
	}
	slices.SortFunc(out, func(x, y *Profile) int { return cmp.Compare(x.Path+x.Name, y.Path+y.Name) })
	return out
}

func (b *Backend) shownProfiles(role *Role) []types.InstanceProfile {
	out := []types.InstanceProfile{}
	for _, profile := range b.profilesOf(role) {
		shown := b.shownProfile(profile)
		shown.Tags = nil
		out = append(out, shown)
	}
	return out
}

func (b *Backend) shownProfile(p *Profile) types.InstanceProfile {
	out := types.InstanceProfile{
		Arn:        aws.String(b.env.GlobalARN("iam", "instance-profile"+p.Path+p.Name)),
		CreateDate: aws.Time(p.Created), InstanceProfileId: aws.String(p.ID), InstanceProfileName: aws.String(p.Name),
		Path: aws.String(p.Path), Roles: []types.Role{}, Tags: sdkTags(p.Tags),
	}
	if role, found := b.state.Roles[roleKey(p.Role)]; found {
		out.Roles = append(out.Roles, b.briefRole(role))
	}
	return out
}
