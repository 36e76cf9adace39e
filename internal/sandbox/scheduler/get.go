package scheduler

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"ecs-reconciler/internal/sandbox/paging"
)

// find finds a schedule, in the default group where none is named.
func (b *Backend) find(group, name *string) (key string, s *Schedule, err error) {
	key = keyOf(aws.ToString(group), aws.ToString(name))
	s, ok := b.state.Schedules[key]
	if !ok {
		return key, nil, absent(aws.ToString(name))
	}
	return key, s, nil
}

// GetSchedule shows a schedule.
func (b *Backend) GetSchedule(in *scheduler.GetScheduleInput) (*scheduler.GetScheduleOutput, error) {
	key, s, err := b.find(in.GroupName, in.Name)
	if err != nil {
		return nil, err
	}
	spec := s.Spec
	return &scheduler.GetScheduleOutput{
		Arn: new(b.scheduleARN(key)), Name: spec.Name, GroupName: spec.GroupName, Description: spec.Description,
		ScheduleExpression: spec.ScheduleExpression, ScheduleExpressionTimezone: spec.ScheduleExpressionTimezone,
		StartDate: spec.StartDate, EndDate: spec.EndDate, State: spec.State, Target: spec.Target,
		FlexibleTimeWindow: spec.FlexibleTimeWindow, KmsKeyArn: spec.KmsKeyArn,
		ActionAfterCompletion: spec.ActionAfterCompletion, CreationDate: new(s.Created), LastModificationDate: new(s.Modified),
	}, nil
}

// DeleteSchedule forgets a schedule.
func (b *Backend) DeleteSchedule(in *scheduler.DeleteScheduleInput) (*scheduler.DeleteScheduleOutput, error) {
	key, _, err := b.find(in.GroupName, in.Name)
	if err != nil {
		return nil, err
	}
	delete(b.state.Schedules, key)
	return &scheduler.DeleteScheduleOutput{}, nil
}

// ListSchedules lists schedules by group and name, of all groups unless one is
// named.
func (b *Backend) ListSchedules(in *scheduler.ListSchedulesInput) (*scheduler.ListSchedulesOutput, error) {
	if in.GroupName != nil {
		if _, err := b.needGroup(in.GroupName); err != nil {
			return nil, err
		}
	}
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(b.state.Schedules)) {
		if asked(in, b.state.Schedules[key].Spec) {
			keys = append(keys, key)
		}
	}
	page, next, err := paging.Cut(keys, func(key string) string { return key }, in.NextToken, sizeOr(in.MaxResults))
	if err != nil {
		return nil, badToken()
	}
	out := &scheduler.ListSchedulesOutput{Schedules: []types.ScheduleSummary{}, NextToken: next}
	for _, key := range page {
		out.Schedules = append(out.Schedules, b.summary(key))
	}
	return out, nil
}

func asked(in *scheduler.ListSchedulesInput, spec scheduler.CreateScheduleInput) bool {
	return (in.GroupName == nil || *in.GroupName == *spec.GroupName) &&
		strings.HasPrefix(*spec.Name, aws.ToString(in.NamePrefix)) && (in.State == "" || in.State == spec.State)
}

func (b *Backend) summary(key string) types.ScheduleSummary {
	s := b.state.Schedules[key]
	return types.ScheduleSummary{
		Arn: new(b.scheduleARN(key)), Name: s.Spec.Name, GroupName: s.Spec.GroupName, State: s.Spec.State,
		CreationDate: new(s.Created), LastModificationDate: new(s.Modified),
		Target: &types.TargetSummary{Arn: s.Spec.Target.Arn},
	}
}
