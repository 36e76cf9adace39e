package wire

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/awserr"
)

func TestOperationsByMethodAndPath(t *testing.T) {
	codec := codecOf(t, "scheduler")
	for request, want := range map[[2]string]string{
		{"GET", "/schedules"}:                  "ListSchedules",
		{"GET", "/schedules/a%20b"}:            "GetSchedule",
		{"PUT", "/schedules/a"}:                "UpdateSchedule",
		{"POST", "/tags/arn%3Aaws%3Ax%2Fy"}:    "TagResource",
		{"PATCH", "/schedules/a"}:              "",
		{"GET", "/schedules/"}:                 "",
		{"GET", "/schedules/a/b"}:              "",
		{"GET", "/Schedules"}:                  "",
		{"GET", "/schedules/%zz"}:              "",
		{"DELETE", "/schedule-groups/default"}: "DeleteScheduleGroup",
	} {
		if got, ok := codec.Operation(Place{Method: request[0], Path: request[1]}); got != want || ok != (want != "") {
			t.Errorf("%v is %q", request, got)
		}
	}
}

func TestRESTRequestsThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ op, path, query, body, want string }{
		"unknown parameter": {"GetSchedule", "/schedules/a", "group=b", "", "SerializationException"},
		"twice":             {"GetSchedule", "/schedules/a", "groupName=b&groupName=c", "", "SerializationException"},
		"name in the body":  {"CreateScheduleGroup", "/schedule-groups/a", "", `{"Name":"b"}`, "SerializationException"},
		"not an object":     {"CreateScheduleGroup", "/schedule-groups/a", "", `[]`, "SerializationException"},
		"null":              {"CreateScheduleGroup", "/schedule-groups/a", "", `null`, "SerializationException"},
		"goes on":           {"CreateScheduleGroup", "/schedule-groups/a", "", `{} {}`, "SerializationException"},
		"no number":         {"ListSchedules", "/schedules", "MaxResults=many", "", "SerializationException"},
		"too many":          {"ListSchedules", "/schedules", "MaxResults=101", "", "ValidationException"},
		"name's form":       {"GetSchedule", "/schedules/a%20b", "", "", "ValidationException"},
		"too little":        {"CreateSchedule", "/schedules/a", "", `{}`, "ValidationException"},
		"fine":              {"ListSchedules", "/schedules", "MaxResults=100&ScheduleGroup=a", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			inputs := map[string]any{
				"GetSchedule": &scheduler.GetScheduleInput{}, "ListSchedules": &scheduler.ListSchedulesInput{},
				"CreateSchedule": &scheduler.CreateScheduleInput{}, "CreateScheduleGroup": &scheduler.CreateScheduleGroupInput{},
			}
			err = codecOf(t, "scheduler").ReadREST(test.op, Place{Path: test.path, Query: query}, []byte(test.body), inputs[test.op])
			got := ""
			var refused *awserr.Error
			if errors.As(err, &refused) {
				got = refused.Code
			}
			if got != test.want {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestRESTAnswersLeaveOutWhatIsUnset(t *testing.T) {
	out := &scheduler.GetScheduleOutput{Name: new("a<b"), CreationDate: new(time.UnixMilli(1500))}
	got, err := codecOf(t, "scheduler").WriteREST("GetSchedule", out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"CreationDate":1.5,"Name":"a<b"}`, string(got)); diff != "" {
		t.Error(diff)
	}
}
