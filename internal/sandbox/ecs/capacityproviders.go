package ecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// fargateProviders are the capacity providers that every account has; the
// sandbox makes no others.
func fargateProviders() []string { return []string{"FARGATE", "FARGATE_SPOT"} }

// DescribeCapacityProviders describes AWS's own capacity providers.
func (b *Backend) DescribeCapacityProviders(in *ecs.DescribeCapacityProvidersInput) (*ecs.DescribeCapacityProvidersOutput, error) {
	if _, _, err := page(nil, nil, in.MaxResults, maxPage, nil); err != nil {
		return nil, err
	}
	out := &ecs.DescribeCapacityProvidersOutput{CapacityProviders: []types.CapacityProvider{}, Failures: []types.Failure{}}
	wanted := in.CapacityProviders
	if len(wanted) == 0 {
		wanted = fargateProviders()
	}
	for _, name := range wanted {
		arn := b.env.ARN("ecs", "capacity-provider/"+name)
		if arnOnly(name) != "" {
			arn = name
		}
		i := slices.IndexFunc(fargateProviders(), func(p string) bool { return b.env.ARN("ecs", "capacity-provider/"+p) == arn })
		if i < 0 {
			out.Failures = append(out.Failures, types.Failure{Arn: new(arn), Reason: new(reasonMissing)})
			continue
		}
		out.CapacityProviders = append(out.CapacityProviders, types.CapacityProvider{
			Name: new(fargateProviders()[i]), CapacityProviderArn: new(arn), Status: types.CapacityProviderStatusActive, Tags: []types.Tag{},
		})
	}
	return out, nil
}
