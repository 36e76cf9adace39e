package iam

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// keyForm says which tag keys are the same: of roles those that differ by case
// alone, of policies and instance profiles only equal ones.
type keyForm func(string) string

func foldCase(key string) string { return strings.ToLower(key) }
func sameCase(key string) string { return key }

// TagRole adds tags and replaces those whose key differs by case at most.
func (b *Backend) TagRole(in *sdk.TagRoleInput) (*sdk.TagRoleOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	tags, err := mergeTags(role.Tags, in.Tags, foldCase)
	if err != nil {
		return nil, err
	}
	role.Tags = tags
	return &sdk.TagRoleOutput{}, nil
}

// TagUser adds tags and replaces those whose key differs by case at most.
func (b *Backend) TagUser(in *sdk.TagUserInput) (*sdk.TagUserOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	tags, err := mergeTags(user.Tags, in.Tags, foldCase)
	if err != nil {
		return nil, err
	}
	user.Tags = tags
	return &sdk.TagUserOutput{}, nil
}

// UntagUser removes tags; keys that the user has not are no mistake.
func (b *Backend) UntagUser(in *sdk.UntagUserInput) (*sdk.UntagUserOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	user.Tags = without(user.Tags, in.TagKeys)
	return &sdk.UntagUserOutput{}, nil
}

// ListUserTags lists a user's tags, sorted by key.
func (b *Backend) ListUserTags(in *sdk.ListUserTagsInput) (*sdk.ListUserTagsOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	found, err := paginate(user.Tags, func(t Tag) string { return t.Key }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListUserTagsOutput{
		Tags: append([]types.Tag{}, sdkTags(found.items)...), IsTruncated: found.truncated, Marker: found.marker,
	}, nil
}

// without are the tags whose keys are none of these.
func without(tags []Tag, keys []string) []Tag {
	return slices.DeleteFunc(tags, func(tag Tag) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return foldCase(key) == foldCase(tag.Key) })
	})
}

// UntagRole removes tags; keys that the role has not are no mistake.
func (b *Backend) UntagRole(in *sdk.UntagRoleInput) (*sdk.UntagRoleOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	role.Tags = without(role.Tags, in.TagKeys)
	return &sdk.UntagRoleOutput{}, nil
}

// ListRoleTags lists a role's tags, sorted by key.
func (b *Backend) ListRoleTags(in *sdk.ListRoleTagsInput) (*sdk.ListRoleTagsOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	found, err := paginate(role.Tags, func(t Tag) string { return t.Key }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListRoleTagsOutput{
		Tags: append([]types.Tag{}, sdkTags(found.items)...), IsTruncated: found.truncated, Marker: found.marker,
	}, nil
}

// mergeTags gives the tags of before with the added ones over them, sorted by
// key, or says what is wrong with the added ones.
func mergeTags(before []Tag, added []types.Tag, form keyForm) ([]Tag, error) {
	merged := map[string]Tag{}
	for _, tag := range before {
		merged[form(tag.Key)] = tag
	}
	seen := map[string]bool{}
	for _, tag := range added {
		key := aws.ToString(tag.Key)
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return nil, invalidInput("aws: prefixed tag key names are not allowed for external use.")
		}
		if seen[form(key)] {
			return nil, duplicateTags(form)
		}
		seen[form(key)] = true
		merged[form(key)] = Tag{Key: key, Value: aws.ToString(tag.Value)}
	}
	if len(merged) > maxTags {
		return nil, limitExceeded("The number of tags has reached the maximum limit.")
	}
	return sortedTags(merged), nil
}

func duplicateTags(form keyForm) error {
	if form("A") == form("a") {
		return invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	}
	return invalidInput("Duplicate tag keys found.")
}

func sortedTags(tags map[string]Tag) []Tag {
	out := make([]Tag, 0, len(tags))
	for _, tag := range tags {
		out = append(out, tag)
	}
	slices.SortFunc(out, func(x, y Tag) int { return cmp.Compare(x.Key, y.Key) })
	return out
}

func sdkTags(tags []Tag) []types.Tag {
	var out []types.Tag
	for _, tag := range tags {
		out = append(out, types.Tag{Key: aws.String(tag.Key), Value: aws.String(tag.Value)})
	}
	return out
}
