package iam

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// ListInstanceProfiles lists instance profiles with their roles, without tags.
func (b *Backend) ListInstanceProfiles(in *sdk.ListInstanceProfilesInput) (*sdk.ListInstanceProfilesOutput, error) {
	var under []*Profile
	for _, profile := range b.state.Profiles {
		if strings.HasPrefix(profile.Path, aws.ToString(in.PathPrefix)) {
			under = append(under, profile)
		}
	}
	slices.SortFunc(under, func(x, y *Profile) int { return cmp.Compare(profileOrder(x), profileOrder(y)) })
	found, err := paginate(under, profileOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := []types.InstanceProfile{}
	for _, profile := range found.items {
		shown := b.shownProfile(profile)
		shown.Tags = nil
		out = append(out, shown)
	}
	return &sdk.ListInstanceProfilesOutput{InstanceProfiles: out, IsTruncated: found.truncated, Marker: found.marker}, nil
}

func profileOrder(p *Profile) string { return p.Path + p.Name }
