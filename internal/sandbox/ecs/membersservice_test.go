package ecs

import (
	"ecs-reconciler/internal/sandbox/membertest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const registry = "arn:aws:servicediscovery:us-west-2:012345678901:service/srv-1"

// fullService sets all that a service on Fargate can have.
func fullService() *ecs.CreateServiceInput {
	return &ecs.CreateServiceInput{
		Cluster: new("main"), ServiceName: new("new"), TaskDefinition: new("serviceable:1"), ClientToken: new("t"),
		DesiredCount: new(int32(1)), LaunchType: types.LaunchTypeFargate, PlatformVersion: new("LATEST"),
		AvailabilityZoneRebalancing: types.AvailabilityZoneRebalancingDisabled, PropagateTags: types.PropagateTagsService,
		SchedulingStrategy: types.SchedulingStrategyReplica, Tags: tags("a", "1"),
		HealthCheckGracePeriodSeconds: new(int32(1)), NetworkConfiguration: connected(), ServiceRegistries: registries(),
		DeploymentController:    &types.DeploymentController{Type: types.DeploymentControllerTypeEcs},
		DeploymentConfiguration: deployment(types.DeploymentStrategyLinear), LoadBalancers: advanced(),
		ServiceConnectConfiguration: mesh(), VolumeConfigurations: launched(), VpcLatticeConfigurations: lattice(),
	}
}

// placedService sets what only a service on EC2 can have.
func placedService() *ecs.CreateServiceInput {
	in := serviceRequest()
	in.ServiceName, in.TaskDefinition = new("new"), new("placed:1")
	in.PlacementConstraints = []types.PlacementConstraint{{Type: types.PlacementConstraintTypeMemberOf, Expression: new("true")}}
	in.PlacementStrategy = []types.PlacementStrategy{{Type: types.PlacementStrategyTypeSpread, Field: new("host")}}
	in.DeploymentConfiguration = deployment(types.DeploymentStrategyCanary)
	in.LoadBalancers = classic()
	in.Role = new("ecsServiceRole")
	return in
}

// providedService sets what only a service with capacity providers can have.
func providedService() *ecs.CreateServiceInput {
	in := fullService()
	in.LaunchType, in.CapacityProviderStrategy = "", strategy()
	return in
}

func connected() *types.NetworkConfiguration {
	out := network("subnet-1")
	out.AwsvpcConfiguration.SecurityGroups, out.AwsvpcConfiguration.AssignPublicIp = []string{"sg-1"}, types.AssignPublicIpEnabled
	return out
}

func registries() []types.ServiceRegistry {
	out := []types.ServiceRegistry{{RegistryArn: new(registry)}}
	membertest.Fill(&out)
	return out
}

func advanced() []types.LoadBalancer {
	out := balancer(80)
	membertest.Fill(&out[0].AdvancedConfiguration)
	return out
}

func classic() []types.LoadBalancer {
	return []types.LoadBalancer{{LoadBalancerName: new("classic"), ContainerName: new("app"), ContainerPort: new(int32(80))}}
}

func mesh() *types.ServiceConnectConfiguration {
	out := &types.ServiceConnectConfiguration{Enabled: true, Services: []types.ServiceConnectService{{PortName: new("http")}}}
	membertest.Fill(&out)
	out.LogConfiguration.Options = map[string]string{}
	return out
}

func launched() []types.ServiceVolumeConfiguration {
	out := []types.ServiceVolumeConfiguration{{Name: new("v"), ManagedEBSVolume: &types.ServiceManagedEBSVolumeConfiguration{
		RoleArn: new("arn:aws:iam::012345678901:role/ebs"), VolumeType: new("gp3")}}}
	membertest.Fill(&out)
	return out
}

func lattice() []types.VpcLatticeConfiguration {
	var out []types.VpcLatticeConfiguration
	membertest.Fill(&out)
	return out
}

// deployment sets all but what belongs to another strategy, and the hooks'
// details, which are refused.
func deployment(strategy types.DeploymentStrategy) *types.DeploymentConfiguration {
	out := &types.DeploymentConfiguration{Strategy: strategy, MinimumHealthyPercent: new(int32(50)), MaximumPercent: new(int32(200)),
		LinearConfiguration: &types.LinearConfiguration{StepPercent: new(10.0)}, CanaryConfiguration: &types.CanaryConfiguration{CanaryPercent: new(10.0)}}
	membertest.Fill(out)
	if strategy != types.DeploymentStrategyLinear {
		out.LinearConfiguration = nil
	}
	if strategy != types.DeploymentStrategyCanary {
		out.CanaryConfiguration = nil
	}
	return out
}

func unserved() map[string]string {
	return map[string]string{"GatewayConnectors": "not served", "Monitoring": "not served"}
}

func createOperation() membertest.Operation {
	executed := serviceRequest()
	executed.ServiceName, executed.TaskDefinition = new("new"), new("roled")
	return membertest.Operation{Inputs: []any{fullService(), placedService(), providedService(), executed}, Refused: unserved()}
}

// updateOperation updates the full service, and one on EC2.
func updateOperation() membertest.Operation {
	full := &ecs.UpdateServiceInput{
		Cluster: new("main"), Service: new("full"), TaskDefinition: new("serviceable:1"), DesiredCount: new(int32(2)),
		PlatformVersion: new("1.4.0"), AvailabilityZoneRebalancing: types.AvailabilityZoneRebalancingEnabled, PropagateTags: types.PropagateTagsNone,
		HealthCheckGracePeriodSeconds: new(int32(2)), NetworkConfiguration: connected(), ServiceRegistries: registries(),
		DeploymentController: &types.DeploymentController{Type: types.DeploymentControllerTypeEcs}, LoadBalancers: advanced(),
		DeploymentConfiguration:     deployment(types.DeploymentStrategyLinear),
		ServiceConnectConfiguration: mesh(), VolumeConfigurations: launched(), VpcLatticeConfigurations: lattice(),
		EnableECSManagedTags: new(true), EnableExecuteCommand: new(true),
	}
	provided := &ecs.UpdateServiceInput{Cluster: new("main"), Service: new("full"), CapacityProviderStrategy: strategy()}
	placed := &ecs.UpdateServiceInput{
		Cluster: new("main"), Service: new("web"), DeploymentConfiguration: deployment(types.DeploymentStrategyCanary),
		PlacementConstraints: placedService().PlacementConstraints, PlacementStrategy: placedService().PlacementStrategy,
	}
	balanced := &ecs.UpdateServiceInput{Cluster: new("main"), Service: new("placed"), LoadBalancers: classic()}
	return membertest.Operation{Inputs: []any{full, provided, placed, balanced}, Refused: unserved()}
}
