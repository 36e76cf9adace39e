package ecs

import (
	"strings"
	"testing"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// wrongService is one change that makes a service wrong, and a part of AWS's
// message.
type wrongService struct {
	name    string
	change  func(*ecs.CreateServiceInput)
	message string
}

// onInstances are wrong services on EC2.
func onInstances() []wrongService {
	percents := func(least, most int32) func(*ecs.CreateServiceInput) {
		return func(in *ecs.CreateServiceInput) {
			in.DeploymentConfiguration = &types.DeploymentConfiguration{MinimumHealthyPercent: &least, MaximumPercent: &most}
		}
	}
	deploys := func(d types.DeploymentConfiguration) func(*ecs.CreateServiceInput) {
		return func(in *ecs.CreateServiceInput) { in.DeploymentConfiguration = &d }
	}
	strategies := func(s ...types.PlacementStrategy) func(*ecs.CreateServiceInput) {
		return func(in *ecs.CreateServiceInput) { in.PlacementStrategy = s }
	}
	daemon := func(in *ecs.CreateServiceInput) {
		in.SchedulingStrategy, in.DesiredCount = types.SchedulingStrategyDaemon, nil
	}
	spread := types.PlacementStrategy{Type: types.PlacementStrategyTypeSpread, Field: new("host")}
	return []wrongService{
		{"percents of 100", percents(100, 100), "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."},
		{"least above 100", percents(101, 200), "minimumHealthyPercent must be at most 100"},
		{"most below 100", percents(0, 99), "maximumPercent must be at least 100"},
		{"long bake", deploys(types.DeploymentConfiguration{BakeTimeInMinutes: new(int32(1441))}), "bakeTimeInMinutes must be between 0 and 1440."},
		{"alarms without names", deploys(types.DeploymentConfiguration{Alarms: &types.DeploymentAlarms{Enable: true}}), "alarmNames can not be empty."},
		{"canary of a rolling deployment", deploys(types.DeploymentConfiguration{CanaryConfiguration: &types.CanaryConfiguration{}}), "only valid with the deployment strategy CANARY"},
		{"steps of 2 %", deploys(types.DeploymentConfiguration{Strategy: types.DeploymentStrategyLinear,
			LinearConfiguration: &types.LinearConfiguration{StepPercent: new(2.0)}}), "stepPercent must be between 3.0 and 100.0."},
		{"unknown strategy", deploys(types.DeploymentConfiguration{Strategy: "ALL"}), "Invalid value 'ALL' for strategy."},
		{"platform on EC2", func(in *ecs.CreateServiceInput) { in.PlatformVersion = new("LATEST") }, "The platform version must be null when specifying an EC2 launch type."},
		{"random with a field", strategies(types.PlacementStrategy{Type: types.PlacementStrategyTypeRandom, Field: new("cpu")}), "random field should not be specified."},
		{"binpack of hosts", strategies(types.PlacementStrategy{Type: types.PlacementStrategyTypeBinpack, Field: new("host")}), "binpack field 'host' is invalid"},
		{"six strategies", strategies(spread, spread, spread, spread, spread, spread), "Maximum number of strategies is 5."},
		{"distinct with expression", func(in *ecs.CreateServiceInput) {
			in.PlacementConstraints = []types.PlacementConstraint{{Type: types.PlacementConstraintTypeDistinctInstance, Expression: new("true")}}
		}, "distinctInstance expression should not be specified."},
		{"two registries", func(in *ecs.CreateServiceInput) { in.ServiceRegistries = make([]types.ServiceRegistry, 2) }, "service registries can have at most 1 items."},
		{"exec without task role", func(in *ecs.CreateServiceInput) { in.EnableExecuteCommand = true },
			"The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again."},
		{"role without balancer", func(in *ecs.CreateServiceInput) { in.Role = new("ecsServiceRole") }, "IAM roles are only valid for services configured to use load balancers."},
		{"balancer of no kind", func(in *ecs.CreateServiceInput) { in.LoadBalancers = []types.LoadBalancer{{ContainerName: new("app")}} }, "either by a targetGroupArn or by a loadBalancerName"},
		{"connect without namespace", func(in *ecs.CreateServiceInput) {
			in.ServiceConnectConfiguration = &types.ServiceConnectConfiguration{Enabled: true}
		}, "Namespace is missing"},
		{"connect without alias", func(in *ecs.CreateServiceInput) {
			in.ServiceConnectConfiguration = &types.ServiceConnectConfiguration{Enabled: true, Namespace: new("n"), Services: []types.ServiceConnectService{{PortName: new("http")}}}
		}, "clientAliases must have 1 element."},
		{"connect to no port", func(in *ecs.CreateServiceInput) {
			in.ServiceConnectConfiguration = &types.ServiceConnectConfiguration{Enabled: true, Namespace: new("n"), Services: []types.ServiceConnectService{{
				PortName: new("http"), ClientAliases: []types.ServiceConnectClientAlias{{Port: new(int32(80))}}}}}
		}, "portName(http) does not refer to any named PortMapping"},
		{"volumes without one at launch", func(in *ecs.CreateServiceInput) {
			in.VolumeConfigurations = []types.ServiceVolumeConfiguration{{Name: new("v")}}
		}, "Volume configuration provided but no matching configuredAtLaunch volume found in task definition."},
		{"negative grace", func(in *ecs.CreateServiceInput) { in.HealthCheckGracePeriodSeconds = new(int32(-1)) }, "must not be negative"},
		{"token with a blank", func(in *ecs.CreateServiceInput) { in.ClientToken = new("a b") }, "Client token can have only ASCII characters"},
		{"daemon above 100 %", func(in *ecs.CreateServiceInput) {
			daemon(in)
			percents(0, 150)(in)
		}, "The daemon scheduling strategy does not support values above 100 for maximumPercent"},
		{"daemon with strategies", func(in *ecs.CreateServiceInput) {
			daemon(in)
			strategies(spread)(in)
		}, "The daemon scheduling strategy does not support placement strategies"},
		{"daemon with rebalancing", func(in *ecs.CreateServiceInput) {
			daemon(in)
			in.AvailabilityZoneRebalancing = types.AvailabilityZoneRebalancingEnabled
		}, "Availability Zone Rebalancing does not support DAEMON as scheduling strategy"},
	}
}

// withoutInstances are wrong services on Fargate.
func withoutInstances() []wrongService {
	strategy := func(items ...types.CapacityProviderStrategyItem) func(*ecs.CreateServiceInput) {
		return func(in *ecs.CreateServiceInput) { in.LaunchType, in.CapacityProviderStrategy = "", items }
	}
	item := func(name string, base, weight int32) types.CapacityProviderStrategyItem {
		return types.CapacityProviderStrategyItem{CapacityProvider: &name, Base: base, Weight: weight}
	}
	return []wrongService{
		{"constraints", func(in *ecs.CreateServiceInput) {
			in.PlacementConstraints = []types.PlacementConstraint{{Type: types.PlacementConstraintTypeDistinctInstance}}
		}, "Placement constraints are not supported with FARGATE launch type."},
		{"strategies", func(in *ecs.CreateServiceInput) {
			in.PlacementStrategy = []types.PlacementStrategy{{Type: types.PlacementStrategyTypeRandom}}
		}, "Placement strategies are not supported with FARGATE launch type."},
		{"unknown platform", func(in *ecs.CreateServiceInput) { in.PlatformVersion = new("2.0.0") }, "The specified platform does not exist."},
		{"classic balancer", func(in *ecs.CreateServiceInput) {
			in.LoadBalancers = []types.LoadBalancer{{LoadBalancerName: new("old"), ContainerName: new("app"), ContainerPort: new(int32(80))}}
		}, "Classic Load Balancers are not supported with Fargate"},
		{"role", func(in *ecs.CreateServiceInput) {
			in.Role, in.LoadBalancers = new("ecsServiceRole"), balancer(80)
		}, "You cannot specify an IAM role for services that require a service linked role."},
		{"17 subnets", func(in *ecs.CreateServiceInput) { in.NetworkConfiguration = network(make([]string, 17)...) }, "subnets can have at most 16 items."},
		{"6 security groups", func(in *ecs.CreateServiceInput) {
			in.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups = make([]string, 6)
		}, "securityGroups can have at most 5 items."},
		{"two bases", strategy(item("FARGATE", 1, 1), item("FARGATE_SPOT", 1, 1)), "There are multiple capacity providers in the specified capacity provider strategy with a base value defined"},
		{"no weight", strategy(item("FARGATE", 0, 0)), "There are no capacity providers in the capacity provider strategy with a weight value greater than zero"},
		{"a provider twice", strategy(item("FARGATE", 0, 1), item("FARGATE", 0, 1)), "more than once"},
	}
}

// TestWrongServices creates each wrong service, and sees that none was kept.
func TestWrongServices(t *testing.T) {
	for kind, set := range map[string]struct {
		definition *ecs.RegisterTaskDefinitionInput
		base       func(*ecs.CreateServiceInput)
		wrong      []wrongService
	}{
		"instances": {minimal("web"), func(*ecs.CreateServiceInput) {}, onInstances()},
		"fargate": {fargate("web"), func(in *ecs.CreateServiceInput) {
			in.LaunchType, in.NetworkConfiguration = types.LaunchTypeFargate, network("subnet-1")
		}, withoutInstances()},
	} {
		for _, c := range set.wrong {
			t.Run(kind+"/"+c.name, func(t *testing.T) {
				b := newBackend()
				register(t, b, set.definition)
				createCluster(t, b, "main")
				b.state.Clusters["main"].Cluster.CapacityProviders = []string{"FARGATE", "FARGATE_SPOT"}
				in := serviceRequest()
				set.base(in)
				c.change(in)
				_, err := b.CreateService(in)
				if err == nil || !strings.Contains(awserr.From(err).Message, c.message) {
					t.Errorf("got %v, want …%s…", err, c.message)
				}
				if n := len(b.state.Clusters["main"].Services); n != 0 {
					t.Errorf("a refused service was kept: %d services", n)
				}
			})
		}
	}
}

// TestVolumesAtLaunch gives a service the volume that its definition leaves open.
func TestVolumesAtLaunch(t *testing.T) {
	b := newBackend()
	definition := minimal("web")
	definition.Volumes = []types.Volume{{Name: new("v"), ConfiguredAtLaunch: new(true)}}
	app(definition).MountPoints = []types.MountPoint{{SourceVolume: new("v"), ContainerPath: new("/v")}}
	register(t, b, definition)
	createCluster(t, b, "main")
	in := serviceRequest()
	_, err := b.CreateService(in)
	wantError(t, err, invalid, "The task definition has a volume configured at launch, and the request no volume configuration for it.")
	in.VolumeConfigurations = []types.ServiceVolumeConfiguration{{Name: new("w")}}
	_, err = b.CreateService(in)
	wantError(t, err, invalid, "The volume name 'w' in your request does not have a matching volume in your Task Definition")
	in.VolumeConfigurations[0].Name = new("v")
	in.VolumeConfigurations[0].ManagedEBSVolume = &types.ServiceManagedEBSVolumeConfiguration{RoleArn: new("arn:aws:iam::012345678901:role/ebs"), SizeInGiB: new(int32(1))}
	before := createService(t, b, in)
	after := updateService(t, b, func(u *ecs.UpdateServiceInput) {
		u.VolumeConfigurations = clone(in.VolumeConfigurations)
		u.VolumeConfigurations[0].ManagedEBSVolume.SizeInGiB = new(int32(2))
	})
	if *before.Deployments[0].Id == *after.Deployments[0].Id {
		t.Error("a larger volume did not deploy")
	}
}

// TestInactiveCluster tells what still answers once a cluster is deleted.
func TestInactiveCluster(t *testing.T) {
	b := newBackend()
	createCluster(t, b, "main")
	if _, err := b.DeleteCluster(&ecs.DeleteClusterInput{Cluster: new("main")}); err != nil {
		t.Fatal(err)
	}
	_, err := b.CreateService(serviceRequest())
	wantError(t, err, "ClusterNotFoundException", "The referenced cluster was inactive.")
	_, err = b.TagResource(&ecs.TagResourceInput{ResourceArn: new(arn("cluster/main")), Tags: tags("a", "1")})
	wantError(t, err, invalid, "The specified cluster is inactive. Specify an active cluster and try again.")
}
