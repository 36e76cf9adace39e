package reconcile

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/kind/role"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/kind/taskdefinition"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// maxRoles is IAM's quota of an account, unless it was raised.
const maxRoles = 1000

// fleet is n tasks, each with a secret, a task definition and a role, which
// they share in turn where the account takes no more.
func fleet(t testing.TB, n int) *spec.Deployment {
	t.Helper()
	const account, region = "012345678901", "us-west-2"
	d := &spec.Deployment{Project: "fleet", Environment: "staging", AccountID: account, Partition: "aws", Region: region,
		Tags: map[string]string{"team": "data"}}
	for i := range n {
		name := fmt.Sprintf("task-%04d", i)
		arn := "arn:aws:secretsmanager:" + region + ":" + account + ":secret:fleet/" + name + ".env"
		location, err := spec.ParseLocation(arn)
		if err != nil {
			t.Fatal(err)
		}
		role := fmt.Sprintf("task-%04d", i%maxRoles)
		roleARN := "arn:aws:iam::" + account + ":role/" + role
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: "fleet/" + name + ".env", Value: spec.NewSecret("A=" + name), Tasks: []string{name}})
		if i < maxRoles {
			d.Roles = append(d.Roles, spec.ManagedRole{ARN: roleARN, Path: "/", Name: role, Grant: true})
		}
		r := &d.Roles[i%maxRoles]
		r.GrantLocations, r.Tasks = append(r.GrantLocations, location), append(r.Tasks, name)
		d.Tasks = append(d.Tasks, spec.Task{Name: name, RoleARN: roleARN,
			EnvLocations: []spec.EnvLocation{{Location: arn, Secret: "fleet/" + name + ".env"}}, TaskDefinition: definition(name, arn)})
	}
	return d
}

func definition(name, location string) spec.Document {
	return spec.Document{"family": name, "networkMode": "awsvpc", "requiresCompatibilities": []any{"FARGATE"}, "cpu": "256", "memory": "512",
		"executionRoleArn": "arn:aws:iam::012345678901:role/executor",
		"containerDefinitions": []any{map[string]any{"name": "main", "image": "example.org/" + name + ":1", "command": []any{"run", name},
			"environment": []any{map[string]any{"name": "TASK", "value": name}, map[string]any{"name": "PROC_WRAPPER_ENV_LOCATIONS", "value": location}},
			"logConfiguration": map[string]any{"logDriver": "awslogs", "options": map[string]any{"awslogs-group": "/ecs/" + name,
				"awslogs-region": "us-west-2", "awslogs-stream-prefix": "main"}}}}}
}

func sleepless(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// realKinds is a new process's reconciler.
func realKinds(cfg aws.Config, gate Gate) *Reconciler {
	return &Reconciler{Gate: gate, Kinds: []resource.Any{
		resource.Erase(secret.New(cfg, secret.Options{Sleep: sleepless})),
		resource.Erase(role.New(cfg, role.Options{Parallelism: 10, Sleep: sleepless})),
		resource.Erase(taskdefinition.New(cfg, taskdefinition.Options{Sleep: sleepless})),
	}}
}

// connect is a session with a sandbox, in which nothing is counted yet.
func connect(t testing.TB, server *sandbox.Server) *awsapi.Session {
	t.Helper()
	s, err := awsapi.Open(t.Context(), awsapi.Options{Region: "us-west-2", Transport: server.Transport(), Static: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// converged is a sandbox in which the fleet is as it shall be.
func converged(t testing.TB, d *spec.Deployment) *sandbox.Server {
	t.Helper()
	server, _ := sandboxtest.New(t)
	s := connect(t, server)
	converge(t, realKinds(s.Config, s.Gate), d)
	return server
}

// converge makes the fleet in an empty sandbox. Nothing is looked for in it
// before: it is known to be empty.
func converge(t testing.TB, r *Reconciler, d *spec.Deployment) {
	t.Helper()
	groups, err := r.desired(d, Scope{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Compute(d.Owner(), groups)
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range r.Apply(t.Context(), p, apply.Options{Parallelism: 10, Now: time.Now, Sleep: sleepless}) {
		if res.Status != apply.Done {
			t.Fatalf("%s is %s: %v", res.Key, res.Status, res.Err)
		}
	}
}

// A cold plan that finds nothing to do makes 10 + N + N/25 calls at most, and
// none of them writes.
func TestCallsOfAPlanWithoutChanges(t *testing.T) {
	const n = 60
	d := fleet(t, n)
	server := converged(t, d)
	s := connect(t, server)
	p, err := realKinds(s.Config, s.Gate).Plan(t.Context(), d, Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if p.HasChanges() {
		t.Errorf("changes: %+v", p.Summary())
	}
	total := 0
	for _, count := range s.Calls.Counts() {
		total += count
	}
	if most := 10 + n + (n+24)/25; total > most {
		t.Errorf("%d calls, %d is the most: %v", total, most, s.Calls.Counts())
	}
}

// observedFleet is what a thousand specs are compared with.
func observedFleet(t testing.TB, n int) (*Reconciler, *spec.Deployment, []plan.Group) {
	t.Helper()
	d := fleet(t, n)
	s := connect(t, converged(t, d))
	r := realKinds(s.Config, s.Gate)
	groups, err := r.desired(d, Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if err := observe(t.Context(), groups); err != nil {
		t.Fatal(err)
	}
	return r, d, groups
}

// compute is all that planning does beside reading.
func compute(t testing.TB, r *Reconciler, d *spec.Deployment, observed []plan.Group) {
	groups, err := r.desired(d, Scope{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range groups {
		groups[i].Observed = observed[i].Observed
	}
	p, err := plan.Compute(d.Owner(), groups)
	if err != nil {
		t.Fatal(err)
	}
	if p.HasChanges() || len(p.Steps) != 3*len(d.Tasks) {
		t.Fatalf("%+v", p.Summary())
	}
}

func TestPlanningAThousandSpecsAllocatesUnder50MB(t *testing.T) {
	r, d, observed := observedFleet(t, 1000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	compute(t, r, d, observed)
	runtime.ReadMemStats(&after)
	bytes := after.TotalAlloc - before.TotalAlloc
	t.Logf("%d bytes", bytes)
	if bytes >= 50_000_000 {
		t.Errorf("%d bytes are allocated to plan a thousand specs", bytes)
	}
}

func BenchmarkCompute1000(b *testing.B) {
	r, d, observed := observedFleet(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		compute(b, r, d, observed)
	}
}
