package events

import (
	"math/rand/v2"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/membertest"
	"ecs-reconciler/internal/sandbox/paging"
)

const (
	someRole  = "arn:aws:iam::012345678901:role/r"
	someQueue = "arn:aws:sqs:us-west-2:012345678901:q"
)

// inhabited has three rules with two queues each, and tags.
func inhabited(t *testing.T) *Backend {
	t.Helper()
	b := New(&awsenv.Env{
		Account: awsenv.DefaultAccount, Region: awsenv.DefaultRegion, Partition: "aws",
		Now: func() time.Time { return time.Unix(1_700_000_000, 0) }, Rand: rand.NewChaCha8([32]byte{}),
	})
	for _, name := range []string{"ra", "rb", "sc"} {
		in := &sdk.PutRuleInput{Name: &name, ScheduleExpression: new("rate(1 day)"), Tags: tagged("k", "1")}
		if _, err := b.PutRule(in); err != nil {
			t.Fatal(err)
		}
		targets := []types.Target{{Id: new("one"), Arn: new(someQueue)}, {Id: new("two"), Arn: new(someQueue)}}
		if _, err := b.PutTargets(&sdk.PutTargetsInput{Rule: &name, Targets: targets}); err != nil {
			t.Fatal(err)
		}
	}
	b.state.Rules["sc"].Targets, b.state.Rules["rb"].State = nil, types.RuleStateDisabled
	return b
}

func tagged(key, value string) []types.Tag { return []types.Tag{{Key: &key, Value: &value}} }

// targets are one of each kind, with all that it can have.
func targets() []types.Target {
	var all types.Target
	membertest.Fill(&all)
	queue := types.Target{Id: new("q"), Arn: new(someQueue), RoleArn: new(someRole), Input: new("{}"), RetryPolicy: all.RetryPolicy,
		DeadLetterConfig: all.DeadLetterConfig, SqsParameters: all.SqsParameters}
	path := types.Target{Id: new("p"), Arn: new(someQueue), InputPath: new("$.x")}
	return []types.Target{task(all), queue, path}
}

func task(all types.Target) types.Target {
	out := types.Target{Id: new("t"), Arn: new("arn:aws:ecs:us-west-2:012345678901:cluster/main"), RoleArn: new(someRole),
		InputTransformer: &types.InputTransformer{InputTemplate: new("<x>"), InputPathsMap: map[string]string{"x": "$.x"}}, EcsParameters: all.EcsParameters}
	p := out.EcsParameters
	p.TaskDefinitionArn, p.LaunchType = new("arn:aws:ecs:us-west-2:012345678901:task-definition/t"), types.LaunchTypeFargate
	p.CapacityProviderStrategy = nil
	return out
}

// provided is a task on capacity providers.
func provided() []types.Target {
	var all types.Target
	membertest.Fill(&all)
	strategy := all.EcsParameters.CapacityProviderStrategy
	out := task(all)
	out.EcsParameters.LaunchType, out.EcsParameters.CapacityProviderStrategy = "", strategy
	return []types.Target{out}
}

// foreign are targets of services whose parameters are kept as they are.
func foreign() []types.Target {
	var all types.Target
	membertest.Fill(&all)
	all.EcsParameters, all.InputPath, all.InputTransformer, all.Arn = nil, nil, nil, new(someQueue)
	return []types.Target{all}
}

// TestEveryMemberOfEveryRequest goes through all operations.
func TestEveryMemberOfEveryRequest(t *testing.T) {
	bus, name, one, arn := new("default"), new("ra"), new(int32(1)), new("arn:aws:events:us-west-2:012345678901:rule/ra")
	after := func(name string) *string { return new(tokenAfter(t, name)) }
	force := map[string]string{"Force": "it is for rules that AWS services manage, of which there are none"}
	membertest.Service(t, "events", func() membertest.Backend { return inhabited(t) }, map[string]membertest.Operation{
		"DeleteRule":            {Inputs: []any{&sdk.DeleteRuleInput{Name: new("sc"), EventBusName: bus, Force: true}}, Same: force},
		"DescribeEventBus":      {Inputs: []any{&sdk.DescribeEventBusInput{Name: bus}}},
		"DescribeRule":          {Inputs: []any{&sdk.DescribeRuleInput{Name: name, EventBusName: bus}}},
		"DisableRule":           {Inputs: []any{&sdk.DisableRuleInput{Name: name, EventBusName: bus}}},
		"EnableRule":            {Inputs: []any{&sdk.EnableRuleInput{Name: new("rb"), EventBusName: bus}}},
		"ListRuleNamesByTarget": {Inputs: []any{&sdk.ListRuleNamesByTargetInput{TargetArn: new(someQueue), EventBusName: bus, Limit: one, NextToken: after("q")}}},
		"ListRules":             {Inputs: []any{&sdk.ListRulesInput{EventBusName: bus, Limit: one, NamePrefix: new("r"), NextToken: after("q")}}},
		"ListTagsForResource":   {Inputs: []any{&sdk.ListTagsForResourceInput{ResourceARN: arn}}},
		"ListTargetsByRule":     {Inputs: []any{&sdk.ListTargetsByRuleInput{Rule: name, EventBusName: bus, Limit: one, NextToken: after("a")}}},
		"PutRule": {Inputs: []any{&sdk.PutRuleInput{Name: new("new"), Description: new("d"), EventBusName: bus, EventPattern: new(`{"source":["aws.ecs"]}`),
			RoleArn: new(someRole), ScheduleExpression: new("rate(1 day)"), State: types.RuleStateDisabled, Tags: tagged("k", "1")}}},
		"PutTargets": {Inputs: []any{&sdk.PutTargetsInput{Rule: name, EventBusName: bus, Targets: targets()},
			&sdk.PutTargetsInput{Rule: name, Targets: provided()}, &sdk.PutTargetsInput{Rule: name, Targets: foreign()}}},
		"RemoveTargets": {Inputs: []any{&sdk.RemoveTargetsInput{Rule: name, EventBusName: bus, Ids: []string{"one"}, Force: true}}, Same: force},
		"TagResource":   {Inputs: []any{&sdk.TagResourceInput{ResourceARN: arn, Tags: tagged("k", "2")}}},
		"UntagResource": {Inputs: []any{&sdk.UntagResourceInput{ResourceARN: arn, TagKeys: []string{"k"}}}},
	})
}

// tokenAfter resumes after an item.
func tokenAfter(t *testing.T, name string) string {
	t.Helper()
	_, token, err := paging.Cut([]string{name, name + "~"}, func(s string) string { return s }, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	return *token
}
