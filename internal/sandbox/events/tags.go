package events

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/tagset"
)

// tagged finds the rule that an ARN names.
func (b *Backend) tagged(arn *string) (*Rule, error) {
	name, ours := strings.CutPrefix(aws.ToString(arn), b.arn(""))
	if !ours {
		return nil, invalid("Parameter %s is not valid. Reason: Provided Arn is not in correct format.", aws.ToString(arn))
	}
	return b.rule(&name, nil)
}

// TagResource adds tags to a rule or changes their values.
func (b *Backend) TagResource(in *sdk.TagResourceInput) (*sdk.TagResourceOutput, error) {
	r, err := b.tagged(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &sdk.TagResourceOutput{}, r.tag(in.Tags)
}

// UntagResource removes tags; a key that is not there is no error.
func (b *Backend) UntagResource(in *sdk.UntagResourceInput) (*sdk.UntagResourceOutput, error) {
	r, err := b.tagged(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	r.Tags = tagParts().Without(r.Tags, in.TagKeys)
	return &sdk.UntagResourceOutput{}, nil
}

// ListTagsForResource lists a rule's tags.
func (b *Backend) ListTagsForResource(in *sdk.ListTagsForResourceInput) (*sdk.ListTagsForResourceOutput, error) {
	r, err := b.tagged(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &sdk.ListTagsForResourceOutput{Tags: append([]types.Tag{}, r.Tags...)}, nil
}

// Tagged lists the rules that have tags: ARN, and tags by key.
func (b *Backend) Tagged() map[string]map[string]string {
	out := map[string]map[string]string{}
	for name, r := range b.state.Rules {
		if len(r.Tags) > 0 {
			out[b.arn(name)] = tagParts().Map(r.Tags)
		}
	}
	return out
}

func tagParts() tagset.Parts[types.Tag] {
	return func(t types.Tag) (key, value *string) { return t.Key, t.Value }
}

// tag merges tags into the rule's, all or none.
func (r *Rule) tag(tags []types.Tag) error {
	merged, err := tagParts().Merge(r.Tags, tags)
	if err != nil {
		return err
	}
	if len(merged) > tagset.Most {
		return awserr.New("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
	}
	r.Tags = merged
	return nil
}
