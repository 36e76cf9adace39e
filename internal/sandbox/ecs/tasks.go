package ecs

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/awsenv"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The states of a task, as far as it passes through them here.
const (
	taskProvisioning   = "PROVISIONING"
	taskPending        = "PENDING"
	taskRunning        = "RUNNING"
	taskDeprovisioning = "DEPROVISIONING"
	taskStopped        = "STOPPED"
)

// How long the states last. A stopped task is shown for an hour, as the
// developer guide promises at least.
const (
	provisions   = time.Second
	starts       = 2 * time.Second
	deprovisions = time.Second
	remembers    = time.Hour
)

// Task is one task that a caller ran.
type Task struct {
	Task types.Task
	// Token is RunTask's client token, and Request what came with it, if it did.
	Token   string
	Request *ecs.RunTaskInput
	// Broken tasks stop instead of starting.
	Broken bool
}

// newTask is a task that begins now.
func (b *Backend) newTask(cluster *Cluster, rev *Revision, in *ecs.RunTaskInput) *Task {
	now := b.env.Now().UTC()
	id := b.env.Random(32, awsenv.Hex)
	arn := b.env.ARN("ecs", "task/"+*cluster.Cluster.ClusterName+"/"+id)
	t := types.Task{
		TaskArn: new(arn), ClusterArn: cluster.Cluster.ClusterArn, TaskDefinitionArn: rev.Definition.TaskDefinitionArn,
		Group: in.Group, StartedBy: in.StartedBy, CreatedAt: new(now), Version: 1, LaunchType: in.LaunchType,
		LastStatus: new(taskProvisioning), DesiredStatus: new(taskRunning), Cpu: rev.Definition.Cpu, Memory: rev.Definition.Memory,
		EnableExecuteCommand: in.EnableExecuteCommand, Overrides: in.Overrides, PlatformVersion: in.PlatformVersion,
		Attachments: []types.Attachment{}, Attributes: []types.Attribute{}, AvailabilityZone: new(b.env.Region + "a"),
		HealthStatus: types.HealthStatusUnknown, EphemeralStorage: rev.Definition.EphemeralStorage, Tags: taskTags(cluster, rev, in),
	}
	if in.Group == nil {
		t.Group = new("family:" + *rev.Definition.Family)
	}
	fillFargate(&t, rev)
	b.attach(&t, rev, in.NetworkConfiguration)
	fillOverrides(&t, rev)
	t.Containers = b.containers(&t, rev)
	out := &Task{Task: t, Token: value(in.ClientToken), Broken: isBroken(rev)}
	if out.Token != "" {
		out.Request = in
	}
	return clone(out)
}

func fillFargate(t *types.Task, rev *Revision) {
	if t.LaunchType == "" {
		t.LaunchType = types.LaunchTypeFargate
	}
	t.PlatformFamily = new(platformFamily(rev))
	if t.PlatformVersion == nil || *t.PlatformVersion == "LATEST" {
		t.PlatformVersion = new("1.4.0")
	}
}

// attach gives an awsvpc task its network interface, in the first of its
// subnets.
func (b *Backend) attach(t *types.Task, rev *Revision, n *types.NetworkConfiguration) {
	if rev.Definition.NetworkMode == types.NetworkModeAwsvpc {
		t.Attachments = append(t.Attachments, types.Attachment{
			Id: new(b.env.UUID()), Type: new("ElasticNetworkInterface"), Status: new("PRECREATED"),
			Details: []types.KeyValuePair{{Name: new("subnetId"), Value: new(n.AwsvpcConfiguration.Subnets[0])}},
		})
	}
}

// fillOverrides shows every container among the overrides, as AWS does.
func fillOverrides(t *types.Task, rev *Revision) {
	if t.Overrides == nil {
		t.Overrides = &types.TaskOverride{}
	}
	given := clone(*t.Overrides)
	t.Overrides = &given
	given.InferenceAcceleratorOverrides = emptyNotNil(given.InferenceAcceleratorOverrides) //nolint:staticcheck // AWS still shows the empty list
	for _, c := range rev.Definition.ContainerDefinitions {
		if !slices.ContainsFunc(given.ContainerOverrides, func(o types.ContainerOverride) bool { return value(o.Name) == *c.Name }) {
			given.ContainerOverrides = append(given.ContainerOverrides, types.ContainerOverride{Name: c.Name})
		}
	}
}

func (b *Backend) containers(t *types.Task, rev *Revision) []types.Container {
	var out []types.Container
	for _, c := range rev.Definition.ContainerDefinitions {
		out = append(out, types.Container{
			ContainerArn: new(strings.Replace(*t.TaskArn, ":task/", ":container/", 1) + "/" + b.env.UUID()), TaskArn: t.TaskArn,
			Name: c.Name, Image: c.Image, LastStatus: new(taskPending), Cpu: new(strconv.Itoa(int(c.Cpu))),
			NetworkInterfaces: []types.NetworkInterface{}, HealthStatus: types.HealthStatusUnknown,
		})
	}
	return out
}

// taskTags are the request's tags, and those that it wants propagated and added.
func taskTags(cluster *Cluster, rev *Revision, in *ecs.RunTaskInput) []types.Tag {
	out := clone(in.Tags)
	if in.PropagateTags == types.PropagateTagsTaskDefinition {
		out = merge(rev.Tags, out)
	}
	if in.EnableECSManagedTags {
		out = append(out, types.Tag{Key: new("aws:ecs:clusterName"), Value: cluster.Cluster.ClusterName})
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// settleTasks moves every task to where it is by now, and forgets old ones. It
// says whether it changed any.
func (c *Cluster) settleTasks(now time.Time) (changed bool) {
	maps.DeleteFunc(c.Tasks, func(_ string, t *Task) bool {
		before := *t.Task.LastStatus
		t.settle(now)
		gone := *t.Task.LastStatus == taskStopped && now.Sub(*t.Task.StoppedAt) > remembers
		changed = changed || gone || *t.Task.LastStatus != before
		return gone
	})
	return changed
}

func (t *Task) settle(now time.Time) {
	task := &t.Task
	age := now.Sub(*task.CreatedAt)
	switch {
	case *task.LastStatus == taskStopped:
	case task.StoppingAt != nil && now.Sub(*task.StoppingAt) >= deprovisions:
		t.end(task.StoppingAt.Add(deprovisions), 143)
	case task.StoppingAt != nil:
		task.LastStatus = new(taskDeprovisioning)
	case age >= starts && t.Broken:
		t.fail(task.CreatedAt.Add(starts))
	case age >= starts:
		t.run(task.CreatedAt.Add(starts))
	case age >= provisions:
		task.LastStatus = new(taskPending)
	}
}

// run makes a task run, once.
func (t *Task) run(at time.Time) {
	task := &t.Task
	if *task.LastStatus == taskRunning {
		return
	}
	task.LastStatus, task.StartedAt, task.Connectivity, task.ConnectivityAt = new(taskRunning), new(at), types.ConnectivityConnected, new(at)
	task.Version++
	for i := range task.Containers {
		task.Containers[i].LastStatus = new(taskRunning)
	}
	for i := range task.Attachments {
		task.Attachments[i].Status = new("ATTACHED")
	}
}

// fail stops a task whose image cannot be pulled.
func (t *Task) fail(at time.Time) {
	for i := range t.Task.Containers {
		if c := &t.Task.Containers[i]; imageName(value(c.Image)) == BrokenImage {
			c.Reason = new("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref " + *c.Image)
			t.Task.StoppedReason = c.Reason
		}
	}
	t.Task.StopCode, t.Task.StoppingAt = types.TaskStopCodeTaskFailedToStart, new(at)
	t.Task.DesiredStatus = new(taskStopped)
	t.Task.LastStatus, t.Task.StoppedAt, t.Task.ExecutionStoppedAt = new(taskStopped), new(at), new(at)
	for i := range t.Task.Containers {
		t.Task.Containers[i].LastStatus = new(taskStopped)
	}
}

// end stops a task that ran, with an exit code for its containers.
func (t *Task) end(at time.Time, code int32) {
	t.Task.LastStatus, t.Task.StoppedAt, t.Task.ExecutionStoppedAt = new(taskStopped), new(at), new(at)
	t.Task.Version++
	for i := range t.Task.Containers {
		t.Task.Containers[i].LastStatus, t.Task.Containers[i].ExitCode = new(taskStopped), new(code)
	}
}

// countTasks adds a cluster's tasks to its counts.
func (c *Cluster) countTasks(out *types.Cluster) {
	for _, t := range c.Tasks {
		switch *t.Task.LastStatus {
		case taskRunning:
			out.RunningTasksCount++
		case taskProvisioning, taskPending:
			out.PendingTasksCount++
		}
	}
}
