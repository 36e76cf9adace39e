package parameter

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// pageSize is the most parameters that DescribeParameters returns at once, and
// the most names that it takes (AWS: DescribeParameters, ParameterStringFilter).
const pageSize = 50

// describe lists the parameters of those names.
func (v *view) describe(ctx context.Context) error {
	chunks := slices.Collect(slices.Chunk(v.names, pageSize))
	return all(ctx, v.opts.Parallelism, chunks, func(ctx context.Context, names []string) error {
		found, err := v.list(ctx, v.of, types.ParameterStringFilter{Key: aws.String("Name"), Option: aws.String("Equals"), Values: names})
		if err != nil {
			return err
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		for _, name := range names {
			if o, ok := found[name]; ok {
				v.seen[name] = o
			}
		}
		return nil
	})
}

// list finds parameters by a filter, by name. Lists may be late.
func (k *Kind) list(ctx context.Context, of *spec.Deployment, filter types.ParameterStringFilter) (map[string]Observed, error) {
	found := map[string]Observed{}
	pages := ssm.NewDescribeParametersPaginator(k.api, &ssm.DescribeParametersInput{
		MaxResults: aws.Int32(pageSize), ParameterFilters: []types.ParameterStringFilter{filter}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot list parameters: %w", awsapi.Classify(err))
		}
		for _, entry := range page.Parameters {
			name := aws.ToString(entry.Name)
			found[name] = fromList(entry, of.ParameterARN(name))
		}
	}
	return found, nil
}

// Owned lists the parameters that carry the deployment's owner tag.
func (k *Kind) Owned(ctx context.Context, d *spec.Deployment) ([]resource.Key, error) {
	found, err := k.list(ctx, d, types.ParameterStringFilter{Key: aws.String("tag:" + spec.TagOwner), Option: aws.String("Equals"), Values: []string{d.Owner()}})
	if err != nil {
		return nil, err
	}
	v := &view{Kind: k, of: d, names: sortedKeys(found), seen: maps.Clone(found)}
	if err := v.readTags(ctx); err != nil {
		return nil, err
	}
	var owned []resource.Key
	for _, name := range v.names {
		if v.seen[name].Tags[spec.TagOwner] == d.Owner() && (declares(d, name) || !d.RefersToParameter(name)) {
			owned = append(owned, KeyOf(name))
		}
	}
	return owned, nil
}

func declares(d *spec.Deployment, name string) bool {
	return slices.ContainsFunc(d.Parameters, func(p spec.ManagedParameter) bool {
		return strings.TrimPrefix(p.Name, "/") == strings.TrimPrefix(name, "/")
	})
}
