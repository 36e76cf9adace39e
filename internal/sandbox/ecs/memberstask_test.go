package ecs

import (
	"maps"
	"slices"
	"testing"
	"time"

	"ecs-reconciler/internal/sandbox/membertest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// taskRequest sets all that a task on Fargate can have, but a token.
func taskRequest() *ecs.RunTaskInput {
	return &ecs.RunTaskInput{
		Cluster: new("main"), TaskDefinition: new("serviceable"), LaunchType: types.LaunchTypeFargate, Count: new(int32(1)),
		EnableECSManagedTags: true, EnableExecuteCommand: true, Group: new("g"), NetworkConfiguration: connected(), Overrides: overrides(),
		PlatformVersion: new("1.3.0"), PropagateTags: types.PropagateTagsTaskDefinition, StartedBy: new("me"), Tags: tags("a", "1"),
	}
}

// overrides sets all but accelerators, which are gone.
func overrides() *types.TaskOverride {
	out := &types.TaskOverride{Cpu: new("512"), Memory: new("1024"), EphemeralStorage: &types.EphemeralStorage{SizeInGiB: 30},
		ContainerOverrides: []types.ContainerOverride{{Name: new("app")}}}
	membertest.Fill(out)
	out.InferenceAcceleratorOverrides = nil //nolint:staticcheck // it must be left out
	return out
}

func mustRun(t *testing.T, b *Backend, in *ecs.RunTaskInput) {
	t.Helper()
	if out, err := b.RunTask(in); err != nil || len(out.Tasks) == 0 {
		t.Fatal(out, err)
	}
}

// runOperations are those on tasks and deployments.
func runOperations(t *testing.T) map[string]membertest.Operation {
	t.Helper()
	mine, one := new("main"), new(int32(1))
	cluster := inhabited(t).state.Clusters["main"]
	id := slices.Sorted(maps.Keys(cluster.Tasks))[0]
	rollout := cluster.Services["web"].Rollouts[0]
	return map[string]membertest.Operation{
		"RunTask":       runOperation(),
		"StopTask":      {Inputs: []any{&ecs.StopTaskInput{Cluster: mine, Task: &id, Reason: new("r")}}},
		"DescribeTasks": {Inputs: []any{&ecs.DescribeTasksInput{Cluster: mine, Tasks: []string{id}, Include: []types.TaskField{types.TaskFieldTags}}}},
		"ListTasks": {
			Inputs: []any{&ecs.ListTasksInput{Cluster: mine, DesiredStatus: types.DesiredStatusRunning, Family: new("serviceable"), LaunchType: types.LaunchTypeFargate,
				MaxResults: one, StartedBy: new("me")}, &ecs.ListTasksInput{Cluster: mine, NextToken: new(signed(arn("task/a")))}},
			Refused: map[string]string{"ServiceName": "the sandbox keeps the counts of services' tasks alone",
				"ContainerInstance": "there are none, so that nothing is listed", "DaemonName": "there are none, so that nothing is listed"},
		},
		"ListServiceDeployments": {Inputs: []any{
			&ecs.ListServiceDeploymentsInput{Cluster: mine, Service: new("api"), MaxResults: one, NextToken: new(signed("a"))},
			&ecs.ListServiceDeploymentsInput{Cluster: mine, Service: new("web"), Status: []types.ServiceDeploymentStatus{rollout.Deployment.Status}},
		}},
		"DescribeServiceDeployments": {Inputs: []any{&ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*rollout.Deployment.ServiceDeploymentArn}}}},
		"DescribeServiceRevisions":   {Inputs: []any{&ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{*rollout.Revision.ServiceRevisionArn}}}},
		"DescribeCapacityProviders": {
			Inputs: []any{&ecs.DescribeCapacityProvidersInput{CapacityProviders: []string{"FARGATE"}}, &ecs.DescribeCapacityProvidersInput{MaxResults: one},
				&ecs.DescribeCapacityProvidersInput{Cluster: mine, NextToken: new(signed("FARGATE")), Include: []types.CapacityProviderField{types.CapacityProviderFieldTags}}},
			Same: map[string]string{"Include": "AWS's own providers have no tags"},
		},
	}
}

func runOperation() membertest.Operation {
	provided, token, several := taskRequest(), taskRequest(), taskRequest()
	provided.LaunchType, provided.Count = "", new(int32(5))
	provided.CapacityProviderStrategy = []types.CapacityProviderStrategyItem{
		{CapacityProvider: new("FARGATE"), Base: 0, Weight: 1}, {CapacityProvider: new("FARGATE_SPOT"), Base: 1, Weight: 1},
	}
	token.ClientToken, several.Count = new("t"), new(int32(2))
	return membertest.Operation{
		Inputs: []any{taskRequest(), provided, token, several},
		Refused: map[string]string{
			"PlacementConstraints": "for EC2 alone", "PlacementStrategy": "for EC2 alone",
			"VolumeConfigurations": "not served", "ReferenceId": "not served",
			"Overrides.InferenceAcceleratorOverrides": "Elastic Inference is gone",
		},
	}
}

// TestDeploymentsByTheirTime narrows down by when a deployment was made.
func TestDeploymentsByTheirTime(t *testing.T) {
	for name, test := range map[string]struct {
		after, before time.Duration
		want          int
	}{
		"around": {-time.Hour, time.Hour, 1}, "earlier": {-2 * time.Hour, -time.Hour, 0}, "later": {time.Hour, 2 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := inhabited(t).ListServiceDeployments(&ecs.ListServiceDeploymentsInput{Cluster: new("main"), Service: new("web"),
				CreatedAt: &types.CreatedAt{After: new(start().Add(test.after)), Before: new(start().Add(test.before))}})
			if err != nil || len(out.ServiceDeployments) != test.want {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}
