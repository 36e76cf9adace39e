package ecs

import (
	"cmp"
	"reflect"
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Limits of RunTask, from its reference.
const (
	maxRun       = 10
	maxStartedBy = 128
	maxRunToken  = 64
)

// RunTask starts tasks on Fargate; the sandbox has no container instances. The
// same client token again returns the tasks that it started.
func (b *Backend) RunTask(in *ecs.RunTaskInput) (*ecs.RunTaskOutput, error) {
	b.settle()
	request := clone(*in)
	cluster, err := b.activeCluster(request.Cluster)
	if err != nil {
		return nil, err
	}
	if err := checkRun(&request); err != nil {
		return nil, err
	}
	if again, err := cluster.startedWith(&request); again != nil || err != nil {
		return again, err
	}
	rev, err := b.checkPlaces(cluster, &request)
	if err != nil {
		return nil, err
	}
	out := &ecs.RunTaskOutput{Tasks: []types.Task{}, Failures: []types.Failure{}}
	if cluster.Tasks == nil {
		cluster.Tasks = map[string]*Task{}
	}
	for _, provider := range shared(request.CapacityProviderStrategy, int(*cmp.Or(request.Count, new(int32(1))))) {
		t := b.newTask(cluster, rev, &request)
		t.Task.CapacityProviderName = provider
		cluster.Tasks[idOf(*t.Task.TaskArn)] = t
		out.Tasks = append(out.Tasks, clone(t.Task))
	}
	return out, nil
}

// startedWith answers a request whose token was used before.
func (c *Cluster) startedWith(in *ecs.RunTaskInput) (*ecs.RunTaskOutput, error) {
	if value(in.ClientToken) == "" {
		return nil, nil
	}
	var out *ecs.RunTaskOutput
	for _, t := range c.Tasks {
		if t.Token != *in.ClientToken {
			continue
		}
		if !reflect.DeepEqual(t.Request, in) {
			return nil, awserr.New("ConflictException", "The client token was used with other parameters.")
		}
		if out == nil {
			out = &ecs.RunTaskOutput{Failures: []types.Failure{}}
		}
		out.Tasks = append(out.Tasks, clone(t.Task))
	}
	return out, nil
}

func idOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func checkRun(in *ecs.RunTaskInput) error {
	switch {
	case in.Count != nil && (*in.Count < 1 || *in.Count > maxRun):
		return invalidParameter("count must be between 1 and %d.", maxRun)
	case len(value(in.StartedBy)) > maxStartedBy || !madeOf(value(in.StartedBy), wordCharacters+"/"):
		return invalidParameter("startedBy must be up to %d letters, digits, hyphens, slashes and underscores.", maxStartedBy)
	case len(value(in.ClientToken)) > maxRunToken:
		return invalidParameter("Client token can have at most %d characters.", maxRunToken)
	case in.LaunchType != "" && len(in.CapacityProviderStrategy) > 0:
		return invalidParameter("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.")
	case in.PropagateTags == types.PropagateTagsService:
		return invalidParameter("SERVICE is not a valid value for propagateTags when a task is run.")
	case len(in.PlacementConstraints) > 0:
		return invalidParameter("Placement constraints are not supported with FARGATE launch type.")
	case len(in.PlacementStrategy) > 0:
		return invalidParameter("Placement strategies are not supported with FARGATE launch type.")
	case len(in.VolumeConfigurations) > 0:
		return notServed("volume configurations of tasks")
	case in.ReferenceId != nil:
		return notServed("reference ids of tasks")
	}
	return checkTags(in.Tags)
}

// checkPlaces finds the revision to run, and refuses where it cannot be placed.
func (b *Backend) checkPlaces(cluster *Cluster, in *ecs.RunTaskInput) (*Revision, error) {
	rev, err := b.deployable(value(in.TaskDefinition))
	if err != nil {
		return nil, err
	}
	if in.LaunchType == "" && len(in.CapacityProviderStrategy) == 0 {
		in.CapacityProviderStrategy = clone(cluster.Cluster.DefaultCapacityProviderStrategy)
	}
	return rev, firstError(
		func() error { return checkProviders(cluster, in.CapacityProviderStrategy) },
		func() error { return checkLaunchType(rev, in.LaunchType) },
		func() error { return checkNetwork(rev, in.NetworkConfiguration) },
		func() error { return checkOverrides(rev, in.Overrides) },
		func() error {
			if in.LaunchType != types.LaunchTypeFargate && len(in.CapacityProviderStrategy) == 0 {
				return invalidParameter("No Container Instances were found in your cluster.")
			}
			return checkLaunchType(rev, types.LaunchTypeFargate)
		},
	)
}

// checkOverrides refuses overrides of containers that the revision has not.
func checkOverrides(rev *Revision, o *types.TaskOverride) error {
	if o == nil {
		return nil
	}
	if len(o.InferenceAcceleratorOverrides) > 0 { //nolint:staticcheck // it is refused for what it is
		return invalidParameter("Override for an inference accelerator that is not in the TaskDefinition.")
	}
	containers := byName(rev.Definition.ContainerDefinitions)
	for _, c := range o.ContainerOverrides {
		if containers[value(c.Name)] == nil {
			return invalidParameter("Override for container named %s is not a container in the TaskDefinition.", value(c.Name))
		}
	}
	for _, size := range []*string{o.Cpu, o.Memory} {
		if size != nil && !madeOf(*size, awsenv.Digits) {
			return invalidParameter("Task overrides of cpu and memory must be numbers.")
		}
	}
	return nil
}

// StopTask stops a task: it is gone a moment later.
func (b *Backend) StopTask(in *ecs.StopTaskInput) (*ecs.StopTaskOutput, error) {
	b.settle()
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	t := cluster.findTask(value(in.Task))
	if t == nil {
		return nil, invalidParameter("The referenced task was not found.")
	}
	if t.Task.StoppingAt == nil {
		t.Task.DesiredStatus, t.Task.StoppingAt = new(taskStopped), new(b.env.Now().UTC())
		t.Task.StopCode = types.TaskStopCodeUserInitiated
		t.Task.StoppedReason = new(cmp.Or(value(in.Reason), "Task stopped by user"))
	}
	return &ecs.StopTaskOutput{Task: new(clone(t.Task))}, nil
}
