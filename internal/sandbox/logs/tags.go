package logs

import (
	"maps"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"ecs-reconciler/internal/sandbox/awserr"
)

// maxTags is how many tags a group may have.
const maxTags = 50

// tag merges tags into the group's, all or none.
func (g *Group) tag(tags map[string]string) error {
	for key := range tags {
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return invalid("Tag keys that begin with aws: are reserved for use by Amazon Web Services.")
		}
	}
	merged := map[string]string{}
	maps.Copy(merged, g.Tags)
	maps.Copy(merged, tags)
	if len(merged) > maxTags {
		return awserr.New("TooManyTagsException", "A log group can have at most %d tags.", maxTags)
	}
	g.Tags = merged
	return nil
}

func (g *Group) untag(keys []string) {
	for _, key := range keys {
		delete(g.Tags, key)
	}
}

// TagResource adds tags or changes their values.
func (b *Backend) TagResource(in *sdk.TagResourceInput) (*sdk.TagResourceOutput, error) {
	g, err := b.groupByARN(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &sdk.TagResourceOutput{}, g.tag(in.Tags)
}

// UntagResource removes tags; a key that is not there is no error.
func (b *Backend) UntagResource(in *sdk.UntagResourceInput) (*sdk.UntagResourceOutput, error) {
	g, err := b.groupByARN(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	g.untag(in.TagKeys)
	return &sdk.UntagResourceOutput{}, nil
}

// ListTagsForResource lists a group's tags.
func (b *Backend) ListTagsForResource(in *sdk.ListTagsForResourceInput) (*sdk.ListTagsForResourceOutput, error) {
	g, err := b.groupByARN(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &sdk.ListTagsForResourceOutput{Tags: maps.Clone(g.Tags)}, nil
}

// TagLogGroup is the older TagResource, by name.
func (b *Backend) TagLogGroup(in *sdk.TagLogGroupInput) (*sdk.TagLogGroupOutput, error) {
	g, err := b.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	return &sdk.TagLogGroupOutput{}, g.tag(in.Tags)
}

// UntagLogGroup is the older UntagResource, by name.
func (b *Backend) UntagLogGroup(in *sdk.UntagLogGroupInput) (*sdk.UntagLogGroupOutput, error) {
	g, err := b.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	g.untag(in.Tags)
	return &sdk.UntagLogGroupOutput{}, nil
}

// ListTagsLogGroup is the older ListTagsForResource, by name.
func (b *Backend) ListTagsLogGroup(in *sdk.ListTagsLogGroupInput) (*sdk.ListTagsLogGroupOutput, error) {
	g, err := b.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	return &sdk.ListTagsLogGroupOutput{Tags: maps.Clone(g.Tags)}, nil
}

// Tagged lists the groups that have tags: ARN, and tags by key.
func (b *Backend) Tagged() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, g := range b.state.Groups {
		if len(g.Tags) > 0 {
			out[b.arn(g)] = maps.Clone(g.Tags)
		}
	}
	return out
}
