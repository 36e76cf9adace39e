package ecs

import (
	"cmp"
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxDescribedTasks is how many tasks one call shows.
const maxDescribedTasks = 100

// findTask finds a task by id or ARN; nil where there is none.
func (c *Cluster) findTask(name string) *Task {
	t := c.Tasks[idOf(name)]
	if t == nil || strings.HasPrefix(name, "arn:") && *t.Task.TaskArn != name {
		return nil
	}
	return t
}

// taskByARN finds a task in whatever cluster it is.
func (b *Backend) taskByARN(arn string) *Task {
	for _, c := range b.state.Clusters {
		if t := c.findTask(arn); t != nil {
			return t
		}
	}
	return nil
}

// DescribeTasks describes up to a hundred tasks of a cluster.
func (b *Backend) DescribeTasks(in *ecs.DescribeTasksInput) (*ecs.DescribeTasksOutput, error) {
	b.settle()
	switch n := len(in.Tasks); {
	case n == 0:
		return nil, invalidParameter("Tasks cannot be empty.")
	case n > maxDescribedTasks:
		return nil, invalidParameter("Tasks can have at most %d items.", maxDescribedTasks)
	}
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	out := &ecs.DescribeTasksOutput{Tasks: []types.Task{}, Failures: []types.Failure{}}
	for _, name := range in.Tasks {
		t := cluster.findTask(name)
		if t == nil {
			arn := cmp.Or(arnOnly(name), b.env.ARN("ecs", "task/"+*cluster.Cluster.ClusterName+"/"+name))
			out.Failures = append(out.Failures, types.Failure{Arn: new(arn), Reason: new(reasonMissing)})
			continue
		}
		shown := clone(t.Task)
		shown.Tags = emptyNotNil(shown.Tags)
		if !slices.Contains(in.Include, types.TaskFieldTags) {
			shown.Tags = []types.Tag{}
		}
		out.Tasks = append(out.Tasks, shown)
	}
	return out, nil
}

// ListTasks lists the ARNs of a cluster's tasks that are to run, or of those that
// are to stop where DesiredStatus says so.
func (b *Backend) ListTasks(in *ecs.ListTasksInput) (*ecs.ListTasksOutput, error) {
	b.settle()
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if err := oneOf("desiredStatus", in.DesiredStatus); err != nil {
		return nil, err
	}
	if in.ServiceName != nil {
		if cluster.findService(*in.ServiceName) == nil {
			return nil, awserr.New("ServiceNotFoundException", "Service not found.")
		}
		return nil, notServed("the tasks of services: it keeps their counts alone")
	}
	var arns []string
	for _, t := range cluster.Tasks {
		if t.matches(in) {
			arns = append(arns, *t.Task.TaskArn)
		}
	}
	slices.Sort(arns)
	shown, next, err := page(arns, strings.Compare, in.MaxResults, maxPage, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTasksOutput{TaskArns: shown, NextToken: next}, nil
}

func (t *Task) matches(in *ecs.ListTasksInput) bool {
	definition := *t.Task.TaskDefinitionArn
	family, _ := splitRevision(definition[strings.LastIndex(definition, "/")+1:])
	return string(cmp.Or(in.DesiredStatus, types.DesiredStatusRunning)) == *t.Task.DesiredStatus &&
		cmp.Or(value(in.Family), family) == family &&
		(in.StartedBy == nil || *in.StartedBy == value(t.Task.StartedBy)) &&
		cmp.Or(in.LaunchType, t.Task.LaunchType) == t.Task.LaunchType && in.ContainerInstance == nil && in.DaemonName == nil
}
