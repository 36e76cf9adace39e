package demand

import "ecs-reconciler/internal/sandbox/access"

// scheduler are the rows of Amazon EventBridge Scheduler.
func scheduler() rows {
	return rows{
		"CreateSchedule":      {on: schedule, also: scheduleRole},
		"CreateScheduleGroup": {on: scheduleGroup, also: tagOnCreate("scheduler:TagResource", scheduleGroup, nil)},
		"DeleteSchedule":      {on: schedule},
		"DeleteScheduleGroup": {on: scheduleGroup},
		"GetSchedule":         {on: schedule},
		"GetScheduleGroup":    {on: scheduleGroup},
		"ListScheduleGroups":  {},
		"ListSchedules":       {},
		"ListTagsForResource": {on: tagged},
		"TagResource":         {on: tagged},
		"UntagResource":       {on: tagged},
		"UpdateSchedule":      {on: schedule, also: scheduleRole},
	}
}

func schedule(req *request) []target {
	group := req.text("GroupName")
	if group == "" {
		group = "default"
	}
	arn := req.account.ARN("scheduler", "schedule/"+group+"/"+req.text("Name"))
	return []target{req.existing("scheduler", arn, arn)}
}

func scheduleGroup(req *request) []target {
	arn := req.account.ARN("scheduler", "schedule-group/"+req.text("Name"))
	return []target{req.existing("scheduler", arn, arn)}
}

// scheduleRole is the role with which the schedule starts its target.
func scheduleRole(req *request) []access.Check {
	return req.pass("scheduler.amazonaws.com", req.text("Target.RoleArn"))
}
