package ecs

import (
	"maps"
	"slices"
	"testing"

	"ecs-reconciler/internal/sandbox/membertest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// inhabited has two clusters, services, three revisions and an INACTIVE one, and
// two tasks.
func inhabited(t *testing.T) *Backend {
	t.Helper()
	b := newBackend()
	for range 3 {
		register(t, b, minimal("web"))
	}
	register(t, b, minimal("web-old"))
	retire(t, b, "web-old:1")
	roled := minimal("roled")
	roled.TaskRoleArn = new("arn:aws:iam::012345678901:role/web")
	register(t, b, roled)
	register(t, b, serviceable())
	placed := minimal("placed")
	app(placed).PortMappings = []types.PortMapping{{ContainerPort: new(int32(80))}}
	register(t, b, placed)
	for _, name := range []string{"main", "other"} {
		createCluster(t, b, name)
	}
	b.state.Clusters["main"].Cluster.CapacityProviders = []string{"FARGATE", "FARGATE_SPOT"}
	b.state.Clusters["main"].Cluster.Tags = tags("a", "1")
	for _, name := range []string{"web", "api", "placed"} {
		in := serviceRequest()
		in.ServiceName, in.Tags = new(name), tags("a", "1")
		if name == "placed" {
			in.TaskDefinition = new(name)
		}
		createService(t, b, in)
	}
	full := fullService()
	full.ServiceName, full.ClientToken = new("full"), nil
	createService(t, b, full)
	if _, err := b.UpdateService(&ecs.UpdateServiceInput{Cluster: new("main"), Service: new("api"), ForceNewDeployment: true}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		mustRun(t, b, taskRequest())
	}
	return b
}

// serviceable is a definition that has all that a service can refer to.
func serviceable() *ecs.RegisterTaskDefinitionInput {
	in := fargate("serviceable")
	in.TaskRoleArn = new("arn:aws:iam::012345678901:role/web")
	in.RequiresCompatibilities = nil
	in.Volumes = []types.Volume{{Name: new("v"), ConfiguredAtLaunch: new(true)}}
	app(in).MountPoints = []types.MountPoint{{SourceVolume: new("v"), ContainerPath: new("/v")}}
	app(in).PortMappings = []types.PortMapping{{ContainerPort: new(int32(80)), Name: new("http")}}
	return in
}

// operations are all of ECS's with requests that set every member.
func operations(t *testing.T) map[string]membertest.Operation {
	t.Helper()
	one, web := new(int32(1)), new("web")
	mine := new("main")
	ops := map[string]membertest.Operation{
		"DeleteCluster":            {Inputs: []any{&ecs.DeleteClusterInput{Cluster: new("other")}}},
		"DeleteService":            {Inputs: []any{&ecs.DeleteServiceInput{Cluster: mine, Service: web, Force: new(true)}}},
		"DeleteTaskDefinitions":    {Inputs: []any{&ecs.DeleteTaskDefinitionsInput{TaskDefinitions: []string{"web-old:1"}}}},
		"DeregisterTaskDefinition": {Inputs: []any{&ecs.DeregisterTaskDefinitionInput{TaskDefinition: new("web:1")}}},
		"DescribeClusters":         {Inputs: []any{&ecs.DescribeClustersInput{Clusters: []string{"main"}, Include: []types.ClusterField{types.ClusterFieldTags}}}},
		"DescribeServices":         {Inputs: []any{&ecs.DescribeServicesInput{Cluster: mine, Services: []string{"web"}, Include: []types.ServiceField{types.ServiceFieldTags}}}},
		"DescribeTaskDefinition":   {Inputs: []any{&ecs.DescribeTaskDefinitionInput{TaskDefinition: web, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags}}}},
		"ListClusters":             {Inputs: []any{&ecs.ListClustersInput{MaxResults: one, NextToken: new(signed(arn("cluster/a")))}}},
		"ListServices": {Inputs: []any{&ecs.ListServicesInput{Cluster: mine, MaxResults: one, NextToken: new(signed(arn("service/a"))), LaunchType: types.LaunchTypeEc2,
			SchedulingStrategy: types.SchedulingStrategyReplica, ResourceManagementType: types.ResourceManagementTypeCustomer}}},
		"ListTagsForResource": {Inputs: []any{&ecs.ListTagsForResourceInput{ResourceArn: new(arn("cluster/main"))}}},
		"ListTaskDefinitionFamilies": {Inputs: []any{&ecs.ListTaskDefinitionFamiliesInput{MaxResults: one},
			&ecs.ListTaskDefinitionFamiliesInput{FamilyPrefix: web, MaxResults: one, NextToken: new(signed("a")), Status: types.TaskDefinitionFamilyStatusActive}}},
		"ListTaskDefinitions": {Inputs: []any{&ecs.ListTaskDefinitionsInput{FamilyPrefix: web, MaxResults: one, NextToken: new(signed(definitionARN("web", 1))), Sort: types.SortOrderAsc,
			Status: types.TaskDefinitionStatusActive}}},
		"PutClusterCapacityProviders": {Inputs: []any{&ecs.PutClusterCapacityProvidersInput{Cluster: mine, CapacityProviders: []string{"FARGATE"}, DefaultCapacityProviderStrategy: strategy()}}},
		"TagResource":                 {Inputs: []any{&ecs.TagResourceInput{ResourceArn: new(arn("cluster/main")), Tags: tags("b", "2")}}},
		"UntagResource":               {Inputs: []any{&ecs.UntagResourceInput{ResourceArn: new(arn("cluster/main")), TagKeys: []string{"a"}}}},
		"UpdateClusterSettings":       {Inputs: []any{&ecs.UpdateClusterSettingsInput{Cluster: mine, Settings: insights()}}},
		"UpdateCluster": {Inputs: []any{&ecs.UpdateClusterInput{Cluster: mine, Settings: insights(), Configuration: executes(),
			ServiceConnectDefaults: &types.ClusterServiceConnectDefaultsRequest{Namespace: new("n")}}}},
		"CreateCluster": {Inputs: []any{&ecs.CreateClusterInput{ClusterName: new("new"), Settings: insights(), Configuration: executes(), Tags: tags("a", "1"),
			CapacityProviders: []string{"FARGATE"}, DefaultCapacityProviderStrategy: strategy(), ServiceConnectDefaults: &types.ClusterServiceConnectDefaultsRequest{Namespace: new("n")}}}},
		"CreateService": createOperation(), "UpdateService": updateOperation(),
	}
	ops["RegisterTaskDefinition"] = registration(t)
	return ops
}

func registration(t *testing.T) membertest.Operation {
	t.Helper()
	var inputs []any
	for _, name := range slices.Sorted(maps.Keys(fixtures(t))) {
		inputs = append(inputs, fixtures(t)[name])
	}
	return membertest.Operation{Inputs: inputs, Refused: map[string]string{"InferenceAccelerators": "Elastic Inference is gone"}}
}

func strategy() []types.CapacityProviderStrategyItem {
	return []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE"), Base: 1, Weight: 1}}
}

func insights() []types.ClusterSetting {
	return []types.ClusterSetting{{Name: types.ClusterSettingNameContainerInsights, Value: new("enabled")}}
}

func executes() *types.ClusterConfiguration {
	return &types.ClusterConfiguration{
		ExecuteCommandConfiguration: &types.ExecuteCommandConfiguration{KmsKeyId: new("k"), Logging: types.ExecuteCommandLoggingOverride,
			LogConfiguration: &types.ExecuteCommandLogConfiguration{CloudWatchLogGroupName: new("g"), S3BucketName: new("b"), S3KeyPrefix: new("p")}},
		ManagedStorageConfiguration: &types.ManagedStorageConfiguration{KmsKeyId: new("k"), FargateEphemeralStorageKmsKeyId: new("k")},
	}
}

// TestEveryMemberOfEveryRequest goes through all operations.
func TestEveryMemberOfEveryRequest(t *testing.T) {
	ops := operations(t)
	maps.Copy(ops, runOperations(t))
	membertest.Service(t, "ecs", func() membertest.Backend { return inhabited(t) }, ops)
}
