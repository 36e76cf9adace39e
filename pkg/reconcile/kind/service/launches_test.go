package service_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	scheduletypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/kind/service"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const (
	inAccount  = ":us-west-2:012345678901:"
	clusterARN = "arn:aws:ecs" + inAccount + "cluster/"
	familyARN  = "arn:aws:ecs" + inAccount + "task-definition/"
	starter    = "arn:aws:iam::012345678901:role/starter"
)

// launching is a world in which the family web has two revisions, and schedules
// and rules start tasks of either, of none, and of another family.
func launching(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, service.Options{})
	w.register("web", "registry.example.com/web:2")
	_, err := iam.NewFromConfig(w.cfg).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("starter"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["scheduler.amazonaws.com","events.amazonaws.com"]},"Action":"sts:AssumeRole"}]}`)})
	w.must(err)
	for name, definition := range map[string]string{"old": "web:1", "new": "web:2", "free": "web", "other": "other:1"} {
		_, err := scheduler.NewFromConfig(w.cfg).CreateSchedule(t.Context(), &scheduler.CreateScheduleInput{Name: aws.String("s-" + name), ScheduleExpression: aws.String("rate(1 day)"),
			FlexibleTimeWindow: &scheduletypes.FlexibleTimeWindow{Mode: scheduletypes.FlexibleTimeWindowModeOff},
			Target: &scheduletypes.Target{Arn: aws.String(clusterARN + "blue"), RoleArn: aws.String(starter),
				EcsParameters: &scheduletypes.EcsParameters{TaskDefinitionArn: aws.String(familyARN + definition)}}})
		w.must(err)
		events := eventbridge.NewFromConfig(w.cfg)
		_, err = events.PutRule(t.Context(), &eventbridge.PutRuleInput{Name: aws.String("r-" + name), ScheduleExpression: aws.String("rate(1 day)")})
		w.must(err)
		_, err = events.PutTargets(t.Context(), &eventbridge.PutTargetsInput{Rule: aws.String("r-" + name), Targets: []eventtypes.Target{{Id: aws.String("1"),
			Arn: aws.String(clusterARN + "green"), RoleArn: aws.String(starter), EcsParameters: &eventtypes.EcsParameters{TaskDefinitionArn: aws.String(familyARN + definition)}}}})
		w.must(err)
	}
	w.calls = nil
	return w
}

// run starts a task of a family by itself.
func (w *world) run(cluster, family string) {
	w.t.Helper()
	out, err := w.api.RegisterTaskDefinition(w.t.Context(), &ecs.RegisterTaskDefinitionInput{Family: &family, Cpu: aws.String("256"), Memory: aws.String("512"),
		NetworkMode: types.NetworkModeAwsvpc, RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("registry.example.com/it:1")}}})
	w.must(err)
	_, err = w.api.RunTask(w.t.Context(), &ecs.RunTaskInput{Cluster: &cluster, TaskDefinition: out.TaskDefinition.TaskDefinitionArn, LaunchType: types.LaunchTypeFargate,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}})
	w.must(err)
}

// knows answers lookups of a task definition that is registered, and of a secret
// whose value was put at a time.
func knows(revision string, at time.Time) resource.Lookup {
	return func(key resource.Key, output string) resource.Value {
		if key.Type == "task_definition" {
			return resource.Known(familyARN + revision)
		}
		return written(at)(key, output)
	}
}

// differing is what the plan would tell, by the object's key.
func (w *world) differing(d *spec.Deployment, l resource.Lookup) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for _, n := range w.find(d, resource.Sought{}) {
		desired, err := n.Build(l)
		w.must(err)
		observed, err := w.kind.Observe(w.t.Context(), []resource.Key{n.Key})
		w.must(err)
		for _, f := range w.kind.Diff(desired, observed[n.Key]) {
			if n.Key.Type != "service" && n.Advice == "" {
				w.t.Errorf("%s would be changed", n.Key)
			}
			out[n.Key.String()] = f.Path
		}
	}
	return out
}

func TestWhatNamesAnOlderRevision(t *testing.T) {
	longAgo := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	w := launching(t)
	for name, c := range map[string]struct {
		l    resource.Lookup
		want map[string]string
	}{
		"the newest is known": {knows("web:2", longAgo), map[string]string{"schedule default/s-old": "/revision", "rule r-old": "/revision"}},
		"about to register": {func(key resource.Key, output string) resource.Value {
			if key.Type == "task_definition" {
				return resource.Value{}
			}
			return written(longAgo)(key, output)
		}, map[string]string{"schedule default/s-old": "/revision", "rule r-old": "/revision", "schedule default/s-new": "/revision", "rule r-new": "/revision"}},
	} {
		if diff := cmp.Diff(c.want, w.differing(deployment(), c.l)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestTasksOfNoService: those that started before the value, and in no other
// cluster than the tasks may run in.
func TestTasksOfNoService(t *testing.T) {
	w := newWorld(t, service.Options{})
	for _, cluster := range []string{"blue", "green"} {
		for _, family := range []string{"web", "other"} {
			w.run(cluster, family)
		}
	}
	d := deployment(func(t *spec.Task) { t.Service = spec.Document{"cluster": "green"} })
	for at, want := range map[time.Time]int{time.Now().Add(time.Hour): 1, time.Now().Add(-time.Hour): 0} {
		tasks := 0
		for key, path := range w.differing(d, knows("web:1", at)) {
			if strings.HasPrefix(key, "task green/") && path == "/started" {
				tasks++
			}
		}
		if tasks != want {
			t.Errorf("%d tasks are told of, want %d", tasks, want)
		}
	}
}

// TestLaunchesThatCannotBeReadAreNoneAbsent: a failed read is an error, and so is
// asking for what was not found.
func TestLaunchesThatCannotBeReadAreNoneAbsent(t *testing.T) {
	w := launching(t)
	w.run("blue", "web")
	for _, operation := range []string{"GetSchedule", "ListTargetsByRule", "DescribeTasks"} {
		w.fault = func(called string, next func() (any, error)) (any, error) {
			if called == operation {
				return nil, errors.New("broken")
			}
			return next()
		}
		if _, err := w.kind.Find(t.Context(), deployment(), resource.Sought{Changes: settled}); err == nil {
			t.Errorf("a failed %s passes for nothing found", operation)
		}
	}
	w.fault = nil
	if _, err := w.kind.Observe(t.Context(), []resource.Key{{Type: "rule", Name: "r-old"}}); resource.ClassOf(err) != resource.Retryable {
		t.Errorf("a rule that was not found: %v", err)
	}
}
