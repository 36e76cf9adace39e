package ssm

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/tagset"
)

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
	p.Tags = tagParts().Without(p.Tags, in.TagKeys)
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

func tagParts() tagset.Parts[types.Tag] {
	return func(t types.Tag) (key, value *string) { return t.Key, t.Value }
}

// tag merges tags into the parameter's, all or none.
func (p *Parameter) tag(tags []types.Tag) error {
	merged, err := tagParts().Merge(p.Tags, tags)
	if err != nil {
		return err
	}
	if len(merged) > tagset.Most {
		return awserr.New("TooManyTagsError", "The Targets parameter includes too many tags. Remove one or more tags and try the command again.")
	}
	p.Tags = merged
	return nil
}

// Tagged lists the parameters that have tags: ARN, and tags by key.
func (b *Backend) Tagged() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, p := range b.sorted() {
		if len(p.Tags) > 0 {
			out[b.arn(p.Name)] = tagParts().Map(p.Tags)
		}
	}
	return out
}
