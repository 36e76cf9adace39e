package ecs

import (
	"slices"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

func createCluster(t *testing.T, b *Backend, name string) *types.Cluster {
	t.Helper()
	out, err := b.CreateCluster(&ecs.CreateClusterInput{ClusterName: new(name)})
	if err != nil {
		t.Fatalf("CreateCluster %s: %v", name, err)
	}
	return out.Cluster
}

// serviceRequest is two tasks of web in the cluster main.
func serviceRequest() *ecs.CreateServiceInput {
	return &ecs.CreateServiceInput{Cluster: new("main"), ServiceName: new("web"), TaskDefinition: new("web"), DesiredCount: new(int32(2))}
}

func createService(t *testing.T, b *Backend, in *ecs.CreateServiceInput) *types.Service {
	t.Helper()
	out, err := b.CreateService(in)
	if err != nil {
		t.Fatalf("CreateService: %v", err)
	}
	return out.Service
}

func updateService(t *testing.T, b *Backend, change func(*ecs.UpdateServiceInput)) *types.Service {
	t.Helper()
	in := &ecs.UpdateServiceInput{Cluster: new("main"), Service: new("web")}
	change(in)
	out, err := b.UpdateService(in)
	if err != nil {
		t.Fatalf("UpdateService: %v", err)
	}
	return out.Service
}

func TestClusters(t *testing.T) {
	b := newBackend()
	if got := createCluster(t, b, ""); *got.ClusterName != "default" || *got.ClusterArn != arn("cluster/default") || *got.Status != "ACTIVE" {
		t.Errorf("got cluster %s, %s, %s", *got.ClusterName, *got.ClusterArn, *got.Status)
	}
	createCluster(t, b, "main")
	createCluster(t, b, "main")
	_, err := b.CreateCluster(&ecs.CreateClusterInput{ClusterName: new("main"), Tags: tags("a", "1")})
	wantError(t, err, invalid, "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
	_, err = b.CreateCluster(&ecs.CreateClusterInput{ClusterName: new("a b")})
	wantError(t, err, invalid, "ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$")

	list, err := b.ListClusters(&ecs.ListClustersInput{})
	if want := []string{arn("cluster/default"), arn("cluster/main")}; err != nil || !slices.Equal(list.ClusterArns, want) {
		t.Errorf("listed %v, %v, want %v", list.ClusterArns, err, want)
	}
	out, err := b.DescribeClusters(&ecs.DescribeClustersInput{Clusters: []string{"main", arn("cluster/default"), "other"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Clusters) != 2 {
		t.Errorf("described %d clusters, want 2", len(out.Clusters))
	}
	if diff := cmp.Diff([]types.Failure{{Arn: new(arn("cluster/other")), Reason: new("MISSING")}}, out.Failures, same()); diff != "" {
		t.Errorf("failures (-want +got)\n%s", diff)
	}
}

// TestClusterMembersComeOnRequest describes with and without each field.
func TestClusterMembersComeOnRequest(t *testing.T) {
	b := newBackend()
	_, err := b.CreateCluster(&ecs.CreateClusterInput{
		Tags:          tags("a", "1"),
		Configuration: &types.ClusterConfiguration{ExecuteCommandConfiguration: &types.ExecuteCommandConfiguration{KmsKeyId: new("k")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		include        []types.ClusterField
		tags, settings int
		configured     bool
	}{
		{nil, 0, 0, false},
		{[]types.ClusterField{types.ClusterFieldTags}, 1, 0, false},
		{[]types.ClusterField{types.ClusterFieldSettings}, 0, 1, false},
		{[]types.ClusterField{types.ClusterFieldConfigurations}, 0, 0, true},
	} {
		out, err := b.DescribeClusters(&ecs.DescribeClustersInput{Include: c.include})
		if err != nil || len(out.Clusters) != 1 {
			t.Fatalf("DescribeClusters: %d clusters, %v", len(out.Clusters), err)
		}
		got := out.Clusters[0]
		if len(got.Tags) != c.tags || len(got.Settings) != c.settings || (got.Configuration != nil) != c.configured {
			t.Errorf("include %v: %d tags, %d settings, configuration %v", c.include, len(got.Tags), len(got.Settings), got.Configuration != nil)
		}
	}
	_, err = b.DescribeClusters(&ecs.DescribeClustersInput{Include: []types.ClusterField{"ALL"}})
	wantError(t, err, invalid, "Invalid value 'ALL' for include.")
}

func TestClusterRefusesForeignProviders(t *testing.T) {
	b := newBackend()
	_, err := b.CreateCluster(&ecs.CreateClusterInput{CapacityProviders: []string{"mine"}})
	wantError(t, err, invalid, "The specified capacity provider 'mine' was not found. Specify a valid name or ARN and try again.")
	_, err = b.CreateCluster(&ecs.CreateClusterInput{DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE"), Weight: 1}}})
	wantError(t, err, invalid, "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.")
}

// TestDefaultStrategyOfCluster sees a service take its cluster's strategy.
func TestDefaultStrategyOfCluster(t *testing.T) {
	b := newBackend()
	register(t, b, fargate("web"))
	_, err := b.CreateCluster(&ecs.CreateClusterInput{
		ClusterName: new("main"), CapacityProviders: []string{"FARGATE_SPOT"},
		DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE_SPOT"), Weight: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	in := serviceRequest()
	in.NetworkConfiguration = network("subnet-1")
	s := createService(t, b, in)
	if s.LaunchType != "" || len(s.CapacityProviderStrategy) != 1 || *s.CapacityProviderStrategy[0].CapacityProvider != "FARGATE_SPOT" {
		t.Errorf("got launch type %q and %d providers", s.LaunchType, len(s.CapacityProviderStrategy))
	}
}

func TestDeleteCluster(t *testing.T) {
	b := withServices(t)
	_, err := b.DeleteCluster(&ecs.DeleteClusterInput{Cluster: new("main")})
	wantError(t, err, "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
	if _, err := b.DeleteService(&ecs.DeleteServiceInput{Cluster: new("main"), Service: new("web"), Force: new(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.DeleteCluster(&ecs.DeleteClusterInput{Cluster: new("main")}); err != nil {
		t.Fatal(err)
	}
	out, err := b.DescribeClusters(&ecs.DescribeClustersInput{Clusters: []string{"main"}})
	if err != nil || len(out.Clusters) != 1 || *out.Clusters[0].Status != "INACTIVE" {
		t.Errorf("the deleted cluster is not shown as INACTIVE: %v", err)
	}
	_, err = b.DeleteCluster(&ecs.DeleteClusterInput{Cluster: new("other")})
	wantError(t, err, "ClusterNotFoundException", "Cluster not found.")
}

func TestServiceDefaults(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 2)
	createCluster(t, b, "main")
	s := createService(t, b, serviceRequest())
	if *s.TaskDefinition != definitionARN("web", 2) || *s.ServiceArn != arn("service/main/web") || s.RunningCount != 2 {
		t.Errorf("got %s running %d of %s", *s.ServiceArn, s.RunningCount, *s.TaskDefinition)
	}
	want := &types.DeploymentConfiguration{
		MaximumPercent: new(int32(200)), MinimumHealthyPercent: new(int32(100)), BakeTimeInMinutes: new(int32(0)),
		Strategy: types.DeploymentStrategyRolling, DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{},
	}
	if diff := cmp.Diff(want, s.DeploymentConfiguration, same()); diff != "" {
		t.Errorf("deployment configuration (-want +got)\n%s", diff)
	}
	if s.SchedulingStrategy != "REPLICA" || s.LaunchType != "EC2" || s.PropagateTags != "NONE" || s.AvailabilityZoneRebalancing != "ENABLED" {
		t.Errorf("got defaults %s, %s, %s, %s", s.SchedulingStrategy, s.LaunchType, s.PropagateTags, s.AvailabilityZoneRebalancing)
	}
	wantDeployed(t, s, definitionARN("web", 2), 2)
}

// wantDeployed sees that one deployment is there and complete.
func wantDeployed(t *testing.T, s *types.Service, definition string, count int32) {
	t.Helper()
	if len(s.Deployments) != 1 {
		t.Fatalf("got %d deployments, want 1", len(s.Deployments))
	}
	d := s.Deployments[0]
	if *d.Status != "PRIMARY" || d.RolloutState != "COMPLETED" || *d.TaskDefinition != definition || d.RunningCount != count || d.DesiredCount != count {
		t.Errorf("got deployment %s %s of %s, %d of %d running", *d.Status, d.RolloutState, *d.TaskDefinition, d.RunningCount, d.DesiredCount)
	}
	if s.CurrentServiceDeployment == nil || len(s.CurrentServiceRevisions) != 1 {
		t.Errorf("the service names no current deployment or revision")
	}
}

// TestWhatDeploys changes one member at a time.
func TestWhatDeploys(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*ecs.UpdateServiceInput)
		deploys bool
	}{
		"nothing":    {func(*ecs.UpdateServiceInput) {}, false},
		"force":      {func(in *ecs.UpdateServiceInput) { in.ForceNewDeployment = true }, true},
		"definition": {func(in *ecs.UpdateServiceInput) { in.TaskDefinition = new("web:2") }, true},
		"the same":   {func(in *ecs.UpdateServiceInput) { in.TaskDefinition = new("web:1") }, false},
		"count":      {func(in *ecs.UpdateServiceInput) { in.DesiredCount = new(int32(5)) }, false},
		"configuration": {func(in *ecs.UpdateServiceInput) {
			in.DeploymentConfiguration = &types.DeploymentConfiguration{MaximumPercent: new(int32(150))}
		}, false},
		"registries": {func(in *ecs.UpdateServiceInput) {
			in.ServiceRegistries = []types.ServiceRegistry{{RegistryArn: new("arn:aws:servicediscovery:us-west-2:012345678901:service/srv-1")}}
		}, true},
		"connect": {func(in *ecs.UpdateServiceInput) {
			in.ServiceConnectConfiguration = &types.ServiceConnectConfiguration{Enabled: true, Namespace: new("internal")}
		}, true},
		"exec":           {func(in *ecs.UpdateServiceInput) { in.EnableExecuteCommand = new(true) }, false},
		"propagate tags": {func(in *ecs.UpdateServiceInput) { in.PropagateTags = types.PropagateTagsService }, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBackend()
			definition := minimal("web")
			definition.TaskRoleArn = new("arn:aws:iam::012345678901:role/web")
			register(t, b, definition)
			createCluster(t, b, "main")
			before := createService(t, b, serviceRequest())
			register(t, b, definition)
			after := updateService(t, b, c.change)
			if deployed := *before.Deployments[0].Id != *after.Deployments[0].Id; deployed != c.deploys {
				t.Errorf("deployed: %v, want %v", deployed, c.deploys)
			}
			if diff := cmp.Diff(after, describeService(t, b), cmp.Exporter(exported)); diff != "" {
				t.Errorf("answer and description differ:\n%s", diff)
			}
		})
	}
}

func describeService(t *testing.T, b *Backend) *types.Service {
	t.Helper()
	out, err := b.DescribeServices(&ecs.DescribeServicesInput{Cluster: new("main"), Services: []string{"web"}})
	if err != nil || len(out.Services) != 1 {
		t.Fatalf("DescribeServices: %d services, %v", len(out.Services), err)
	}
	return &out.Services[0]
}

// fargateService is a backend with a Fargate service behind a load balancer.
func fargateService(t *testing.T) (*Backend, *types.Service) {
	t.Helper()
	b := newBackend()
	definition := fargate("web")
	app(definition).PortMappings = []types.PortMapping{{ContainerPort: new(int32(80))}, {ContainerPort: new(int32(81))}}
	register(t, b, definition)
	createCluster(t, b, "main")
	in := serviceRequest()
	in.LaunchType, in.Tags = types.LaunchTypeFargate, tags("a", "1")
	in.NetworkConfiguration = network("subnet-1")
	in.LoadBalancers = balancer(80)
	return b, createService(t, b, in)
}

func network(subnets ...string) *types.NetworkConfiguration {
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: subnets}}
}

const targetGroup = "arn:aws:elasticloadbalancing:us-west-2:012345678901:targetgroup/web/0123456789abcdef"

func balancer(port int32) []types.LoadBalancer {
	return []types.LoadBalancer{{TargetGroupArn: new(targetGroup), ContainerName: new("app"), ContainerPort: new(port)}}
}

func TestFargateService(t *testing.T) {
	b, s := fargateService(t)
	if *s.PlatformVersion != "LATEST" || value(s.PlatformFamily) != "Linux" || len(s.Tags) != 1 {
		t.Errorf("got platform %s %s, %d tags", *s.PlatformVersion, value(s.PlatformFamily), len(s.Tags))
	}
	if got := describeService(t, b); got.Tags != nil {
		t.Errorf("described %d tags that were not asked for", len(got.Tags))
	}
	for name, change := range map[string]func(*ecs.UpdateServiceInput){
		"network":  func(in *ecs.UpdateServiceInput) { in.NetworkConfiguration = network("subnet-2") },
		"balancer": func(in *ecs.UpdateServiceInput) { in.LoadBalancers = balancer(81) },
		"platform": func(in *ecs.UpdateServiceInput) { in.PlatformVersion = new("1.4.0") },
	} {
		b, before := fargateService(t)
		same := updateService(t, b, func(in *ecs.UpdateServiceInput) { in.NetworkConfiguration = network("subnet-1") })
		if *same.Deployments[0].Id != *before.Deployments[0].Id {
			t.Error("the same network deployed")
		}
		after := updateService(t, b, change)
		if *after.Deployments[0].Id == *before.Deployments[0].Id {
			t.Errorf("a changed %s did not deploy", name)
		}
	}
}

func TestUpdateServiceRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(*ecs.UpdateServiceInput)
		code, message string
	}{
		"count":      {func(in *ecs.UpdateServiceInput) { in.DesiredCount = new(int32(-1)) }, invalid, "Desired count must not be negative."},
		"definition": {func(in *ecs.UpdateServiceInput) { in.TaskDefinition = new("web:9") }, client, "TaskDefinition not found."},
		"subnets":    {func(in *ecs.UpdateServiceInput) { in.NetworkConfiguration = network() }, invalid, "subnets can not be empty."},
		"balancer":   {func(in *ecs.UpdateServiceInput) { in.LoadBalancers = balancer(99) }, invalid, "The container app did not have a container port 99 defined."},
		"monitoring": {func(in *ecs.UpdateServiceInput) { in.Monitoring = &types.MonitoringConfiguration{} }, "UnsupportedFeatureException", "The sandbox does not serve monitoring configurations."},
		"controller": {func(in *ecs.UpdateServiceInput) {
			in.DeploymentController = &types.DeploymentController{Type: types.DeploymentControllerTypeExternal}
		}, "UnsupportedFeatureException", "The sandbox does not serve deployment controllers other than ECS."},
		"cluster": {func(in *ecs.UpdateServiceInput) { in.Cluster = new("other") }, "ClusterNotFoundException", "Cluster not found."},
		"service": {func(in *ecs.UpdateServiceInput) { in.Service = new("other") }, "ServiceNotFoundException", "Service not found."},
	} {
		t.Run(name, func(t *testing.T) {
			b, before := fargateService(t)
			in := &ecs.UpdateServiceInput{Cluster: new("main"), Service: new("web")}
			c.change(in)
			_, err := b.UpdateService(in)
			wantError(t, err, c.code, c.message)
			before.Tags = nil
			if diff := cmp.Diff(before, describeService(t, b), cmp.Exporter(exported)); diff != "" {
				t.Errorf("a refused update changed the service:\n%s", diff)
			}
		})
	}
}

func TestDaemonService(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 1)
	createCluster(t, b, "main")
	in := serviceRequest()
	in.SchedulingStrategy, in.DesiredCount = types.SchedulingStrategyDaemon, nil
	s := createService(t, b, in)
	if *s.DeploymentConfiguration.MaximumPercent != 100 || *s.DeploymentConfiguration.MinimumHealthyPercent != 0 {
		t.Errorf("got percents %d and %d", *s.DeploymentConfiguration.MaximumPercent, *s.DeploymentConfiguration.MinimumHealthyPercent)
	}
	_, err := b.UpdateService(&ecs.UpdateServiceInput{Cluster: new("main"), Service: new("web"), DesiredCount: new(int32(1))})
	wantError(t, err, invalid, "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.")
	if _, err := b.DeleteService(&ecs.DeleteServiceInput{Cluster: new("main"), Service: new("web")}); err != nil {
		t.Errorf("a daemon needed force: %v", err)
	}
}

func TestUpdateKeepsTheRest(t *testing.T) {
	b := withServices(t)
	s := updateService(t, b, func(in *ecs.UpdateServiceInput) { in.EnableECSManagedTags = new(true) })
	if s.DesiredCount != 2 || !s.EnableECSManagedTags {
		t.Errorf("got count %d, managed tags %v", s.DesiredCount, s.EnableECSManagedTags)
	}
	s = updateService(t, b, func(in *ecs.UpdateServiceInput) { in.DesiredCount = new(int32(0)) })
	if s.DesiredCount != 0 || s.RunningCount != 0 || !s.EnableECSManagedTags {
		t.Errorf("got count %d, running %d, managed tags %v", s.DesiredCount, s.RunningCount, s.EnableECSManagedTags)
	}
	wantDeployed(t, s, definitionARN("web", 1), 0)
}

// TestRetiredDefinitionKeepsRunning scales a service whose revision is INACTIVE.
func TestRetiredDefinitionKeepsRunning(t *testing.T) {
	b := withServices(t)
	retire(t, b, "web:1")
	s := updateService(t, b, func(in *ecs.UpdateServiceInput) { in.DesiredCount = new(int32(3)) })
	wantDeployed(t, s, definitionARN("web", 1), 3)
	_, err := b.UpdateService(&ecs.UpdateServiceInput{Cluster: new("main"), Service: new("web"), TaskDefinition: new("web:1")})
	wantError(t, err, client, "TaskDefinition is inactive")
}

func TestCreateServiceTwice(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 1)
	createCluster(t, b, "main")
	in := serviceRequest()
	in.ClientToken = new("token")
	first, second := createService(t, b, in), createService(t, b, in)
	if *first.Deployments[0].Id != *second.Deployments[0].Id {
		t.Error("the same token deployed twice")
	}
	in.ClientToken = new("other")
	_, err := b.CreateService(in)
	wantError(t, err, invalid, "Creation of service was not idempotent.")
}

func TestCreateServiceRefuses(t *testing.T) {
	awsvpc := &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
	for name, c := range map[string]struct {
		change        func(*ecs.CreateServiceInput)
		code, message string
	}{
		"no cluster":         {func(in *ecs.CreateServiceInput) { in.Cluster = new("other") }, "ClusterNotFoundException", "Cluster not found."},
		"default cluster":    {func(in *ecs.CreateServiceInput) { in.Cluster = nil }, "ClusterNotFoundException", "Cluster not found."},
		"no definition":      {func(in *ecs.CreateServiceInput) { in.TaskDefinition = nil }, invalid, "TaskDefinition can not be blank."},
		"unknown definition": {func(in *ecs.CreateServiceInput) { in.TaskDefinition = new("api") }, client, "TaskDefinition not found."},
		"no count":           {func(in *ecs.CreateServiceInput) { in.DesiredCount = nil }, invalid, "Desired count must be given and must not be negative."},
		"launch type":        {func(in *ecs.CreateServiceInput) { in.LaunchType = types.LaunchTypeFargate }, invalid, "Task definition does not support launch_type FARGATE."},
		"network of bridge":  {func(in *ecs.CreateServiceInput) { in.NetworkConfiguration = awsvpc }, invalid, "Network Configuration is not valid for the given networkMode of this task definition."},
		"no network":         {func(in *ecs.CreateServiceInput) { in.TaskDefinition = new("fargate") }, invalid, "Network Configuration must be provided when networkMode 'awsvpc' is specified."},
		"balancer": {func(in *ecs.CreateServiceInput) {
			in.LoadBalancers = []types.LoadBalancer{{TargetGroupArn: new(targetGroup), ContainerName: new("b")}}
		},
			invalid, "The container b does not exist in the task definition."},
		"balancer's port": {func(in *ecs.CreateServiceInput) {
			in.LoadBalancers = balancer(80)
		}, invalid, "The container app did not have a container port 80 defined."},
		"name": {func(in *ecs.CreateServiceInput) { in.ServiceName = new("a b") }, invalid, "ServiceName must match ^[a-zA-Z0-9\\-_]{1,255}$, but was a b"},
		"gateway": {func(in *ecs.CreateServiceInput) { in.GatewayConnectors = []types.GatewayConnector{{}} },
			"UnsupportedFeatureException", "The sandbox does not serve gateway connectors."},
		"provider": {func(in *ecs.CreateServiceInput) {
			in.CapacityProviderStrategy = []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE"), Weight: 1}}
		}, invalid, "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again."},
		"daemon with count": {func(in *ecs.CreateServiceInput) { in.SchedulingStrategy = types.SchedulingStrategyDaemon },
			invalid, "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again."},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBackend()
			registerMany(t, b, "web", 1)
			register(t, b, fargate("fargate"))
			createCluster(t, b, "main")
			in := serviceRequest()
			c.change(in)
			_, err := b.CreateService(in)
			wantError(t, err, c.code, c.message)
			if n := len(b.state.Clusters["main"].Services); n != 0 {
				t.Errorf("a refused service was kept: %d services", n)
			}
		})
	}
}

func TestDeleteService(t *testing.T) {
	b := withServices(t)
	_, err := b.DeleteService(&ecs.DeleteServiceInput{Cluster: new("main"), Service: new("web")})
	wantError(t, err, invalid, "The service cannot be stopped while it is scaled above 0.")
	updateService(t, b, func(in *ecs.UpdateServiceInput) { in.DesiredCount = new(int32(0)) })
	out, err := b.DeleteService(&ecs.DeleteServiceInput{Cluster: new("main"), Service: new(arn("service/main/web"))})
	if err != nil || *out.Service.Status != "DRAINING" {
		t.Fatalf("DeleteService: %v", err)
	}
	if got := describeService(t, b); *got.Status != "INACTIVE" || got.RunningCount != 0 {
		t.Errorf("the deleted service is %s", *got.Status)
	}
	_, err = b.UpdateService(&ecs.UpdateServiceInput{Cluster: new("main"), Service: new("web")})
	wantError(t, err, "ServiceNotActiveException", "Service was not ACTIVE.")
	_, err = b.DeleteService(&ecs.DeleteServiceInput{Cluster: new("main"), Service: new("other")})
	wantError(t, err, "ServiceNotFoundException", "Service not found.")
	createService(t, b, serviceRequest())
	if got := describeService(t, b); *got.Status != "ACTIVE" {
		t.Errorf("the service made again is %s", *got.Status)
	}
}

func TestListAndDescribeServices(t *testing.T) {
	b := withServices(t)
	for i := range 11 {
		in := serviceRequest()
		in.ServiceName = new("extra-" + strconv.Itoa(i))
		createService(t, b, in)
	}
	first, err := b.ListServices(&ecs.ListServicesInput{Cluster: new("main")})
	if err != nil || len(first.ServiceArns) != 10 || first.NextToken == nil {
		t.Fatalf("the first page has %d, error %v, want 10", len(first.ServiceArns), err)
	}
	second, err := b.ListServices(&ecs.ListServicesInput{Cluster: new("main"), NextToken: first.NextToken})
	if err != nil || len(second.ServiceArns) != 2 || second.NextToken != nil {
		t.Errorf("the second page has %d, error %v, want 2", len(second.ServiceArns), err)
	}
	none, err := b.ListServices(&ecs.ListServicesInput{Cluster: new("main"), LaunchType: types.LaunchTypeFargate})
	if err != nil || len(none.ServiceArns) != 0 {
		t.Errorf("Fargate lists %v, error %v", none.ServiceArns, err)
	}
	out, err := b.DescribeServices(&ecs.DescribeServicesInput{Cluster: new("main"), Services: []string{"other"}})
	if err != nil || len(out.Services) != 0 {
		t.Fatalf("got %d services, %v", len(out.Services), err)
	}
	if diff := cmp.Diff([]types.Failure{{Arn: new(arn("service/main/other")), Reason: new("MISSING")}}, out.Failures, same()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = b.DescribeServices(&ecs.DescribeServicesInput{Cluster: new("main"), Services: first.ServiceArns[:0]})
	wantError(t, err, invalid, "Services cannot be empty.")
	_, err = b.DescribeServices(&ecs.DescribeServicesInput{Cluster: new("main"), Services: make([]string, 11)})
	wantError(t, err, invalid, "Services can have at most 10 items.")
}
