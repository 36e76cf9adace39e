package scheduler

import (
	"math/rand/v2"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/membertest"
	"ecs-reconciler/internal/sandbox/paging"
)

const (
	someKey   = "arn:aws:kms:us-west-2:012345678901:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	someRole  = "arn:aws:iam::012345678901:role/r"
	someQueue = "arn:aws:sqs:us-west-2:012345678901:q"
)

// inhabited has the groups jobs and more, and in jobs three schedules that were
// made with the token t.
func inhabited(t *testing.T) *Backend {
	t.Helper()
	b := New(&awsenv.Env{
		Account: awsenv.DefaultAccount, Region: awsenv.DefaultRegion, Partition: "aws",
		Now: func() time.Time { return time.Unix(1_700_000_000, 0) }, Rand: rand.NewChaCha8([32]byte{}),
	})
	b.KMSKeys = []string{someKey}
	for _, name := range []string{"jobs", "more"} {
		if _, err := b.CreateScheduleGroup(&sdk.CreateScheduleGroupInput{Name: &name, ClientToken: new("t"), Tags: tagged("k", "1")}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"sa", "sb", "z"} {
		in := whole(queue())
		in.Name = &name
		if _, err := b.CreateSchedule(in); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func tagged(key, value string) []types.Tag { return []types.Tag{{Key: &key, Value: &value}} }

// whole is a schedule that sets all but its target.
func whole(target types.Target) *sdk.CreateScheduleInput {
	in := &sdk.CreateScheduleInput{
		Name: new("new"), GroupName: new("jobs"), ClientToken: new("t"), Description: new("d"), KmsKeyArn: new(someKey),
		ScheduleExpression: new("rate(1 hour)"), ScheduleExpressionTimezone: new("UTC"), State: types.ScheduleStateDisabled,
		StartDate: new(time.Unix(1_700_000_000, 0)), EndDate: new(time.Unix(1_800_000_000, 0)), Target: &target,
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeFlexible, MaximumWindowInMinutes: new(int32(5))},
	}
	in.ActionAfterCompletion = types.ActionAfterCompletionDelete
	return in
}

func queue() types.Target {
	var all types.Target
	membertest.Fill(&all)
	return types.Target{Arn: new(someQueue), RoleArn: new(someRole), Input: new("{}"), DeadLetterConfig: all.DeadLetterConfig,
		RetryPolicy: all.RetryPolicy, SqsParameters: all.SqsParameters}
}

// foreign are targets of services that need parameters of their own.
func foreign() (out []types.Target) {
	for service, keep := range map[string]func(from, to *types.Target){
		"events":    func(from, to *types.Target) { to.EventBridgeParameters = from.EventBridgeParameters },
		"kinesis":   func(from, to *types.Target) { to.KinesisParameters = from.KinesisParameters },
		"sagemaker": func(from, to *types.Target) { to.SageMakerPipelineParameters = from.SageMakerPipelineParameters },
	} {
		var all types.Target
		membertest.Fill(&all)
		one := types.Target{Arn: new("arn:aws:" + service + ":us-west-2:012345678901:x"), RoleArn: new(someRole)}
		keep(&all, &one)
		out = append(out, one)
	}
	return out
}

// tasks are one on Fargate, and one on capacity providers.
func tasks() (out []types.Target) {
	for _, providers := range []bool{false, true} {
		var all types.Target
		membertest.Fill(&all)
		p := all.EcsParameters
		p.TaskDefinitionArn, p.Tags = new("arn:aws:ecs:us-west-2:012345678901:task-definition/t"), []map[string]string{{"k": "v"}}
		if providers {
			p.LaunchType = ""
		} else {
			p.LaunchType, p.CapacityProviderStrategy = types.LaunchTypeFargate, nil
		}
		out = append(out, types.Target{Arn: new("arn:aws:ecs:us-west-2:012345678901:cluster/main"), RoleArn: new(someRole), EcsParameters: p})
	}
	return out
}

// schedules are requests for new ones with every kind of target, and one for
// a schedule that was made before, whose token counts.
func schedules() (out []any) {
	for _, target := range append(append(foreign(), tasks()...), queue()) {
		out = append(out, whole(target))
	}
	again := whole(queue())
	again.Name = new("sa")
	return append(out, again)
}

// updates are the same for a schedule that is there.
func updates() (out []any) {
	for _, made := range schedules() {
		in, ok := made.(*sdk.CreateScheduleInput)
		if !ok {
			continue
		}
		out = append(out, &sdk.UpdateScheduleInput{
			Name: new("sa"), GroupName: in.GroupName, ClientToken: in.ClientToken, Description: new("e"), KmsKeyArn: in.KmsKeyArn,
			ScheduleExpression: in.ScheduleExpression, ScheduleExpressionTimezone: in.ScheduleExpressionTimezone, State: in.State,
			StartDate: in.StartDate, EndDate: in.EndDate, Target: in.Target, FlexibleTimeWindow: in.FlexibleTimeWindow,
			ActionAfterCompletion: in.ActionAfterCompletion,
		})
	}
	return out
}

// TestEveryMemberOfEveryRequest goes through all operations.
func TestEveryMemberOfEveryRequest(t *testing.T) {
	group, name, one, arn, token := new("jobs"), new("sa"), new(int32(1)), new("arn:aws:scheduler:us-west-2:012345678901:schedule-group/jobs"), new("t")
	after := func(name string) *string { return new(tokenAfter(t, name)) }
	again := map[string]string{"ClientToken": "doing it again comes to the same, or to a refusal that tells it is done"}
	membertest.Service(t, "scheduler", func() membertest.Backend { return inhabited(t) }, map[string]membertest.Operation{
		"CreateSchedule":      {Inputs: schedules()},
		"CreateScheduleGroup": {Inputs: []any{&sdk.CreateScheduleGroupInput{Name: new("new"), ClientToken: token, Tags: tagged("k", "1")}}},
		"DeleteSchedule":      {Inputs: []any{&sdk.DeleteScheduleInput{Name: name, GroupName: group, ClientToken: token}}, Same: again},
		"DeleteScheduleGroup": {Inputs: []any{&sdk.DeleteScheduleGroupInput{Name: group, ClientToken: token}}, Same: again},
		"GetSchedule":         {Inputs: []any{&sdk.GetScheduleInput{Name: name, GroupName: group}}},
		"GetScheduleGroup":    {Inputs: []any{&sdk.GetScheduleGroupInput{Name: group}}},
		"ListScheduleGroups":  {Inputs: []any{&sdk.ListScheduleGroupsInput{MaxResults: one}, &sdk.ListScheduleGroupsInput{NamePrefix: new("j"), NextToken: after("a")}}},
		"ListSchedules": {Inputs: []any{&sdk.ListSchedulesInput{GroupName: group, MaxResults: one, NamePrefix: new("s"), NextToken: after("jobs/a"),
			State: types.ScheduleStateDisabled}}},
		"ListTagsForResource": {Inputs: []any{&sdk.ListTagsForResourceInput{ResourceArn: arn}}},
		"TagResource":         {Inputs: []any{&sdk.TagResourceInput{ResourceArn: arn, Tags: tagged("k", "2")}}},
		"UntagResource":       {Inputs: []any{&sdk.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"k"}}}},
		"UpdateSchedule":      {Inputs: updates(), Same: again},
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
