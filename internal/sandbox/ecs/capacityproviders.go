package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// fargateProviders are the capacity providers that every account has; the
// sandbox makes no others.
func fargateProviders() []string { return []string{"FARGATE", "FARGATE_SPOT"} }

// DescribeCapacityProviders describes AWS's own capacity providers, or those of
// them that a cluster is associated with.
func (b *Backend) DescribeCapacityProviders(in *ecs.DescribeCapacityProvidersInput) (*ecs.DescribeCapacityProvidersOutput, error) {
	there, err := b.providersOf(in.Cluster)
	if err != nil {
		return nil, err
	}
	out := &ecs.DescribeCapacityProvidersOutput{CapacityProviders: []types.CapacityProvider{}, Failures: []types.Failure{}}
	asked := there
	if len(in.CapacityProviders) > 0 {
		asked = nil
	}
	for _, name := range in.CapacityProviders {
		arn := b.providerARN(name)
		if i := slices.IndexFunc(there, func(p string) bool { return b.providerARN(p) == arn }); i >= 0 {
			asked = append(asked, there[i])
			continue
		}
		out.Failures = append(out.Failures, types.Failure{Arn: new(arn), Reason: new(reasonMissing)})
	}
	slices.Sort(asked)
	shown, next, err := page(slices.Compact(asked), strings.Compare, in.MaxResults, maxPage, in.NextToken)
	if err != nil {
		return nil, err
	}
	for _, name := range shown {
		out.CapacityProviders = append(out.CapacityProviders, types.CapacityProvider{
			Name: new(name), CapacityProviderArn: new(b.providerARN(name)), Status: types.CapacityProviderStatusActive, Tags: []types.Tag{},
		})
	}
	out.NextToken = next
	return out, nil
}

// providersOf are AWS's own capacity providers: all, or a cluster's.
func (b *Backend) providersOf(cluster *string) ([]string, error) {
	if cluster == nil {
		return fargateProviders(), nil
	}
	c, err := b.activeCluster(cluster)
	if err != nil {
		return nil, err
	}
	return slices.Clone(c.Cluster.CapacityProviders), nil
}

// providerARN is the ARN of a capacity provider that is named in either way.
func (b *Backend) providerARN(name string) string {
	if arn := arnOnly(name); arn != "" {
		return arn
	}
	return b.env.ARN("ecs", "capacity-provider/"+name)
}
