package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// shown are a plan's steps as they can be shown.
func shown(p *plan.Plan) []plan.Change {
	out := []plan.Change{}
	for _, s := range p.Steps {
		out = append(out, s.Change)
	}
	return out
}

// disturb changes a fleet of at least five behind our back: task 0's secret,
// 1's role, 2's task definition; 3's secret is gone.
func disturb(t *testing.T, cfg aws.Config) {
	t.Helper()
	secrets := secretsmanager.NewFromConfig(cfg)
	_, err := secrets.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("fleet/task-0000.env"), SecretString: aws.String("A=mine")})
	must(t, err)
	_, err = iam.NewFromConfig(cfg).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String("task-0001"), PolicyName: aws.String("ecs-reconciler"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`)})
	must(t, err)
	described, err := ecs.NewFromConfig(cfg).DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String("task-0002")})
	must(t, err)
	containers := described.TaskDefinition.ContainerDefinitions
	containers[0].Image = aws.String("example.org/theirs:1")
	_, err = ecs.NewFromConfig(cfg).RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{Family: aws.String("task-0002"), ContainerDefinitions: containers,
		NetworkMode: described.TaskDefinition.NetworkMode, Cpu: described.TaskDefinition.Cpu, Memory: described.TaskDefinition.Memory,
		RequiresCompatibilities: described.TaskDefinition.RequiresCompatibilities, TaskRoleArn: described.TaskDefinition.TaskRoleArn,
		ExecutionRoleArn: described.TaskDefinition.ExecutionRoleArn})
	must(t, err)
	_, err = secrets.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: aws.String("fleet/task-0003.env"), ForceDeleteWithoutRecovery: aws.Bool(true)})
	must(t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// scopes are ways to narrow a fleet's plan.
func scopes() [][]string {
	return [][]string{nil, {}, {"task-0000"}, {"task-0001"}, {"task-0002"}, {"task-0003"}, {"task-0004"}, {"task-0004", "task-0001"}, {"task-0002", "nobody"}}
}

// TestAPlanFromAnObservationOfAll: it is the plan that a narrowed run makes,
// time and again, and asks AWS nothing.
func TestAPlanFromAnObservationOfAll(t *testing.T) {
	d := fleet(t, 5)
	d.Secrets[4].Tasks = []string{"task-0004", "task-0001"} // one that two tasks share
	s := connect(t, converged(t, d))
	s.Gate.Open()
	disturb(t, s.Config)
	s.Gate.Close()
	r := realKinds(s.Config, s.Gate)
	o, err := r.Observe(t.Context(), d, Scope{})
	must(t, err)
	for _, tasks := range scopes() {
		want, err := r.Plan(t.Context(), d, Scope{Tasks: tasks})
		must(t, err)
		calls := s.Calls.Counts()
		for range 2 {
			got, err := o.Plan(tasks)
			must(t, err)
			if diff := cmp.Diff(shown(want), shown(got)); diff != "" {
				t.Errorf("%q (-alone +observed):\n%s", tasks, diff)
			}
		}
		if diff := cmp.Diff(calls, s.Calls.Counts()); diff != "" {
			t.Errorf("planning %q made calls:\n%s", tasks, diff)
		}
	}
	if p, err := o.Plan(nil); err != nil || p.Summary() != (plan.Summary{Create: 1, Update: 3, Noop: 11}) {
		t.Errorf("the whole is %+v, %v", p.Summary(), err)
	}
}

func TestAnObservationPlansWhatItReached(t *testing.T) {
	r, _ := world(map[string]string{"a": "shop/staging", "old": "shop/staging"})
	o, err := r.Observe(t.Context(), shop("a", "b"), Scope{Tasks: []string{"a"}})
	must(t, err)
	if p, err := o.Plan([]string{"b"}); err == nil || p != nil || !strings.Contains(err.Error(), `"b" cannot be planned`) {
		t.Errorf("%v is planned, %v", p, err)
	}
	o, err = r.Observe(t.Context(), shop("a", "b"), Scope{Prune: true})
	must(t, err)
	for _, c := range []struct{ tasks, want []string }{{nil, []string{"noop a", "create b", "delete old"}}, {[]string{"b"}, []string{"create b"}}} {
		p, err := o.Plan(c.tasks)
		must(t, err)
		if diff := cmp.Diff(c.want, actions(p)); diff != "" {
			t.Errorf("%q:\n%s", c.tasks, diff)
		}
	}
}

// TestWhatIsFoundIsInTheObservation: services are looked for once, with the
// whole, and each is planned with its task.
func TestWhatIsFoundIsInTheObservation(t *testing.T) {
	r, c, _ := findingWorld(finder{found: []string{"x"}, tasks: []string{"a"}})
	o, err := r.Observe(t.Context(), shop("a", "b"), Scope{})
	must(t, err)
	c.calls = nil
	for task, want := range map[string][]string{"a": {"noop a", "noop x"}, "b": {"create b"}} {
		p, err := o.Plan([]string{task})
		must(t, err)
		if diff := cmp.Diff(want, actions(p)); diff != "" {
			t.Errorf("%s:\n%s", task, diff)
		}
	}
	if len(c.calls) > 0 {
		t.Errorf("planning asked for %v", c.calls)
	}
}

// TestPlansAtOnceDoNotDisturbEachOther: one Reconciler, several specs and
// scopes at the same time, each planned as if it were alone.
func TestPlansAtOnceDoNotDisturbEachOther(t *testing.T) {
	d, next := fleet(t, 5), fleet(t, 5)
	next.Secrets[4].Value = spec.NewSecret("A=next")
	next.Secrets, next.Roles, next.Tasks = next.Secrets[1:], next.Roles[1:], next.Tasks[1:]
	s := connect(t, converged(t, d))
	s.Gate.Open()
	disturb(t, s.Config)
	s.Gate.Close()
	r := realKinds(s.Config, s.Gate)
	all := errgroup.Group{}
	for i, tasks := range slices.Concat(scopes(), scopes()) {
		of := []*spec.Deployment{d, next}[i%2]
		alone, err := realKinds(s.Config, s.Gate).Plan(t.Context(), of, Scope{Tasks: tasks})
		must(t, err)
		all.Go(func() error {
			for range 3 {
				got, err := r.Plan(t.Context(), of, Scope{Tasks: tasks})
				if err != nil {
					return err
				}
				if diff := cmp.Diff(shown(alone), shown(got)); diff != "" {
					return fmt.Errorf("%q (-alone +beside others):\n%s", tasks, diff)
				}
			}
			return nil
		})
	}
	must(t, all.Wait())
}

// A kind that remembers is another one for each plan, and one that can prune
// still can.
func TestAnew(t *testing.T) {
	r := realKinds(aws.Config{}, nil)
	for _, k := range r.Kinds[:2] {
		again := resource.Anew(k)
		if again == k || again.Type() != k.Type() {
			t.Errorf("%s is the same kind again", k.Type())
		}
		if _, ok := again.(resource.Pruner); !ok {
			t.Errorf("%s has forgotten how to prune", k.Type())
		}
	}
}
