package iam

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// TagPolicy adds tags to a customer managed policy; its keys' case counts.
func (b *Backend) TagPolicy(in *sdk.TagPolicyInput) (*sdk.TagPolicyOutput, error) {
	policy, err := b.ownPolicy(aws.ToString(in.PolicyArn), "TagPolicy")
	if err != nil {
		return nil, err
	}
	tags, err := mergeTags(policy.Tags, in.Tags, sameCase)
	if err != nil {
		return nil, err
	}
	policy.Tags = tags
	return &sdk.TagPolicyOutput{}, nil
}

// UntagPolicy removes tags; keys that the policy has not are no mistake.
func (b *Backend) UntagPolicy(in *sdk.UntagPolicyInput) (*sdk.UntagPolicyOutput, error) {
	policy, err := b.ownPolicy(aws.ToString(in.PolicyArn), "UntagPolicy")
	if err != nil {
		return nil, err
	}
	policy.Tags = withoutKeys(policy.Tags, in.TagKeys)
	return &sdk.UntagPolicyOutput{}, nil
}

// ListPolicyTags lists a policy's tags, sorted by key.
func (b *Backend) ListPolicyTags(in *sdk.ListPolicyTagsInput) (*sdk.ListPolicyTagsOutput, error) {
	policy, err := b.existingPolicy(aws.ToString(in.PolicyArn))
	if err != nil {
		return nil, err
	}
	found, err := paginate(policy.Tags, tagOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListPolicyTagsOutput{
		Tags: append([]types.Tag{}, sdkTags(found.items)...), IsTruncated: found.truncated, Marker: found.marker,
	}, nil
}

// TagInstanceProfile adds tags to an instance profile; its keys' case counts.
func (b *Backend) TagInstanceProfile(in *sdk.TagInstanceProfileInput) (*sdk.TagInstanceProfileOutput, error) {
	profile, err := b.profile(in.InstanceProfileName)
	if err != nil {
		return nil, err
	}
	tags, err := mergeTags(profile.Tags, in.Tags, sameCase)
	if err != nil {
		return nil, err
	}
	profile.Tags = tags
	return &sdk.TagInstanceProfileOutput{}, nil
}

// UntagInstanceProfile removes tags; keys that the profile has not are no
// mistake.
func (b *Backend) UntagInstanceProfile(in *sdk.UntagInstanceProfileInput) (*sdk.UntagInstanceProfileOutput, error) {
	profile, err := b.profile(in.InstanceProfileName)
	if err != nil {
		return nil, err
	}
	profile.Tags = withoutKeys(profile.Tags, in.TagKeys)
	return &sdk.UntagInstanceProfileOutput{}, nil
}

// ListInstanceProfileTags lists an instance profile's tags, sorted by key.
func (b *Backend) ListInstanceProfileTags(
	in *sdk.ListInstanceProfileTagsInput,
) (*sdk.ListInstanceProfileTagsOutput, error) {
	profile, err := b.profile(in.InstanceProfileName)
	if err != nil {
		return nil, err
	}
	found, err := paginate(profile.Tags, tagOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListInstanceProfileTagsOutput{
		Tags: append([]types.Tag{}, sdkTags(found.items)...), IsTruncated: found.truncated, Marker: found.marker,
	}, nil
}

func tagOrder(t Tag) string { return t.Key }

// withoutKeys are the tags that have none of the keys, letter for letter.
func withoutKeys(tags []Tag, keys []string) []Tag {
	return slices.DeleteFunc(slices.Clone(tags), func(tag Tag) bool { return slices.Contains(keys, tag.Key) })
}
