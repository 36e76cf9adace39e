package service

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// What launches tasks, or was launched, beside services is only told of. A
// schedule's name in plans is GROUP/NAME, a rule's its own.
const (
	scheduleType resource.Type = "schedule"
	ruleType     resource.Type = "rule"
)

// launches finds the EventBridge schedules and rules that start tasks of one of
// the families in one of the clusters, and name a revision: the others start
// tasks of the newest.
func (k *Kind) launches(ctx context.Context, d *spec.Deployment, tasks map[string]spec.Task, clusters []string) ([]Observed, error) {
	schedules, err := k.schedules(ctx, clusters)
	if err != nil {
		return nil, err
	}
	rules, err := k.rules(ctx, d, clusters)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(append(schedules, rules...), func(o Observed) bool {
		_, ours := tasks[o.family]
		return !ours || o.revision == 0
	}), nil
}

// launcher is an observed schedule or rule.
func launcher(of resource.Type, name, taskDefinition string) Observed {
	return Observed{of: of, name: name, family: family(taskDefinition), revision: revision(taskDefinition)}
}

// revision is that of a task definition's ARN; 0 where it names none, and so the
// newest.
func revision(arn string) int {
	_, named, _ := strings.Cut(arn, ":task-definition/")
	_, number, _ := strings.Cut(named, ":")
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return n
}

// schedules reads those whose target is one of the clusters: the list tells a
// target, but not what it starts.
func (k *Kind) schedules(ctx context.Context, clusters []string) ([]Observed, error) {
	var asked []scheduler.GetScheduleInput
	pages := scheduler.NewListSchedulesPaginator(k.scheduler, &scheduler.ListSchedulesInput{MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list schedules: %w", awsapi.Classify(err))
		}
		for _, s := range page.Schedules {
			if s.Target != nil && slices.Contains(clusters, clusterName(aws.ToString(s.Target.Arn))) {
				asked = append(asked, scheduler.GetScheduleInput{GroupName: s.GroupName, Name: s.Name})
			}
		}
	}
	return each(ctx, k.opts.Parallelism, asked, func(ctx context.Context, in scheduler.GetScheduleInput) ([]Observed, error) {
		name := aws.ToString(in.GroupName) + "/" + aws.ToString(in.Name)
		out, err := k.scheduler.GetSchedule(ctx, &in)
		if notFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read schedule %s: %w", name, awsapi.Classify(err))
		}
		if out.Target == nil || out.Target.EcsParameters == nil {
			return nil, nil
		}
		return []Observed{launcher(scheduleType, name, aws.ToString(out.Target.EcsParameters.TaskDefinitionArn))}, nil
	})
}

// clusterName is that in a cluster's ARN; "" for anything else.
func clusterName(arn string) string {
	if !strings.Contains(arn, ":ecs:") || !strings.Contains(arn, ":cluster/") {
		return ""
	}
	return afterSlash(arn)
}

// rules reads those of the default event bus, the only one that has schedules,
// with one of the clusters for a target.
func (k *Kind) rules(ctx context.Context, d *spec.Deployment, clusters []string) ([]Observed, error) {
	names, err := each(ctx, k.opts.Parallelism, clusters, func(ctx context.Context, cluster string) ([]string, error) {
		return k.ruleNames(ctx, spec.ARN{Partition: d.Partition, Service: "ecs", Region: d.Region, AccountID: d.AccountID, Resource: "cluster/" + cluster}.String())
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return each(ctx, k.opts.Parallelism, slices.Compact(names), k.ruleTargets)
}

func (k *Kind) ruleNames(ctx context.Context, cluster string) ([]string, error) {
	var names []string
	in := &eventbridge.ListRuleNamesByTargetInput{TargetArn: &cluster}
	for {
		out, err := k.events.ListRuleNamesByTarget(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("list the rules that start tasks in %s: %w", cluster, awsapi.Classify(err))
		}
		names = append(names, out.RuleNames...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return names, nil
		}
	}
}

// ruleTargets reads a rule's targets; it has five at most, so that they are one
// page. The oldest revision of a family stands for all.
func (k *Kind) ruleTargets(ctx context.Context, rule string) ([]Observed, error) {
	out, err := k.events.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: &rule})
	if notFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the targets of rule %s: %w", rule, awsapi.Classify(err))
	}
	var found []Observed
	for _, t := range out.Targets {
		if t.EcsParameters == nil {
			continue
		}
		o := launcher(ruleType, rule, aws.ToString(t.EcsParameters.TaskDefinitionArn))
		if o.revision > 0 && !slices.ContainsFunc(found, func(f Observed) bool { return f.family == o.family && f.revision <= o.revision }) {
			found = append(found, o)
		}
	}
	return found, nil
}

func notFound(err error) bool {
	return err != nil && resource.ClassOf(awsapi.Classify(err)) == resource.NotFound
}

// each gathers what a call finds for each of the inputs, several at once.
func each[In, Out any](ctx context.Context, atOnce int, inputs []In, call func(context.Context, In) ([]Out, error)) ([]Out, error) {
	found := make([][]Out, len(inputs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, in := range inputs {
		group.Go(func() (err error) {
			found[i], err = call(ctx, in)
			return err
		})
	}
	err := group.Wait()
	return slices.Concat(found...), err
}
