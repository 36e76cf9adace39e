package ecs

import (
	"slices"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxClientToken is the most characters of a client token.
const maxClientToken = 36

// checkCreateService checks a request and finds the revision that it is to run.
func (b *Backend) checkCreateService(cluster *Cluster, in *ecs.CreateServiceInput) (*Revision, error) {
	err := firstError(
		func() error { return checkServiceRequest(in) },
		func() error { return checkUnserved(in.GatewayConnectors, in.Monitoring, in.DeploymentConfiguration) },
		func() error { return checkProviders(cluster, in.CapacityProviderStrategy) },
		func() error { return checkTags(in.Tags) },
	)
	if err != nil {
		return nil, err
	}
	rev, err := b.deployable(value(in.TaskDefinition))
	if err != nil {
		return nil, err
	}
	return rev, firstError(
		func() error { return checkLaunchType(rev, in.LaunchType) },
		func() error { return checkNetwork(rev, in.NetworkConfiguration) },
		func() error { return checkLoadBalancers(rev, in.LoadBalancers) },
		func() error { return b.mayPass(in.Role) },
	)
}

func checkServiceRequest(in *ecs.CreateServiceInput) error {
	name := value(in.ServiceName)
	daemon := in.SchedulingStrategy == types.SchedulingStrategyDaemon
	switch {
	case name == "" || len(name) > maxNameLength || !madeOf(name, wordCharacters):
		return invalidParameter("Service name must be up to %d letters, digits, hyphens and underscores.", maxNameLength)
	case len(value(in.ClientToken)) > maxClientToken:
		return invalidParameter("Client token can have at most %d characters.", maxClientToken)
	case daemon && in.DesiredCount != nil:
		return invalidParameter("The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.")
	case !daemon && value(in.DesiredCount) < 0, !daemon && in.DesiredCount == nil:
		return invalidParameter("Desired count must be given and must not be negative.")
	case in.LaunchType != "" && len(in.CapacityProviderStrategy) > 0:
		return invalidParameter("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.")
	case in.DeploymentController != nil && in.DeploymentController.Type != types.DeploymentControllerTypeEcs:
		return notServed("deployment controllers other than ECS")
	}
	return nil
}

// checkUnserved refuses what the sandbox would otherwise have to forget.
func checkUnserved(gateways []types.GatewayConnector, monitoring *types.MonitoringConfiguration, d *types.DeploymentConfiguration) error {
	switch {
	case len(gateways) > 0:
		return notServed("gateway connectors")
	case monitoring != nil:
		return notServed("monitoring configurations")
	case d != nil && slices.ContainsFunc(d.LifecycleHooks, func(h types.DeploymentLifecycleHook) bool { return h.HookDetails != nil }):
		return notServed("hook details of deployment lifecycle hooks")
	}
	return nil
}

func notServed(what string) error {
	return awserr.New("UnsupportedFeatureException", "The sandbox does not serve %s.", what)
}

// checkProviders checks that a strategy's capacity providers belong to the
// cluster.
func checkProviders(cluster *Cluster, strategy []types.CapacityProviderStrategyItem) error {
	for _, item := range strategy {
		if !slices.Contains(cluster.Cluster.CapacityProviders, value(item.CapacityProvider)) {
			return invalidParameter("The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.")
		}
	}
	return nil
}

// deployable finds the revision that a service is to run.
func (b *Backend) deployable(name string) (*Revision, error) {
	if name == "" {
		return nil, invalidParameter("TaskDefinition can not be blank.")
	}
	rev := b.find(name)
	switch {
	case rev == nil:
		return nil, clientError("Unable to describe task definition.")
	case rev.Definition.Status != types.TaskDefinitionStatusActive:
		return nil, clientError("TaskDefinition is inactive")
	}
	return rev, nil
}

func checkLaunchType(rev *Revision, launch types.LaunchType) error {
	if launch == "" || slices.Contains(rev.Definition.Compatibilities, types.Compatibility(launch)) {
		return nil
	}
	return invalidParameter("Task definition does not support launch_type %s.", launch)
}

// checkNetwork checks that awsvpc, and awsvpc alone, has its network described.
func checkNetwork(rev *Revision, n *types.NetworkConfiguration) error {
	own := rev.Definition.NetworkMode == types.NetworkModeAwsvpc
	given := n != nil && n.AwsvpcConfiguration != nil
	switch {
	case own && !given:
		return invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	case !own && given:
		return invalidParameter("Network Configuration is not valid for the given networkMode of this task definition.")
	case given && len(n.AwsvpcConfiguration.Subnets) == 0:
		return invalidParameter("subnets can not be empty.")
	}
	return nil
}

func checkLoadBalancers(rev *Revision, balancers []types.LoadBalancer) error {
	containers := byName(rev.Definition.ContainerDefinitions)
	for _, lb := range balancers {
		c := containers[value(lb.ContainerName)]
		if c == nil {
			return invalidParameter("The container %s does not exist in the task definition.", value(lb.ContainerName))
		}
		listens := slices.ContainsFunc(c.PortMappings, func(p types.PortMapping) bool { return value(p.ContainerPort) == value(lb.ContainerPort) })
		if !listens {
			return invalidParameter("The container %s did not have a container port %d defined.", value(lb.ContainerName), value(lb.ContainerPort))
		}
	}
	return nil
}
