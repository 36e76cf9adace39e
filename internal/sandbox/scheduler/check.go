package scheduler

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"ecs-reconciler/internal/sandbox/kmskey"
	"ecs-reconciler/internal/sandbox/timing"
)

// check refuses a schedule that AWS refuses, whatever schedules there are. The
// expression comes before the role, as recorded from AWS.
func (b *Backend) check(in *scheduler.CreateScheduleInput) error {
	for _, check := range []func(*scheduler.CreateScheduleInput) error{
		checkExpression, b.checkDates, checkWindow, checkTarget, b.checkSurroundings,
	} {
		if err := check(in); err != nil {
			return err
		}
	}
	return nil
}

func checkExpression(in *scheduler.CreateScheduleInput) error {
	expression := *in.ScheduleExpression
	if !timing.IsCron(expression) && !timing.IsRate(expression) && !timing.IsAt(expression) {
		return invalid("Invalid Schedule Expression %s.", expression)
	}
	if zone := *in.ScheduleExpressionTimezone; !timing.IsZone(zone) {
		return invalid("Invalid Schedule Expression Timezone %s.", zone)
	}
	return nil
}

// grace is how far back a start may lie.
const grace = 5 * time.Minute

func (b *Backend) checkDates(in *scheduler.CreateScheduleInput) error {
	now := b.env.Now()
	switch {
	case in.StartDate != nil && in.StartDate.Before(now.Add(-grace)):
		return invalid("The StartDate you specify cannot be earlier than 5 minutes ago.")
	case in.EndDate != nil && in.EndDate.Before(now):
		return invalid("The EndDate you specify cannot be in the past.")
	case in.StartDate != nil && in.EndDate != nil && !in.StartDate.Before(*in.EndDate):
		return invalid("The StartDate must come before the EndDate.")
	}
	return nil
}

func checkWindow(in *scheduler.CreateScheduleInput) error {
	w := in.FlexibleTimeWindow
	switch {
	case w.Mode == types.FlexibleTimeWindowModeFlexible && w.MaximumWindowInMinutes == nil:
		return invalid("MaximumWindowInMinutes must be provided when the FlexibleTimeWindow's Mode is FLEXIBLE.")
	case w.Mode == types.FlexibleTimeWindowModeOff && w.MaximumWindowInMinutes != nil:
		return invalid("MaximumWindowInMinutes must not be provided when the FlexibleTimeWindow's Mode is OFF.")
	}
	return nil
}

// checkSurroundings refuses a schedule whose key, role or group is not there.
func (b *Backend) checkSurroundings(in *scheduler.CreateScheduleInput) error {
	if in.KmsKeyArn != nil && !kmskey.Exists(b.env, b.KMSKeys, *in.KmsKeyArn) {
		return invalid("The KMS key %s does not exist.", *in.KmsKeyArn)
	}
	if _, err := b.needGroup(in.GroupName); err != nil {
		return err
	}
	if b.Assumable != nil && !b.Assumable(aws.ToString(in.Target.RoleArn), b.groupARN(*in.GroupName)) {
		return invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
	}
	return nil
}
