package ecs

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func TestUpdateCluster(t *testing.T) {
	b := newBackend()
	createCluster(t, b, "main")
	out, err := b.UpdateCluster(&ecs.UpdateClusterInput{
		Cluster: new("main"), ServiceConnectDefaults: &types.ClusterServiceConnectDefaultsRequest{Namespace: new("internal")},
		Configuration: &types.ClusterConfiguration{ExecuteCommandConfiguration: &types.ExecuteCommandConfiguration{Logging: types.ExecuteCommandLoggingNone}},
	})
	if err != nil || *out.Cluster.ServiceConnectDefaults.Namespace != "internal" || out.Cluster.Configuration == nil {
		t.Fatalf("UpdateCluster: %v", err)
	}
	set, err := b.UpdateClusterSettings(&ecs.UpdateClusterSettingsInput{Cluster: new("main"), Settings: []types.ClusterSetting{{
		Name: types.ClusterSettingNameContainerInsights, Value: new("enhanced")}}})
	if err != nil || *set.Cluster.Settings[0].Value != "enhanced" || set.Cluster.ServiceConnectDefaults == nil {
		t.Errorf("UpdateClusterSettings: %v", err)
	}
	_, err = b.UpdateCluster(&ecs.UpdateClusterInput{Cluster: new("main"), Configuration: &types.ClusterConfiguration{
		ExecuteCommandConfiguration: &types.ExecuteCommandConfiguration{Logging: types.ExecuteCommandLoggingOverride}}})
	wantError(t, err, invalid, "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration.")
	_, err = b.UpdateClusterSettings(&ecs.UpdateClusterSettingsInput{Cluster: new("main"), Settings: []types.ClusterSetting{{Name: "other"}}})
	wantError(t, err, invalid, "Invalid cluster setting 'other' with value ''.")
}

func TestPutClusterCapacityProviders(t *testing.T) {
	b := withServices(t)
	spot := []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE_SPOT"), Weight: 1}}
	put := func(providers []string, strategy []types.CapacityProviderStrategyItem) error {
		_, err := b.PutClusterCapacityProviders(&ecs.PutClusterCapacityProvidersInput{
			Cluster: new("main"), CapacityProviders: providers, DefaultCapacityProviderStrategy: strategy})
		return err
	}
	wantError(t, put([]string{"FARGATE"}, spot), invalid, "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.")
	wantError(t, put([]string{"mine"}, nil), invalid, "The specified capacity provider 'mine' was not found. Specify a valid name or ARN and try again.")
	if err := put([]string{"FARGATE", "FARGATE_SPOT"}, spot); err != nil {
		t.Fatal(err)
	}
	register(t, b, fargate("spot"))
	in := serviceRequest()
	in.ServiceName, in.TaskDefinition, in.NetworkConfiguration = new("spot"), new("spot"), network("subnet-1")
	if s := createService(t, b, in); len(s.CapacityProviderStrategy) != 1 || s.LaunchType != "" {
		t.Errorf("the service did not get the cluster's strategy: %d items, launch type %q", len(s.CapacityProviderStrategy), s.LaunchType)
	}
	wantError(t, put(nil, nil), "ResourceInUseException", "The specified capacity provider is in use and cannot be removed.")
}
