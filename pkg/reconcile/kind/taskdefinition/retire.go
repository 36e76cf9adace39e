package taskdefinition

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Delete deregisters every ACTIVE revision of the family that carries the
// owner's tag, oldest first. Tasks and services go on running theirs, and the
// revisions can still be read. They are never deleted.
func (k *Kind) Delete(ctx context.Context, key resource.Key, o Observed) error {
	k.memory.forget(key.Name)
	defer k.memory.forget(key.Name)
	if o.owner == "" {
		return resource.Conflictf("", "deregister task definition %s: no revision carries our owner tag", key.Name)
	}
	active, err := k.active(ctx, key.Name)
	if err != nil {
		return err
	}
	owned, err := k.ownedBy(ctx, o, active)
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(owned) {
		_, err := k.ecs.DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String(r.arn)})
		if err != nil {
			return fmt.Errorf("deregister task definition %s:%d: %w", r.family, r.number, awsapi.Classify(err))
		}
	}
	return nil
}

// ownedBy keeps the revisions with the owner's tag, in order.
func (k *Kind) ownedBy(ctx context.Context, o Observed, revisions []revision) ([]revision, error) {
	owned := make([]bool, len(revisions))
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(k.options.Parallelism)
	for i, r := range revisions {
		if r.number == o.revision {
			owned[i] = o.tags[spec.TagOwner] == o.owner
			continue
		}
		all.Go(func() error {
			found, _, err := k.describe(ctx, r.arn)
			owned[i] = found != nil && found.owner == o.owner
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}
	var out []revision
	for i, r := range revisions {
		if owned[i] {
			out = append(out, r)
		}
	}
	return out, nil
}

// Owned lists the families with an ACTIVE revision that carries the
// deployment's owner tag. The tagging API remembers deregistered revisions, so
// a family that the deployment does not declare is looked at once more.
func (k *Kind) Owned(ctx context.Context, d *spec.Deployment) ([]resource.Key, error) {
	tagged, err := k.tagged(ctx, d.Owner())
	if err != nil {
		return nil, err
	}
	declared := map[string]bool{}
	for _, t := range d.Tasks {
		declared[text(t.TaskDefinition["family"])] = true
	}
	var keys []resource.Key
	for _, family := range slices.Sorted(maps.Keys(tagged)) {
		alive := declared[family]
		if !alive {
			if alive, err = k.anyActive(ctx, family, tagged[family]); err != nil {
				return nil, err
			}
		}
		if alive {
			keys = append(keys, resource.Key{Type: Type, Name: family})
		}
	}
	return keys, nil
}

func (k *Kind) anyActive(ctx context.Context, family string, arns []string) (bool, error) {
	active, err := k.active(ctx, family)
	return slices.ContainsFunc(active, func(r revision) bool { return slices.Contains(arns, r.arn) }), err
}

// tagged are the ARNs of the owner's revisions, by family.
func (k *Kind) tagged(ctx context.Context, owner string) (map[string][]string, error) {
	const hint = "pruning needs tag:GetResources of the Resource Groups Tagging API"
	found := map[string][]string{}
	pages := resourcegroupstaggingapi.NewGetResourcesPaginator(k.tagging, &resourcegroupstaggingapi.GetResourcesInput{
		ResourceTypeFilters: []string{"ecs:task-definition"},
		TagFilters:          []types.TagFilter{{Key: aws.String(spec.TagOwner), Values: []string{owner}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the task definitions of %s (%s): %w", owner, hint, awsapi.Classify(err))
		}
		for _, mapping := range page.ResourceTagMappingList {
			r, err := parseRevision(aws.ToString(mapping.ResourceARN))
			if err != nil {
				return nil, fmt.Errorf("list the task definitions of %s: %w", owner, err)
			}
			found[r.family] = append(found[r.family], r.arn)
		}
	}
	return found, nil
}
