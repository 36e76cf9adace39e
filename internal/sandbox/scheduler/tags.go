package scheduler

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"ecs-reconciler/internal/sandbox/tagset"
)

// tagged finds the group that an ARN names; the model lets no other ARN through.
func (b *Backend) tagged(arn *string) (*Group, error) {
	name, ours := strings.CutPrefix(aws.ToString(arn), b.env.ARN("scheduler", "schedule-group/"))
	if g := b.group(name); ours && g != nil {
		return g, nil
	}
	return nil, notFound("Schedule group %s does not exist.", name)
}

// TagResource adds tags to a group or changes their values.
func (b *Backend) TagResource(in *scheduler.TagResourceInput) (*scheduler.TagResourceOutput, error) {
	g, err := b.tagged(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &scheduler.TagResourceOutput{}, g.tag(in.Tags)
}

// UntagResource removes tags; a key that is not there is no error.
func (b *Backend) UntagResource(in *scheduler.UntagResourceInput) (*scheduler.UntagResourceOutput, error) {
	g, err := b.tagged(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	g.Tags = tagParts().Without(g.Tags, in.TagKeys)
	return &scheduler.UntagResourceOutput{}, nil
}

// ListTagsForResource lists a group's tags.
func (b *Backend) ListTagsForResource(in *scheduler.ListTagsForResourceInput) (*scheduler.ListTagsForResourceOutput, error) {
	g, err := b.tagged(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &scheduler.ListTagsForResourceOutput{Tags: append([]types.Tag{}, g.Tags...)}, nil
}

func tagParts() tagset.Parts[types.Tag] {
	return func(t types.Tag) (key, value *string) { return t.Key, t.Value }
}

// tag merges tags into the group's, all or none.
func (g *Group) tag(tags []types.Tag) error {
	merged, err := tagParts().Merge(g.Tags, tags)
	if err != nil {
		return err
	}
	if len(merged) > tagset.Most {
		return invalid("A schedule group can have at most %d tags.", tagset.Most)
	}
	g.Tags = merged
	return nil
}

// Tagged lists the groups that have tags: ARN, and tags by key.
func (b *Backend) Tagged() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, g := range b.state.Groups {
		if len(g.Tags) > 0 {
			out[b.groupARN(g.Name)] = tagParts().Map(g.Tags)
		}
	}
	return out
}
