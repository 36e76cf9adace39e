package ecs

import (
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxClientToken is the most characters of a client token.
const maxClientToken = 36

// checkCreateService checks a request and finds the revision that it is to run.
func (b *Backend) checkCreateService(in *ecs.CreateServiceInput) (*Revision, error) {
	err := firstError(
		func() error { return checkServiceRequest(in) },
		func() error { return checkUnserved(in.GatewayConnectors, in.Monitoring, in.DeploymentConfiguration) },
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
		func() error { return checkServiceRole(in, rev) },
		func() error { return b.mayPass(in.Role) },
	)
}

// checkServiceRole checks a role that is not the service-linked one, which only
// services behind a load balancer may have.
func checkServiceRole(in *ecs.CreateServiceInput, rev *Revision) error {
	switch {
	case value(in.Role) == "":
		return nil
	case len(in.LoadBalancers) == 0:
		return invalidParameter("IAM roles are only valid for services configured to use load balancers.")
	case rev.Definition.NetworkMode == types.NetworkModeAwsvpc, len(in.LoadBalancers) > 1, len(in.ServiceRegistries) > 0:
		return invalidParameter("You cannot specify an IAM role for services that require a service linked role.")
	case !isRole(*in.Role):
		return invalidParameter("Role is not valid")
	}
	return nil
}

func checkServiceRequest(in *ecs.CreateServiceInput) error {
	name := value(in.ServiceName)
	daemon := in.SchedulingStrategy == types.SchedulingStrategyDaemon
	switch {
	case name == "" || len(name) > maxNameLength || !madeOf(name, wordCharacters):
		return invalidParameter("ServiceName must match %s, but was %s", namePattern, name)
	case len(value(in.ClientToken)) > maxClientToken:
		return invalidParameter("Client token can have at most %d characters.", maxClientToken)
	case strings.ContainsFunc(value(in.ClientToken), func(r rune) bool { return r < '!' || r > '~' }):
		return invalidParameter("Client token can have only ASCII characters in the range of 33-126.")
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
	if err := checkWeights(strategy); err != nil {
		return err
	}
	for _, item := range strategy {
		if !slices.Contains(cluster.Cluster.CapacityProviders, value(item.CapacityProvider)) {
			return invalidParameter("The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.")
		}
	}
	return nil
}

// checkWeights checks a strategy by itself.
func checkWeights(strategy []types.CapacityProviderStrategyItem) error {
	bases, weights := 0, int32(0)
	seen := map[string]bool{}
	for _, item := range strategy {
		if seen[value(item.CapacityProvider)] {
			return invalidParameter("The capacity provider '%s' is in the strategy more than once.", value(item.CapacityProvider))
		}
		seen[value(item.CapacityProvider)] = true
		if item.Base > 0 {
			bases++
		}
		weights = max(weights, item.Weight)
	}
	switch {
	case len(strategy) > maxProviders:
		return invalidParameter("A capacity provider strategy can contain at most %d capacity providers.", maxProviders)
	case bases > 1:
		return invalidParameter("There are multiple capacity providers in the specified capacity provider strategy with a base value defined. Specify a base value for only one capacity provider and try again.")
	case len(strategy) > 0 && weights == 0:
		return invalidParameter("There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.")
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
		return nil, clientError("TaskDefinition not found.")
	case rev.Definition.Status != types.TaskDefinitionStatusActive:
		return nil, clientError("TaskDefinition is inactive")
	}
	return rev, nil
}

// launchTypeOf is where a service runs.
func launchTypeOf(s *types.Service) types.LaunchType {
	if runsOnFargate(s) {
		return types.LaunchTypeFargate
	}
	return s.LaunchType
}

// checkLaunchType checks that the definition can run there.
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
	case given && len(n.AwsvpcConfiguration.Subnets) > maxSubnets:
		return invalidParameter("subnets can have at most %d items.", maxSubnets)
	case given && len(n.AwsvpcConfiguration.SecurityGroups) > maxSecurityGroups:
		return invalidParameter("securityGroups can have at most %d items.", maxSecurityGroups)
	}
	return nil
}

func checkLoadBalancers(rev *Revision, s *types.Service) error {
	if len(s.LoadBalancers) > maxLoadBalancers {
		return invalidParameter("loadBalancers can have at most %d items.", maxLoadBalancers)
	}
	containers := byName(rev.Definition.ContainerDefinitions)
	for _, lb := range s.LoadBalancers {
		if err := checkBalancer(s, lb); err != nil {
			return err
		}
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

// checkBalancer checks that a load balancer is one: a target group, or a
// classic one by its name.
func checkBalancer(s *types.Service, lb types.LoadBalancer) error {
	group, classic := value(lb.TargetGroupArn), value(lb.LoadBalancerName)
	switch {
	case (group == "") == (classic == ""):
		return invalidParameter("A load balancer is specified either by a targetGroupArn or by a loadBalancerName.")
	case group != "" && !strings.HasPrefix(group, "arn:"):
		return invalidParameter("Invalid target group ARN '%s'.", group)
	case classic != "" && runsOnFargate(s):
		return invalidParameter("Classic Load Balancers are not supported with Fargate.")
	}
	return nil
}

func awsPlatformUnknown() error {
	return awserr.New("PlatformUnknownException", "The specified platform does not exist.")
}
