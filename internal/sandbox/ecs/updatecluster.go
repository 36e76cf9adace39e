package ecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// UpdateCluster changes what the request names of a cluster.
func (b *Backend) UpdateCluster(in *ecs.UpdateClusterInput) (*ecs.UpdateClusterOutput, error) {
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	request := clone(*in)
	err = firstError(
		func() error { return checkExecuteLogging(request.Configuration) },
		func() error { return checkClusterSettings(request.Settings) },
	)
	if err != nil {
		return nil, err
	}
	if request.Configuration != nil {
		cluster.Cluster.Configuration = request.Configuration
	}
	if len(request.Settings) > 0 {
		cluster.Cluster.Settings = request.Settings
	}
	if d := request.ServiceConnectDefaults; d != nil {
		cluster.Cluster.ServiceConnectDefaults = connectDefaults(d)
	}
	return &ecs.UpdateClusterOutput{Cluster: new(cluster.shown(allClusterFields()))}, nil
}

// connectDefaults are a request's defaults; an empty name takes them away.
func connectDefaults(d *types.ClusterServiceConnectDefaultsRequest) *types.ClusterServiceConnectDefaults {
	if value(d.Namespace) == "" {
		return nil
	}
	return &types.ClusterServiceConnectDefaults{Namespace: d.Namespace}
}

// UpdateClusterSettings changes a cluster's settings.
func (b *Backend) UpdateClusterSettings(in *ecs.UpdateClusterSettingsInput) (*ecs.UpdateClusterSettingsOutput, error) {
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if err := checkClusterSettings(in.Settings); err != nil {
		return nil, err
	}
	cluster.Cluster.Settings = clone(in.Settings)
	return &ecs.UpdateClusterSettingsOutput{Cluster: new(cluster.shown(allClusterFields()))}, nil
}

// PutClusterCapacityProviders replaces a cluster's capacity providers and its
// default strategy. A provider that a service's strategy names must stay.
func (b *Backend) PutClusterCapacityProviders(in *ecs.PutClusterCapacityProvidersInput) (*ecs.PutClusterCapacityProvidersOutput, error) {
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	request := clone(*in)
	err = firstError(
		func() error {
			return checkClusterProviders(request.CapacityProviders, request.DefaultCapacityProviderStrategy)
		},
		func() error { return cluster.checkUnused(request.CapacityProviders) },
	)
	if err != nil {
		return nil, err
	}
	cluster.Cluster.CapacityProviders = emptyNotNil(request.CapacityProviders)
	cluster.Cluster.DefaultCapacityProviderStrategy = emptyNotNil(request.DefaultCapacityProviderStrategy)
	return &ecs.PutClusterCapacityProvidersOutput{Cluster: new(cluster.shown(allClusterFields()))}, nil
}

// checkUnused refuses to drop a provider in use.
func (c *Cluster) checkUnused(kept []string) error {
	for _, s := range c.Services {
		for _, item := range s.Service.CapacityProviderStrategy {
			if *s.Service.Status == statusActive && !slices.Contains(kept, value(item.CapacityProvider)) {
				return resourceInUse("The specified capacity provider is in use and cannot be removed.")
			}
		}
	}
	return nil
}

func allClusterFields() []types.ClusterField { return types.ClusterField("").Values() }
