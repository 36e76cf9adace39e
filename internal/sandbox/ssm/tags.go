package ssm

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// maxTags is how many tags a parameter may have.
const maxTags = 50

// AddTagsToResource adds tags or changes their values.
func (b *Backend) AddTagsToResource(in *ssm.AddTagsToResourceInput) (*ssm.AddTagsToResourceOutput, error) {
	p, err := b.resource(in.ResourceType, in.ResourceId)
	if err != nil {
		return nil, err
	}
	return &ssm.AddTagsToResourceOutput{}, p.tag(in.Tags)
}

// RemoveTagsFromResource removes tags; a key that is not there is no error.
func (b *Backend) RemoveTagsFromResource(in *ssm.RemoveTagsFromResourceInput) (*ssm.RemoveTagsFromResourceOutput, error) {
	p, err := b.resource(in.ResourceType, in.ResourceId)
	if err != nil {
		return nil, err
	}
	p.Tags = slices.DeleteFunc(p.Tags, func(t types.Tag) bool { return slices.Contains(in.TagKeys, aws.ToString(t.Key)) })
	return &ssm.RemoveTagsFromResourceOutput{}, nil
}

// ListTagsForResource lists a parameter's tags.
func (b *Backend) ListTagsForResource(in *ssm.ListTagsForResourceInput) (*ssm.ListTagsForResourceOutput, error) {
	p, err := b.resource(in.ResourceType, in.ResourceId)
	if err != nil {
		return nil, err
	}
	return &ssm.ListTagsForResourceOutput{TagList: append([]types.Tag{}, p.Tags...)}, nil
}

// resource finds the parameter whose tags are meant.
func (b *Backend) resource(kind types.ResourceTypeForTagging, id *string) (*Parameter, error) {
	if kind != types.ResourceTypeForTaggingParameter {
		return nil, awserr.New("InvalidResourceType", "The sandbox has no resources of type %s.", kind)
	}
	p, err := b.find(aws.ToString(id))
	if err != nil {
		return nil, awserr.New("InvalidResourceId",
			`The resource ID "%s" is not valid. Verify the ID and try again.`, aws.ToString(id))
	}
	return p, nil
}

// tag merges tags into the parameter's, all or none.
func (p *Parameter) tag(tags []types.Tag) error {
	merged := slices.Clone(p.Tags)
	for _, t := range tags {
		if strings.HasPrefix(strings.ToLower(aws.ToString(t.Key)), "aws:") {
			return invalid("Tag keys that begin with aws: are reserved for use by Amazon Web Services.")
		}
		i := slices.IndexFunc(merged, func(m types.Tag) bool { return aws.ToString(m.Key) == aws.ToString(t.Key) })
		if i < 0 {
			merged = append(merged, t)
			continue
		}
		merged[i] = t
	}
	if len(merged) > maxTags {
		return awserr.New("TooManyTagsError", "The Targets parameter includes too many tags. Remove one or more tags and try the command again.")
	}
	p.Tags = merged
	return nil
}

func tagsOf(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// Tagged lists the parameters that have tags: ARN, and tags by key.
func (b *Backend) Tagged() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, p := range b.sorted() {
		if len(p.Tags) > 0 {
			out[b.arn(p.Name)] = tagsOf(p.Tags)
		}
	}
	return out
}
