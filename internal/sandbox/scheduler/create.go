package scheduler

import (
	"cmp"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// What AWS fills in.
const (
	defaultZone     = "UTC"
	defaultAge      = 86400
	defaultAttempts = 185
)

// CreateSchedule makes a schedule. The same request with the same token again is
// no error.
func (b *Backend) CreateSchedule(in *scheduler.CreateScheduleInput) (*scheduler.CreateScheduleOutput, error) {
	spec := filled(*in)
	if err := b.check(&spec); err != nil {
		return nil, err
	}
	key := keyOf(*spec.GroupName, *spec.Name)
	if s, taken := b.state.Schedules[key]; taken {
		if s.Token == aws.ToString(in.ClientToken) && s.Token != "" && sameSpec(s.Spec, spec) {
			return &scheduler.CreateScheduleOutput{ScheduleArn: new(b.scheduleARN(key))}, nil
		}
		return nil, conflict("Schedule %s already exists.", *spec.Name)
	}
	now := b.now()
	b.state.Schedules[key] = &Schedule{Spec: spec, Token: aws.ToString(in.ClientToken), Created: now, Modified: now}
	return &scheduler.CreateScheduleOutput{ScheduleArn: new(b.scheduleARN(key))}, nil
}

// UpdateSchedule replaces all that a schedule is: what the request leaves out
// is as if it had never been set.
func (b *Backend) UpdateSchedule(in *scheduler.UpdateScheduleInput) (*scheduler.UpdateScheduleOutput, error) {
	spec := filled(scheduler.CreateScheduleInput{
		Name: in.Name, GroupName: in.GroupName, FlexibleTimeWindow: in.FlexibleTimeWindow, Target: in.Target,
		ScheduleExpression: in.ScheduleExpression, ScheduleExpressionTimezone: in.ScheduleExpressionTimezone,
		StartDate: in.StartDate, EndDate: in.EndDate, Description: in.Description, State: in.State,
		KmsKeyArn: in.KmsKeyArn, ActionAfterCompletion: in.ActionAfterCompletion,
	})
	if err := b.check(&spec); err != nil {
		return nil, err
	}
	key := keyOf(*spec.GroupName, *spec.Name)
	s, ok := b.state.Schedules[key]
	if !ok {
		return nil, absent(*spec.Name)
	}
	s.Spec, s.Modified = spec, b.now()
	return &scheduler.UpdateScheduleOutput{ScheduleArn: new(b.scheduleARN(key))}, nil
}

func absent(name string) *awserr.Error { return notFound("Schedule %s does not exist.", name) }

// filled is a request with AWS's defaults, without its token.
func filled(in scheduler.CreateScheduleInput) scheduler.CreateScheduleInput {
	in.ClientToken = nil
	in.GroupName = new(cmp.Or(aws.ToString(in.GroupName), defaultGroup))
	in.ScheduleExpressionTimezone = new(cmp.Or(aws.ToString(in.ScheduleExpressionTimezone), defaultZone))
	in.State = cmp.Or(in.State, types.ScheduleStateEnabled)
	in.ActionAfterCompletion = cmp.Or(in.ActionAfterCompletion, types.ActionAfterCompletionNone)
	target := *in.Target
	retry := types.RetryPolicy{}
	if target.RetryPolicy != nil {
		retry = *target.RetryPolicy
	}
	if retry.MaximumEventAgeInSeconds == nil {
		retry.MaximumEventAgeInSeconds = new(int32(defaultAge))
	}
	if retry.MaximumRetryAttempts == nil {
		retry.MaximumRetryAttempts = new(int32(defaultAttempts))
	}
	target.RetryPolicy = &retry
	if target.EcsParameters != nil && target.EcsParameters.TaskCount == nil {
		parameters := *target.EcsParameters
		parameters.TaskCount = new(int32(1))
		target.EcsParameters = &parameters
	}
	in.Target = &target
	return in
}

func sameSpec(x, y scheduler.CreateScheduleInput) bool { return reflect.DeepEqual(x, y) }
