package ecs

import (
	"cmp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// newService is what a request makes, before its first deployment.
func (b *Backend) newService(cluster *Cluster, in *ecs.CreateServiceInput) types.Service {
	name := *in.ServiceName
	service := types.Service{
		ServiceName: new(name), ServiceArn: new(b.env.ARN("ecs", "service/"+*cluster.Cluster.ClusterName+"/"+name)),
		ClusterArn: cluster.Cluster.ClusterArn, Status: new(statusActive),
		CreatedAt: new(b.env.Now().UTC()), CreatedBy: new(b.env.CallerARN),
		DesiredCount:            value(in.DesiredCount),
		LaunchType:              in.LaunchType,
		PlatformVersion:         in.PlatformVersion,
		SchedulingStrategy:      cmp.Or(in.SchedulingStrategy, types.SchedulingStrategyReplica),
		DeploymentConfiguration: in.DeploymentConfiguration,
		DeploymentController:    &types.DeploymentController{Type: types.DeploymentControllerTypeEcs},
		NetworkConfiguration:    in.NetworkConfiguration,
		LoadBalancers:           emptyNotNil(in.LoadBalancers), ServiceRegistries: emptyNotNil(in.ServiceRegistries),
		PlacementConstraints: emptyNotNil(in.PlacementConstraints), PlacementStrategy: emptyNotNil(in.PlacementStrategy),
		CapacityProviderStrategy:      in.CapacityProviderStrategy,
		EnableECSManagedTags:          in.EnableECSManagedTags,
		EnableExecuteCommand:          in.EnableExecuteCommand,
		HealthCheckGracePeriodSeconds: new(value(in.HealthCheckGracePeriodSeconds)),
		PropagateTags:                 cmp.Or(in.PropagateTags, types.PropagateTagsNone),
		AvailabilityZoneRebalancing:   cmp.Or(in.AvailabilityZoneRebalancing, defaultRebalancing(in.SchedulingStrategy)),
		ResourceManagementType:        types.ResourceManagementTypeCustomer,
		RoleArn:                       new(b.serviceRole(in.Role)),
		Events:                        []types.ServiceEvent{},
	}
	if len(in.Tags) > 0 {
		service.Tags = in.Tags
	}
	fillService(cluster, &service)
	return service
}

// defaultRebalancing is what CreateService's reference gives, except for what
// cannot be rebalanced.
func defaultRebalancing(strategy types.SchedulingStrategy) types.AvailabilityZoneRebalancing {
	if strategy == types.SchedulingStrategyDaemon {
		return types.AvailabilityZoneRebalancingDisabled
	}
	return types.AvailabilityZoneRebalancingEnabled
}

// serviceRole is the role that ECS acts with: the service-linked one unless
// named.
func (b *Backend) serviceRole(role *string) string {
	switch name := value(role); {
	case strings.HasPrefix(name, "arn:"):
		return name
	case name != "":
		return b.env.GlobalARN("iam", "role/"+name)
	}
	return b.env.GlobalARN("iam", "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")
}

// fillService writes the defaults that DescribeServices shows.
func fillService(cluster *Cluster, s *types.Service) {
	if s.LaunchType == "" && len(s.CapacityProviderStrategy) == 0 {
		s.CapacityProviderStrategy = cluster.Cluster.DefaultCapacityProviderStrategy
	}
	if s.LaunchType == "" && len(s.CapacityProviderStrategy) == 0 {
		s.LaunchType = types.LaunchTypeEc2
	}
	if s.LaunchType == types.LaunchTypeFargate && s.PlatformVersion == nil {
		s.PlatformVersion = new("LATEST")
	}
	if s.DeploymentConfiguration == nil {
		s.DeploymentConfiguration = &types.DeploymentConfiguration{}
	}
	fillDeployment(s.DeploymentConfiguration, s.SchedulingStrategy)
}

func fillDeployment(d *types.DeploymentConfiguration, strategy types.SchedulingStrategy) {
	if d.MaximumPercent == nil {
		d.MaximumPercent = new(int32(200))
		if strategy == types.SchedulingStrategyDaemon {
			*d.MaximumPercent = 100
		}
	}
	if d.MinimumHealthyPercent == nil {
		d.MinimumHealthyPercent = new(int32(100))
		if strategy == types.SchedulingStrategyDaemon {
			*d.MinimumHealthyPercent = 0
		}
	}
	if d.DeploymentCircuitBreaker == nil {
		d.DeploymentCircuitBreaker = &types.DeploymentCircuitBreaker{}
	}
	if d.BakeTimeInMinutes == nil {
		d.BakeTimeInMinutes = new(int32(0))
	}
	d.Strategy = cmp.Or(d.Strategy, types.DeploymentStrategyRolling)
}
