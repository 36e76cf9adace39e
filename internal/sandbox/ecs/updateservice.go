package ecs

import (
	"cmp"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// UpdateService changes the members that the request names and keeps the rest.
// A new deployment starts where ECS's reference says so, or where it is forced.
func (b *Backend) UpdateService(in *ecs.UpdateServiceInput) (*ecs.UpdateServiceOutput, error) {
	request := clone(*in)
	cluster, current, err := b.activeService(request.Cluster, value(request.Service))
	if err != nil {
		return nil, err
	}
	changed := &Service{Service: clone(current.Service), ClientToken: current.ClientToken, Rollouts: clone(current.Rollouts)}
	patch(&changed.Service, &request)
	rev, err := b.checkUpdate(&changed.Service, &request)
	if err != nil {
		return nil, err
	}
	was := current.connections()
	links := was.with(&request)
	if err := checkService("updated", cluster, &changed.Service, links, rev); err != nil {
		return nil, err
	}
	if request.ForceNewDeployment || !reflect.DeepEqual(was, links) || redeploys(&current.Service, &changed.Service, rev) {
		b.deploy(cluster, changed, rev, links)
	} else {
		b.scale(changed)
	}
	*current = *changed
	return &ecs.UpdateServiceOutput{Service: new(current.shown(nil))}, nil
}

func (b *Backend) checkUpdate(changed *types.Service, in *ecs.UpdateServiceInput) (*Revision, error) {
	if in.DeploymentController != nil && in.DeploymentController.Type != types.DeploymentControllerTypeEcs {
		return nil, notServed("deployment controllers other than ECS")
	}
	err := firstError(
		func() error { return checkDesired(changed, in.DesiredCount) },
		func() error { return checkUnserved(in.GatewayConnectors, in.Monitoring, in.DeploymentConfiguration) },
	)
	if err != nil {
		return nil, err
	}
	return b.revisionFor(changed, in.TaskDefinition)
}

func checkDesired(s *types.Service, count *int32) error {
	switch {
	case value(count) < 0:
		return invalidParameter("Desired count must not be negative.")
	case count != nil && s.SchedulingStrategy == types.SchedulingStrategyDaemon:
		return invalidParameter("The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.")
	}
	return nil
}

// revisionFor is the revision that a request names, which must be ACTIVE, or
// else the one that the service runs, which need not be.
func (b *Backend) revisionFor(s *types.Service, named *string) (*Revision, error) {
	if named != nil {
		return b.deployable(*named)
	}
	if rev := b.find(*s.TaskDefinition); rev != nil {
		return rev, nil
	}
	return nil, clientError("TaskDefinition not found.")
}

// patch copies what a request names into a service.
func patch(s *types.Service, in *ecs.UpdateServiceInput) {
	s.AvailabilityZoneRebalancing = cmp.Or(in.AvailabilityZoneRebalancing, s.AvailabilityZoneRebalancing)
	s.PropagateTags = cmp.Or(in.PropagateTags, s.PropagateTags)
	set(&s.DesiredCount, in.DesiredCount)
	set(&s.EnableECSManagedTags, in.EnableECSManagedTags)
	set(&s.EnableExecuteCommand, in.EnableExecuteCommand)
	s.PlatformVersion = cmp.Or(in.PlatformVersion, s.PlatformVersion)
	s.NetworkConfiguration = cmp.Or(in.NetworkConfiguration, s.NetworkConfiguration)
	s.HealthCheckGracePeriodSeconds = cmp.Or(in.HealthCheckGracePeriodSeconds, s.HealthCheckGracePeriodSeconds)
	setList(&s.LoadBalancers, in.LoadBalancers)
	setList(&s.ServiceRegistries, in.ServiceRegistries)
	setList(&s.PlacementConstraints, in.PlacementConstraints)
	setList(&s.PlacementStrategy, in.PlacementStrategy)
	if in.CapacityProviderStrategy != nil {
		s.CapacityProviderStrategy, s.LaunchType = in.CapacityProviderStrategy, ""
	}
	if in.DeploymentConfiguration != nil {
		s.DeploymentConfiguration = in.DeploymentConfiguration
		fillDeployment(s.DeploymentConfiguration, s.SchedulingStrategy)
	}
}

// set writes a value that may be absent.
func set[T any](to *T, v *T) {
	if v != nil {
		*to = *v
	}
}

// setList writes a list that may be absent; an empty one empties.
func setList[T any](to *[]T, list []T) {
	if list != nil {
		*to = list
	}
}

// with is the connections as a request changes them.
func (c connections) with(in *ecs.UpdateServiceInput) connections {
	c.serviceConnect = cmp.Or(in.ServiceConnectConfiguration, c.serviceConnect)
	setList(&c.volumes, in.VolumeConfigurations)
	setList(&c.lattice, in.VpcLatticeConfigurations)
	return c
}

// redeploys says whether the difference between two states of a service starts
// a deployment: UpdateService's reference lists the members that do.
func redeploys(was, is *types.Service, rev *Revision) bool {
	return *was.TaskDefinition != *rev.Definition.TaskDefinitionArn ||
		!reflect.DeepEqual(was.NetworkConfiguration, is.NetworkConfiguration) ||
		!reflect.DeepEqual(was.PlatformVersion, is.PlatformVersion) ||
		!reflect.DeepEqual(was.LoadBalancers, is.LoadBalancers) ||
		!reflect.DeepEqual(was.ServiceRegistries, is.ServiceRegistries)
}
