package events

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
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
	r.Tags = slices.DeleteFunc(r.Tags, func(t types.Tag) bool { return slices.Contains(in.TagKeys, aws.ToString(t.Key)) })
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
