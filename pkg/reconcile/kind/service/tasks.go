package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// taskType is of tasks that no service started. A task's name in plans is
// CLUSTER/ID.
const taskType resource.Type = "task"

// serviceGroup begins the group of the tasks that a service started (AWS: Task).
const serviceGroup = "service:"

// standalone finds the running tasks of the families that no service started.
// ListTasks narrows to one family; of several, a whole cluster is listed, which
// is one call for a hundred tasks instead of one for each family.
func (k *Kind) standalone(ctx context.Context, tasks map[string]spec.Task, clusters []string) ([]Observed, error) {
	in := ecs.ListTasksInput{DesiredStatus: types.DesiredStatusRunning, MaxResults: aws.Int32(pageSize)}
	for family := range tasks {
		if len(tasks) == 1 {
			in.Family = &family
		}
	}
	found, err := each(ctx, k.opts.Parallelism, clusters, func(ctx context.Context, cluster string) ([]Observed, error) {
		in := in
		in.Cluster = &cluster
		return k.running(ctx, &in)
	})
	return slices.DeleteFunc(found, func(o Observed) bool { _, ours := tasks[o.family]; return !ours }), err
}

// running is empty for a cluster that does not exist.
func (k *Kind) running(ctx context.Context, in *ecs.ListTasksInput) ([]Observed, error) {
	var found []Observed
	pages := ecs.NewListTasksPaginator(k.ecs, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if awsapi.Code(err) == clusterNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list the tasks of cluster %s: %w", *in.Cluster, awsapi.Classify(err))
		}
		if len(page.TaskArns) == 0 {
			continue
		}
		out, err := k.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: in.Cluster, Tasks: page.TaskArns})
		if err != nil {
			return nil, fmt.Errorf("describe tasks of cluster %s: %w", *in.Cluster, awsapi.Classify(err))
		}
		for _, t := range out.Tasks { // what is missing has stopped meanwhile
			if !strings.HasPrefix(aws.ToString(t.Group), serviceGroup) {
				found = append(found, observedTask(*in.Cluster, t))
			}
		}
	}
	return found, nil
}

// observedTask has got its values by the time that it started. One that has not
// started may be about to get the new ones; it counts from its creation.
func observedTask(cluster string, t types.Task) Observed {
	o := Observed{of: taskType, cluster: cluster, name: afterSlash(aws.ToString(t.TaskArn)), family: family(aws.ToString(t.TaskDefinitionArn)), hasTasks: true}
	if o.started = aws.ToTime(t.StartedAt); t.StartedAt == nil {
		o.started = aws.ToTime(t.CreatedAt)
	}
	return o
}
