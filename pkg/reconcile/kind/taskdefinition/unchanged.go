package taskdefinition

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
)

// pageSize is the most revisions on a page (AWS: ListTaskDefinitions), and the
// most ARNs whose tags one call tells (AWS: GetResources).
const pageSize = 100

// unchanged are the revisions, read by an earlier plan, that are still the
// newest ones of their families with the same tags. Two witnesses must say so:
// a list of the account's active revisions, which alone tells of one that
// somebody else registered, and the tags of the revisions. Both may be late, so
// whatever they do not confirm is left to be described.
//
// The witnesses are asked only as long as that takes fewer calls than to
// describe what they can spare.
func (k *Kind) unchanged(ctx context.Context, keys []resource.Key) (map[string]Observed, error) {
	kept, pages := k.memory.of(keys)
	most := len(kept) - pagesFor(len(kept)) - 1
	if most < max(pages, 1) {
		return nil, nil
	}
	var newest map[string]revision
	var tags map[string]map[string]string
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() (err error) { newest, err = k.newestActive(ctx, most); return err })
	both.Go(func() (err error) { tags, err = k.tagsOf(ctx, kept); return err })
	if err := both.Wait(); err != nil {
		return nil, unlessUseless(err)
	}
	for family, o := range kept {
		now, known := tags[o.arn]
		if newest[family].arn != o.arn || !known || !sameTags(now, o.tags) {
			delete(kept, family)
		}
	}
	return kept, nil
}

func pagesFor(n int) int { return (n + pageSize - 1) / pageSize }

// errTooLong is that a list has more pages than it is worth.
var errTooLong = errors.New("the list is too long")

// unlessUseless forgives what will not pass: where the witnesses cannot be
// asked, or not cheaply, everything is described. What may pass is an error,
// since describing would come to meet the same.
func unlessUseless(err error) error {
	if class := resource.ClassOf(err); errors.Is(err, errTooLong) || class == resource.Terminal && !isEnd(err) {
		return nil
	}
	return err
}

func isEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// newestActive is the newest ACTIVE revision of every family of the account, as
// far as a list tells that takes no more pages than most.
func (k *Kind) newestActive(ctx context.Context, most int) (map[string]revision, error) {
	newest := map[string]revision{}
	pages := ecs.NewListTaskDefinitionsPaginator(k.ecs, &ecs.ListTaskDefinitionsInput{
		MaxResults: aws.Int32(pageSize), Status: types.TaskDefinitionStatusActive})
	read := 0
	for ; pages.HasMorePages(); read++ {
		if read == most {
			k.memory.listed(most + 1)
			return nil, errTooLong
		}
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the account's task definitions: %w", awsapi.Classify(err))
		}
		for _, arn := range page.TaskDefinitionArns {
			r, err := parseRevision(arn)
			if err != nil {
				return nil, fmt.Errorf("list the account's task definitions: %w", err)
			}
			if r.number > newest[r.family].number {
				newest[r.family] = r
			}
		}
	}
	k.memory.listed(read)
	return newest, nil
}

// tagsOf are the tags of the revisions, by ARN. One that the tagging API does
// not know, or not yet, is missing.
func (k *Kind) tagsOf(ctx context.Context, kept map[string]Observed) (map[string]map[string]string, error) {
	arns := make([]string, 0, len(kept))
	for _, o := range kept {
		arns = append(arns, o.arn)
	}
	slices.Sort(arns)
	tags := make(map[string]map[string]string, len(arns))
	for some := range slices.Chunk(arns, pageSize) {
		out, err := k.tagging.GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{ResourceARNList: some})
		if err != nil {
			return nil, fmt.Errorf("read the tags of task definitions: %w", awsapi.Classify(err))
		}
		for _, mapping := range out.ResourceTagMappingList {
			of := map[string]string{}
			for _, t := range mapping.Tags {
				of[aws.ToString(t.Key)] = aws.ToString(t.Value)
			}
			tags[aws.ToString(mapping.ResourceARN)] = of
		}
	}
	return tags, nil
}
