package parameter

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/spec"
)

// taggedAtOnce is the most ARNs that GetResources takes (AWS: GetResources).
const taggedAtOnce = 100

// readTags reads the tags of what was listed, a hundred a call, and by the name
// where that tells of none.
func (v *view) readTags(ctx context.Context) error {
	byARN := map[string]string{}
	for name, o := range v.seen {
		byARN[o.ARN] = name
	}
	chunks := slices.Collect(slices.Chunk(sortedKeys(byARN), taggedAtOnce))
	err := all(ctx, v.opts.Parallelism, chunks, func(ctx context.Context, arns []string) error { return v.readTagsByARN(ctx, arns, byARN) })
	if err != nil {
		return err
	}
	var silent []string
	for _, name := range sortedKeys(v.seen) {
		if v.seen[name].Tags == nil {
			silent = append(silent, name)
		}
	}
	return all(ctx, v.opts.Parallelism, silent, v.readTagsOf)
}

func (v *view) readTagsByARN(ctx context.Context, arns []string, byARN map[string]string) error {
	out, err := v.tagging.GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{ResourceARNList: arns})
	if err != nil {
		return fmt.Errorf("cannot read the tags of parameters: %w", awsapi.Classify(err))
	}
	for _, mapping := range out.ResourceTagMappingList {
		tags := make(map[string]string, len(mapping.Tags))
		for _, t := range mapping.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		v.change(byARN[aws.ToString(mapping.ResourceARN)], func(o *Observed) { o.Tags = tags })
	}
	return nil
}

// readTagsOf reads one parameter's tags by its name. One that has gone meanwhile
// has none.
func (v *view) readTagsOf(ctx context.Context, name string) error {
	tags, _, err := v.tagsOf(ctx, name)
	v.change(name, func(o *Observed) { o.Tags, o.tagsFresh = tags, true })
	return err
}

func (k *Kind) tagsOf(ctx context.Context, name string) (tags map[string]string, found bool, err error) {
	out, err := k.api.ListTagsForResource(ctx, &ssm.ListTagsForResourceInput{ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: &name})
	switch {
	case isCode(err, "InvalidResourceId"):
		return map[string]string{}, false, nil
	case err != nil:
		return nil, false, fail("list the tags of", name, spec.Secret{}, err)
	}
	tags = make(map[string]string, len(out.TagList))
	for _, t := range out.TagList {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, true, nil
}

// Tag gives the parameter tags beside those it is converged to.
func (k *Kind) Tag(ctx context.Context, o Observed, tags map[string]string) error {
	return k.tag(ctx, o.Name, tags)
}

// sdkTags are tags in the order of their keys.
func sdkTags(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for _, key := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}
