package ecs_test

import (
	"errors"
	"testing"
	"time"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// clocked is a client of a sandbox whose clock the test moves. It has the
// cluster default and the Fargate families good and bad, of which bad cannot be
// pulled.
type clocked struct {
	*ecs.Client
	t   *testing.T
	now *time.Time
}

func newClocked(t *testing.T) clocked {
	t.Helper()
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	c := clocked{Client: newClient(t, sandboxtest.Option(func(o *sandbox.Options) { o.Now = func() time.Time { return now } })), t: t, now: &now}
	if _, err := c.CreateCluster(t.Context(), &ecs.CreateClusterInput{}); err != nil {
		t.Fatal(err)
	}
	for family, image := range map[string]string{"good": "app:1", "bad": "registry.example/team/broken-image:1"} {
		in := simple(family)
		in.Cpu, in.Memory, in.NetworkMode = new("256"), new("512"), types.NetworkModeAwsvpc
		in.RequiresCompatibilities, in.ContainerDefinitions[0].Image = []types.Compatibility{types.CompatibilityFargate}, &image
		in.Tags = []types.Tag{{Key: new("team"), Value: new("data")}}
		if _, err := c.RegisterTaskDefinition(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func network() *types.NetworkConfiguration {
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
}

func (c clocked) pass(d time.Duration) { *c.now = c.now.Add(d) }

func (c clocked) run(change ...func(*ecs.RunTaskInput)) (*ecs.RunTaskOutput, error) {
	in := &ecs.RunTaskInput{TaskDefinition: new("good"), LaunchType: types.LaunchTypeFargate, NetworkConfiguration: network()}
	for _, ch := range change {
		ch(in)
	}
	return c.RunTask(c.t.Context(), in)
}

func (c clocked) task(arn string) types.Task {
	c.t.Helper()
	out, err := c.DescribeTasks(c.t.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}, Include: []types.TaskField{types.TaskFieldTags}})
	if err != nil || len(out.Tasks) != 1 {
		c.t.Fatalf("%v, %v", out, err)
	}
	return out.Tasks[0]
}

func TestATaskRunsUntilItIsStopped(t *testing.T) {
	c := newClocked(t)
	out, err := c.run(func(in *ecs.RunTaskInput) {
		in.PropagateTags, in.StartedBy = types.PropagateTagsTaskDefinition, new("me")
		in.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: new("app"), Command: []string{"x"}}}}
	})
	if err != nil {
		t.Fatal(err)
	}
	arn := *out.Tasks[0].TaskArn
	var states []string
	for range 3 {
		states = append(states, *c.task(arn).LastStatus)
		c.pass(time.Second)
	}
	if diff := cmp.Diff([]string{"PROVISIONING", "PENDING", "RUNNING"}, states); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	running := c.task(arn)
	if *running.Group != "family:good" || *running.Tags[0].Key != "team" || running.Overrides.ContainerOverrides[0].Command[0] != "x" || *running.Containers[0].LastStatus != "RUNNING" {
		t.Errorf("%+v", running)
	}
	listed, err := c.ListTasks(t.Context(), &ecs.ListTasksInput{Family: new("good"), StartedBy: new("me")})
	if err != nil || !cmp.Equal(listed.TaskArns, []string{arn}) {
		t.Errorf("%v, %v", listed, err)
	}
	_, err = c.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: new("default")})
	wantCode(t, err, "ClusterContainsTasksException")
	if _, err := c.StopTask(t.Context(), &ecs.StopTaskInput{Task: &arn, Reason: new("enough")}); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	stopped := c.task(arn)
	if *stopped.LastStatus != "STOPPED" || *stopped.StoppedReason != "enough" || stopped.StopCode != types.TaskStopCodeUserInitiated {
		t.Errorf("%+v", stopped)
	}
	c.pass(2 * time.Hour)
	gone, err := c.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Tasks: []string{arn}})
	if err != nil || len(gone.Failures) != 1 || *gone.Failures[0].Reason != "MISSING" {
		t.Errorf("%v, %v", gone, err)
	}
}

func TestATaskThatCannotBePulled(t *testing.T) {
	c := newClocked(t)
	out, err := c.run(func(in *ecs.RunTaskInput) { in.TaskDefinition = new("bad") })
	if err != nil {
		t.Fatal(err)
	}
	c.pass(2 * time.Second)
	if task := c.task(*out.Tasks[0].TaskArn); *task.LastStatus != "STOPPED" || task.StopCode != types.TaskStopCodeTaskFailedToStart || task.StartedAt != nil {
		t.Errorf("%+v", task)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("error is %v, not %s", err, code)
	}
}

func TestRunsThatAreRefused(t *testing.T) {
	type input = ecs.RunTaskInput
	for name, change := range map[string]func(*input){
		"eleven":       func(in *input) { in.Count = new(int32(11)) },
		"no network":   func(in *input) { in.NetworkConfiguration = nil },
		"no instances": func(in *input) { in.LaunchType = "" },
		"container": func(in *input) {
			in.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: new("web")}}}
		},
		"tags of a service": func(in *input) { in.PropagateTags = types.PropagateTagsService },
		"started by":        func(in *input) { in.StartedBy = new("a b") },
		"provider": func(in *input) {
			in.LaunchType, in.CapacityProviderStrategy = "", []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE")}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newClocked(t).run(change)
			wantCode(t, err, "InvalidParameterException")
		})
	}
}

func TestATokenRunsOnce(t *testing.T) {
	c := newClocked(t)
	token := func(in *ecs.RunTaskInput) { in.ClientToken = new("t") }
	first, err := c.run(token)
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.run(token)
	if err != nil || *second.Tasks[0].TaskArn != *first.Tasks[0].TaskArn {
		t.Errorf("%v, %v", second, err)
	}
	_, err = c.run(token, func(in *ecs.RunTaskInput) { in.Count = new(int32(2)) })
	wantCode(t, err, "ConflictException")
}

// rollout creates a service of good and updates it to bad.
func (c clocked) rollout(breaker types.DeploymentCircuitBreaker) *types.Service {
	c.t.Helper()
	_, err := c.CreateService(c.t.Context(), &ecs.CreateServiceInput{
		ServiceName: new("web"), TaskDefinition: new("good"), DesiredCount: new(int32(2)), LaunchType: types.LaunchTypeFargate,
		NetworkConfiguration: network(), DeploymentConfiguration: &types.DeploymentConfiguration{DeploymentCircuitBreaker: &breaker},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := c.UpdateService(c.t.Context(), &ecs.UpdateServiceInput{Service: new("web"), TaskDefinition: new("bad")})
	if err != nil {
		c.t.Fatal(err)
	}
	return out.Service
}

func TestFailedRollouts(t *testing.T) {
	for name, test := range map[string]struct {
		breaker     types.DeploymentCircuitBreaker
		status      types.ServiceDeploymentStatus
		state       types.DeploymentRolloutState
		deployments int
	}{
		"rolled back": {types.DeploymentCircuitBreaker{Enable: true, Rollback: true}, types.ServiceDeploymentStatusRollbackSuccessful, types.DeploymentRolloutStateCompleted, 1},
		"stopped":     {types.DeploymentCircuitBreaker{Enable: true}, types.ServiceDeploymentStatusStopped, types.DeploymentRolloutStateFailed, 2},
		"for ever":    {types.DeploymentCircuitBreaker{}, types.ServiceDeploymentStatusInProgress, types.DeploymentRolloutStateInProgress, 2},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClocked(t)
			updated := c.rollout(test.breaker)
			if len(updated.Deployments) != 2 || updated.RunningCount != 2 || updated.Deployments[0].RunningCount != 0 {
				t.Errorf("under way: %+v", updated.Deployments)
			}
			c.pass(time.Minute)
			described, err := c.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: []string{"web"}})
			if err != nil {
				t.Fatal(err)
			}
			s := described.Services[0]
			if len(s.Deployments) != test.deployments || s.Deployments[0].RolloutState != test.state || s.RunningCount != 2 {
				t.Errorf("%d run; %+v", s.RunningCount, s.Deployments)
			}
			deployments, err := c.DescribeServiceDeployments(t.Context(), &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*updated.CurrentServiceDeployment}})
			if err != nil || len(deployments.ServiceDeployments) != 1 || deployments.ServiceDeployments[0].Status != test.status {
				t.Errorf("%+v, %v", deployments, err)
			}
			listed, err := c.ListServiceDeployments(t.Context(), &ecs.ListServiceDeploymentsInput{Service: new("web")})
			if err != nil || len(listed.ServiceDeployments) != 2 || listed.ServiceDeployments[0].Status != test.status || listed.ServiceDeployments[1].Status != types.ServiceDeploymentStatusSuccessful {
				t.Errorf("%+v, %v", listed, err)
			}
			revisions, err := c.DescribeServiceRevisions(t.Context(), &ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{*listed.ServiceDeployments[0].TargetServiceRevisionArn}})
			if err != nil || len(revisions.ServiceRevisions) != 1 || *revisions.ServiceRevisions[0].TaskDefinition != *updated.TaskDefinition {
				t.Errorf("%+v, %v", revisions, err)
			}
			// A good revision takes over, whatever came before.
			out, err := c.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: new("web"), TaskDefinition: new("good"), ForceNewDeployment: true})
			if err != nil || len(out.Service.Deployments) != 1 || out.Service.Deployments[0].RolloutState != types.DeploymentRolloutStateCompleted || out.Service.RunningCount != 2 {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

func TestCapacityProviders(t *testing.T) {
	c := newClocked(t)
	out, err := c.DescribeCapacityProviders(t.Context(), &ecs.DescribeCapacityProvidersInput{CapacityProviders: []string{"FARGATE_SPOT", "mine"}})
	if err != nil || len(out.CapacityProviders) != 1 || len(out.Failures) != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	strategy := []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE"), Weight: 1}}
	put, err := c.PutClusterCapacityProviders(t.Context(), &ecs.PutClusterCapacityProvidersInput{
		Cluster: new("default"), CapacityProviders: []string{"FARGATE"}, DefaultCapacityProviderStrategy: strategy,
	})
	if err != nil || !cmp.Equal(put.Cluster.DefaultCapacityProviderStrategy, strategy, shapes()) {
		t.Errorf("%+v, %v", put, err)
	}
	run, err := c.run(func(in *ecs.RunTaskInput) { in.LaunchType = "" })
	if err != nil || *run.Tasks[0].CapacityProviderName != "FARGATE" {
		t.Errorf("%+v, %v", run, err)
	}
}
