package ecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// DescribeTaskDefinition describes a revision, or a bare family's latest ACTIVE
// one. Tags come only when asked for.
func (b *Backend) DescribeTaskDefinition(in *ecs.DescribeTaskDefinitionInput) (*ecs.DescribeTaskDefinitionOutput, error) {
	for _, field := range in.Include {
		if err := oneOf("include", field); err != nil {
			return nil, err
		}
	}
	rev := b.find(value(in.TaskDefinition))
	if rev == nil {
		return nil, clientError("Unable to describe task definition.")
	}
	out := &ecs.DescribeTaskDefinitionOutput{TaskDefinition: new(clone(rev.Definition))}
	if slices.Contains(in.Include, types.TaskDefinitionFieldTags) {
		out.Tags = emptyNotNil(clone(rev.Tags))
	}
	return out, nil
}
