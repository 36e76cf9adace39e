package scheduler_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// The tests speak to the backend as callers do: through the SDK's client, and
// with it the protocol of methods and paths.

const (
	cluster  = "arn:aws:ecs:us-west-2:012345678901:cluster/main"
	taskARN  = "arn:aws:ecs:us-west-2:012345678901:task-definition/report:1"
	roleARN  = "arn:aws:iam::012345678901:role/runner"
	groupARN = "arn:aws:scheduler:us-west-2:012345678901:schedule-group/"
)

func start() time.Time { return time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC) }

type service struct {
	*scheduler.Client
	t    *testing.T
	time *time.Time
}

// newService has a role that it may assume for the group default and below, and
// one that trusts ECS instead.
func newService(t *testing.T) service {
	t.Helper()
	now := start()
	_, cfg := sandboxtest.New(t, func(o *sandbox.Options) { o.Now = func() time.Time { return now } })
	roles := iam.NewFromConfig(cfg)
	for name, principal := range map[string]string{"runner": "scheduler", "task": "ecs-tasks"} {
		trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"` + principal +
			`.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"012345678901"}}}}`
		if _, err := roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}); err != nil {
			t.Fatal(err)
		}
	}
	return service{Client: scheduler.NewFromConfig(cfg), t: t, time: &now}
}

// nightly is a schedule of a Fargate task.
func nightly() *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name: new("nightly"), ScheduleExpression: new("cron(0 3 * * ? *)"),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target: &types.Target{Arn: new(cluster), RoleArn: new(roleARN), EcsParameters: &types.EcsParameters{
			TaskDefinitionArn: new(taskARN), LaunchType: types.LaunchTypeFargate,
			NetworkConfiguration: &types.NetworkConfiguration{
				AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}, AssignPublicIp: types.AssignPublicIpDisabled},
			},
		}},
	}
}

func (s service) create(change ...func(*scheduler.CreateScheduleInput)) error {
	in := nightly()
	for _, c := range change {
		c(in)
	}
	_, err := s.CreateSchedule(s.t.Context(), in)
	return err
}

func (s service) get(group *string) (*scheduler.GetScheduleOutput, error) {
	return s.GetSchedule(s.t.Context(), &scheduler.GetScheduleInput{Name: new("nightly"), GroupName: group})
}

// wantCode checks an error's code and status; empty stands for no error.
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
	statuses := map[string]int{"ConflictException": http.StatusConflict, "ResourceNotFoundException": http.StatusNotFound, "ValidationException": http.StatusBadRequest}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.HTTPStatusCode() != statuses[code] {
		t.Errorf("%s has status %d", code, response.HTTPStatusCode())
	}
}

func TestSchedulesThatAreRefused(t *testing.T) {
	type input = scheduler.CreateScheduleInput
	for name, change := range map[string]func(*input){
		"name":                  func(in *input) { in.Name = new("a b") },
		"expression":            func(in *input) { in.ScheduleExpression = new("cron(0 3 * * * *)") },
		"padding":               func(in *input) { in.ScheduleExpression = new(" rate(1 hour)") },
		"zone":                  func(in *input) { in.ScheduleExpressionTimezone = new("Mars/Olympus") },
		"window without length": func(in *input) { in.FlexibleTimeWindow.Mode = types.FlexibleTimeWindowModeFlexible },
		"length without window": func(in *input) { in.FlexibleTimeWindow.MaximumWindowInMinutes = new(int32(5)) },
		"window of two days": func(in *input) {
			in.FlexibleTimeWindow = &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeFlexible, MaximumWindowInMinutes: new(int32(2880))}
		},
		"start in the past":    func(in *input) { in.StartDate = new(start().Add(-time.Hour)) },
		"end before the start": func(in *input) { in.StartDate, in.EndDate = new(start().Add(2*time.Hour)), new(start().Add(time.Hour)) },
		"target of no ARN":     func(in *input) { in.Target.Arn = new("main") },
		"target of a service":  func(in *input) { in.Target.Arn = new("arn:aws:ecs:us-west-2:012345678901:service/main/web") },
		"no task":              func(in *input) { in.Target.EcsParameters = nil },
		"task of a queue":      func(in *input) { in.Target.Arn = new("arn:aws:sqs:us-west-2:012345678901:q") },
		"task by family":       func(in *input) { in.Target.EcsParameters.TaskDefinitionArn = new("report") },
		"eleven tasks":         func(in *input) { in.Target.EcsParameters.TaskCount = new(int32(11)) },
		"no network":           func(in *input) { in.Target.EcsParameters.NetworkConfiguration = nil },
		"strategy and launch": func(in *input) {
			in.Target.EcsParameters.CapacityProviderStrategy = []types.CapacityProviderStrategyItem{{CapacityProvider: new("FARGATE")}}
		},
		"186 attempts": func(in *input) { in.Target.RetryPolicy = &types.RetryPolicy{MaximumRetryAttempts: new(int32(186))} },
		"old events": func(in *input) {
			in.Target.RetryPolicy = &types.RetryPolicy{MaximumEventAgeInSeconds: new(int32(86401))}
		},
		"dead letters": func(in *input) {
			in.Target.DeadLetterConfig = &types.DeadLetterConfig{Arn: new("arn:aws:sns:us-west-2:012345678901:t")}
		},
		"input":       func(in *input) { in.Target.Input = new("{") },
		"key":         func(in *input) { in.KmsKeyArn = new("arn:aws:kms:us-west-2:012345678901:key/none") },
		"no role":     func(in *input) { in.Target.RoleArn = new(roleARN + "x") },
		"role of ECS": func(in *input) { in.Target.RoleArn = new("arn:aws:iam::012345678901:role/task") },
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, newService(t).create(change), "ValidationException") })
	}
	wantCode(t, newService(t).create(func(in *input) { in.GroupName = new("none") }), "ResourceNotFoundException")
}

func TestWhatAWSFillsIn(t *testing.T) {
	s := newService(t)
	wantCode(t, s.create(), "")
	got, err := s.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	if *got.Arn != "arn:aws:scheduler:us-west-2:012345678901:schedule/default/nightly" || *got.GroupName != "default" ||
		*got.ScheduleExpressionTimezone != "UTC" || got.State != types.ScheduleStateEnabled ||
		got.ActionAfterCompletion != types.ActionAfterCompletionNone || *got.Target.RetryPolicy.MaximumRetryAttempts != 185 ||
		*got.Target.RetryPolicy.MaximumEventAgeInSeconds != 86400 || *got.Target.EcsParameters.TaskCount != 1 ||
		!got.CreationDate.Equal(start()) || got.Description != nil {
		t.Errorf("%+v", got)
	}
}

func TestAnUpdateReplacesAll(t *testing.T) {
	s := newService(t)
	end := start().Add(24 * time.Hour)
	wantCode(t, s.create(func(in *scheduler.CreateScheduleInput) {
		in.Description, in.State, in.EndDate, in.ScheduleExpressionTimezone = new("every night"), types.ScheduleStateDisabled, &end, new("Europe/Berlin")
	}), "")
	before, err := s.get(nil)
	if err != nil || !before.EndDate.Equal(end) || before.State != types.ScheduleStateDisabled {
		t.Fatalf("%+v, %v", before, err)
	}
	*s.time = s.time.Add(time.Hour)
	in := nightly()
	update := &scheduler.UpdateScheduleInput{
		Name: in.Name, ScheduleExpression: new("rate(1 hour)"), Target: in.Target, FlexibleTimeWindow: in.FlexibleTimeWindow,
	}
	if _, err := s.UpdateSchedule(t.Context(), update); err != nil {
		t.Fatal(err)
	}
	got, err := s.get(new("default"))
	if err != nil || got.Description != nil || got.EndDate != nil || got.State != types.ScheduleStateEnabled ||
		*got.ScheduleExpressionTimezone != "UTC" || *got.ScheduleExpression != "rate(1 hour)" {
		t.Errorf("%+v, %v", got, err)
	}
	if !got.CreationDate.Equal(*before.CreationDate) || !got.LastModificationDate.Equal(start().Add(time.Hour)) {
		t.Errorf("made %v, modified %v", got.CreationDate, got.LastModificationDate)
	}
	update.Name = new("other")
	_, err = s.UpdateSchedule(t.Context(), update)
	wantCode(t, err, "ResourceNotFoundException")
}

func TestTokens(t *testing.T) {
	s := newService(t)
	with := func(token string) func(*scheduler.CreateScheduleInput) {
		return func(in *scheduler.CreateScheduleInput) { in.ClientToken = &token }
	}
	wantCode(t, s.create(with("one")), "")
	wantCode(t, s.create(with("one")), "")
	wantCode(t, s.create(with("two")), "ConflictException")
	wantCode(t, s.create(with("one"), func(in *scheduler.CreateScheduleInput) { in.Description = new("d") }), "ConflictException")
}

func TestGroups(t *testing.T) {
	s := newService(t)
	group := func(name, token string) error {
		_, err := s.CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{
			Name: &name, ClientToken: &token, Tags: []types.Tag{{Key: new("team"), Value: new("data")}},
		})
		return err
	}
	wantCode(t, group("jobs", "a"), "")
	wantCode(t, group("jobs", "a"), "")
	wantCode(t, group("jobs", "b"), "ConflictException")
	wantCode(t, group("default", "b"), "ConflictException")
	wantCode(t, s.create(func(in *scheduler.CreateScheduleInput) { in.GroupName = new("jobs") }), "")
	_, err := s.get(nil)
	wantCode(t, err, "ResourceNotFoundException")
	shown, err := s.GetScheduleGroup(t.Context(), &scheduler.GetScheduleGroupInput{Name: new("jobs")})
	if err != nil || *shown.Arn != groupARN+"jobs" || shown.State != types.ScheduleGroupStateActive {
		t.Errorf("%+v, %v", shown, err)
	}
	listed, err := s.ListScheduleGroups(t.Context(), &scheduler.ListScheduleGroupsInput{})
	if err != nil || len(listed.ScheduleGroups) != 2 || *listed.ScheduleGroups[0].Name != "default" {
		t.Errorf("%+v, %v", listed, err)
	}
	for name, want := range map[string]string{"jobs": "", "default": "ValidationException", "none": "ResourceNotFoundException"} {
		_, err := s.DeleteScheduleGroup(t.Context(), &scheduler.DeleteScheduleGroupInput{Name: &name})
		wantCode(t, err, want)
	}
	_, err = s.get(new("jobs"))
	wantCode(t, err, "ResourceNotFoundException")
}

func TestTagsAreAGroups(t *testing.T) {
	s := newService(t)
	arn := groupARN + "default"
	if _, err := s.TagResource(t.Context(), &scheduler.TagResourceInput{ResourceArn: &arn, Tags: []types.Tag{{Key: new("k"), Value: new("v/1")}}}); err != nil {
		t.Fatal(err)
	}
	out, err := s.ListTagsForResource(t.Context(), &scheduler.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil || len(out.Tags) != 1 || *out.Tags[0].Value != "v/1" {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := s.UntagResource(t.Context(), &scheduler.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"k", "none"}}); err != nil {
		t.Fatal(err)
	}
	out, err = s.ListTagsForResource(t.Context(), &scheduler.ListTagsForResourceInput{ResourceArn: &arn})
	if err != nil || out.Tags == nil || len(out.Tags) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
	_, err = s.ListTagsForResource(t.Context(), &scheduler.ListTagsForResourceInput{ResourceArn: new("arn:aws:scheduler:us-west-2:012345678901:schedule/default/nightly")})
	wantCode(t, err, "ValidationException")
	_, err = s.ListTagsForResource(t.Context(), &scheduler.ListTagsForResourceInput{ResourceArn: new(groupARN + "none")})
	wantCode(t, err, "ResourceNotFoundException")
}

func TestLists(t *testing.T) {
	s := newService(t)
	for _, name := range []string{"b", "a1", "a2"} {
		wantCode(t, s.create(func(in *scheduler.CreateScheduleInput) {
			in.Name = &name
			if name == "a2" {
				in.State = types.ScheduleStateDisabled
			}
		}), "")
	}
	for name, test := range map[string]struct {
		in   scheduler.ListSchedulesInput
		want []string
	}{
		"all":      {scheduler.ListSchedulesInput{MaxResults: new(int32(2))}, []string{"a1", "a2", "b"}},
		"prefix":   {scheduler.ListSchedulesInput{NamePrefix: new("a"), GroupName: new("default")}, []string{"a1", "a2"}},
		"disabled": {scheduler.ListSchedulesInput{State: types.ScheduleStateDisabled}, []string{"a2"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			pages := scheduler.NewListSchedulesPaginator(s, &test.in)
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, one := range page.Schedules {
					got = append(got, *one.Name)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	_, err := s.ListSchedules(t.Context(), &scheduler.ListSchedulesInput{GroupName: new("none")})
	wantCode(t, err, "ResourceNotFoundException")
	_, err = s.ListSchedules(t.Context(), &scheduler.ListSchedulesInput{NextToken: new("x")})
	wantCode(t, err, "ValidationException")
	_, err = s.ListSchedules(t.Context(), &scheduler.ListSchedulesInput{MaxResults: new(int32(101))})
	wantCode(t, err, "ValidationException")
	for _, want := range []string{"", "ResourceNotFoundException"} {
		_, err := s.DeleteSchedule(t.Context(), &scheduler.DeleteScheduleInput{Name: new("b")})
		wantCode(t, err, want)
	}
}
