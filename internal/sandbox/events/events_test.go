package events_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// The tests speak to the backend as callers do: through the SDK's client.

const (
	ruleARN = "arn:aws:events:us-west-2:012345678901:rule/nightly"
	cluster = "arn:aws:ecs:us-west-2:012345678901:cluster/main"
	queue   = "arn:aws:sqs:us-west-2:012345678901:q"
)

type service struct {
	*eventbridge.Client
	t *testing.T
}

func newService(t *testing.T) service {
	t.Helper()
	_, cfg := sandboxtest.New(t)
	return service{Client: eventbridge.NewFromConfig(cfg), t: t}
}

func (s service) put(change ...func(*eventbridge.PutRuleInput)) error {
	in := &eventbridge.PutRuleInput{Name: new("nightly"), ScheduleExpression: new("rate(1 day)")}
	for _, c := range change {
		c(in)
	}
	_, err := s.PutRule(s.t.Context(), in)
	return err
}

// task is a target that runs a Fargate task.
func task(id string) types.Target {
	return types.Target{Id: &id, Arn: new(cluster), RoleArn: new("arn:aws:iam::012345678901:role/runner"), EcsParameters: &types.EcsParameters{
		TaskDefinitionArn: new("arn:aws:ecs:us-west-2:012345678901:task-definition/report"), LaunchType: types.LaunchTypeFargate,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}},
	}}
}

func (s service) target(targets ...types.Target) error {
	out, err := s.PutTargets(s.t.Context(), &eventbridge.PutTargetsInput{Rule: new("nightly"), Targets: targets})
	if err == nil && out.FailedEntryCount != 0 {
		s.t.Errorf("%v", out.FailedEntries)
	}
	return err
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	got := ""
	if errors.As(err, &api) {
		got = api.ErrorCode()
	} else if err != nil {
		got = err.Error()
	}
	if got != code {
		t.Errorf("error is %q (%v), not %q", got, err, code)
	}
}

func TestRules(t *testing.T) {
	type input = eventbridge.PutRuleInput
	pattern := func(text string) func(*input) {
		return func(in *input) { in.ScheduleExpression, in.EventPattern = nil, &text }
	}
	for name, test := range map[string]struct {
		change func(*input)
		want   string
	}{
		"rate":             {func(*input) {}, ""},
		"pattern":          {pattern(`{"source":["aws.ecs"],"detail":{"x":[1]}}`), ""},
		"neither":          {func(in *input) { in.ScheduleExpression = nil }, "ValidationException"},
		"plural of one":    {func(in *input) { in.ScheduleExpression = new("rate(1 days)") }, "ValidationException"},
		"cron":             {func(in *input) { in.ScheduleExpression = new("cron(0 1 * * * *)") }, "ValidationException"},
		"moment":           {func(in *input) { in.ScheduleExpression = new("at(2030-01-01T00:00:00)") }, "ValidationException"},
		"pattern no JSON":  {pattern(`{`), "InvalidEventPatternException"},
		"empty pattern":    {pattern(`{}`), "InvalidEventPatternException"},
		"pattern of texts": {pattern(`{"source":"aws.ecs"}`), "InvalidEventPatternException"},
		"empty list":       {pattern(`{"detail":{"x":[]}}`), "InvalidEventPatternException"},
		"other bus":        {func(in *input) { in.EventBusName = new("mine") }, "ResourceNotFoundException"},
		"reserved tag":     {func(in *input) { in.Tags = []types.Tag{{Key: new("aws:x"), Value: new("")}} }, "ValidationException"},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, newService(t).put(test.change), test.want) })
	}
}

func TestPuttingReplacesAllButTagsAndTargets(t *testing.T) {
	s := newService(t)
	wantCode(t, s.put(func(in *eventbridge.PutRuleInput) {
		in.Description, in.State, in.Tags = new("d"), types.RuleStateDisabled, []types.Tag{{Key: new("k"), Value: new("v")}}
	}), "")
	wantCode(t, s.target(task("one")), "")
	wantCode(t, s.put(func(in *eventbridge.PutRuleInput) { in.Tags = []types.Tag{{Key: new("other"), Value: new("v")}} }), "")
	got, err := s.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: new("nightly")})
	if err != nil || got.Description != nil || got.State != types.RuleStateEnabled || *got.Arn != ruleARN || *got.EventBusName != "default" {
		t.Errorf("%+v, %v", got, err)
	}
	tags, err := s.ListTagsForResource(t.Context(), &eventbridge.ListTagsForResourceInput{ResourceARN: new(ruleARN)})
	if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].Key != "k" {
		t.Errorf("%+v, %v", tags, err)
	}
	targets, err := s.ListTargetsByRule(t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: new("nightly")})
	if err != nil || len(targets.Targets) != 1 || targets.Targets[0].EcsParameters.NetworkConfiguration.AwsvpcConfiguration.Subnets[0] != "subnet-1" {
		t.Errorf("%+v, %v", targets, err)
	}
}

func TestTargets(t *testing.T) {
	changed := func(change func(*types.Target)) types.Target {
		out := task("one")
		change(&out)
		return out
	}
	for name, test := range map[string]struct {
		target types.Target
		want   string
	}{
		"task":             {task("one"), ""},
		"queue":            {types.Target{Id: new("q"), Arn: new(queue)}, ""},
		"no ARN":           {types.Target{Id: new("q"), Arn: new("q")}, "ValidationException"},
		"cluster alone":    {types.Target{Id: new("q"), Arn: new(cluster)}, "ValidationException"},
		"task of a queue":  {changed(func(t *types.Target) { t.Arn = new(queue) }), "ValidationException"},
		"no role":          {changed(func(t *types.Target) { t.RoleArn = nil }), "ValidationException"},
		"no network":       {changed(func(t *types.Target) { t.EcsParameters.NetworkConfiguration = nil }), "ValidationException"},
		"task by family":   {changed(func(t *types.Target) { t.EcsParameters.TaskDefinitionArn = new("report") }), "ValidationException"},
		"input twice":      {types.Target{Id: new("q"), Arn: new(queue), Input: new("{}"), InputPath: new("$.x")}, "ValidationException"},
		"id with a blank":  {types.Target{Id: new("a b"), Arn: new(queue)}, "ValidationException"},
		"too many retries": {types.Target{Id: new("q"), Arn: new(queue), RetryPolicy: &types.RetryPolicy{MaximumRetryAttempts: new(int32(186))}}, "ValidationException"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			wantCode(t, s.put(), "")
			wantCode(t, s.target(test.target), test.want)
		})
	}
}

func TestTheWayOfARule(t *testing.T) {
	s := newService(t)
	wantCode(t, s.target(task("one")), "ResourceNotFoundException")
	wantCode(t, s.put(), "")
	var six []types.Target
	for i := range 6 {
		six = append(six, types.Target{Id: new(fmt.Sprint("t", i)), Arn: new(queue)})
	}
	wantCode(t, s.target(six...), "LimitExceededException")
	wantCode(t, s.target(six[:2]...), "")
	names, err := s.ListRuleNamesByTarget(t.Context(), &eventbridge.ListRuleNamesByTargetInput{TargetArn: new(queue)})
	if err != nil || !cmp.Equal(names.RuleNames, []string{"nightly"}) {
		t.Errorf("%+v, %v", names, err)
	}
	_, err = s.DeleteRule(t.Context(), &eventbridge.DeleteRuleInput{Name: new("nightly")})
	wantCode(t, err, "ValidationException")
	removed, err := s.RemoveTargets(t.Context(), &eventbridge.RemoveTargetsInput{Rule: new("nightly"), Ids: []string{"t0", "t1", "none"}})
	if err != nil || removed.FailedEntryCount != 1 || *removed.FailedEntries[0].TargetId != "none" {
		t.Errorf("%+v, %v", removed, err)
	}
	if _, err := s.DisableRule(t.Context(), &eventbridge.DisableRuleInput{Name: new("nightly")}); err != nil {
		t.Error(err)
	}
	listed, err := s.ListRules(t.Context(), &eventbridge.ListRulesInput{NamePrefix: new("night")})
	if err != nil || len(listed.Rules) != 1 || listed.Rules[0].State != types.RuleStateDisabled {
		t.Errorf("%+v, %v", listed, err)
	}
	for range 2 {
		_, err = s.DeleteRule(t.Context(), &eventbridge.DeleteRuleInput{Name: new("nightly")})
		wantCode(t, err, "")
	}
	_, err = s.EnableRule(t.Context(), &eventbridge.EnableRuleInput{Name: new("nightly")})
	wantCode(t, err, "ResourceNotFoundException")
	_, err = s.ListTagsForResource(t.Context(), &eventbridge.ListTagsForResourceInput{ResourceARN: new(ruleARN)})
	wantCode(t, err, "ResourceNotFoundException")
}
