package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"go.uber.org/zap"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/fault"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/daemon/trace"
	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/kind/all"
	"ecs-reconciler/pkg/spec"
)

const (
	account = "012345678901"
	region  = "us-west-2"
)

// fleet is n tasks, each with a secret, a role and a task definition.
func fleet(t testing.TB, n int) *spec.Deployment {
	t.Helper()
	d := &spec.Deployment{Project: "fleet", Environment: "staging", AccountID: account, Partition: "aws", Region: region}
	for i := range n {
		name := fmt.Sprintf("task-%04d", i)
		arn := "arn:aws:secretsmanager:" + region + ":" + account + ":secret:" + secretOf(name)
		location, err := spec.ParseLocation(arn)
		if err != nil {
			t.Fatal(err)
		}
		role := "arn:aws:iam::" + account + ":role/" + name
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: secretOf(name), Value: spec.NewSecret("A=" + name), Tasks: []string{name}})
		d.Roles = append(d.Roles, spec.ManagedRole{ARN: role, Path: "/", Name: name, Grant: true, GrantLocations: []spec.Location{location}, Tasks: []string{name}})
		d.Tasks = append(d.Tasks, spec.Task{Name: name, RoleARN: role, EnvLocations: []spec.EnvLocation{{Location: arn, Secret: secretOf(name)}},
			TaskDefinition: spec.Document{"family": name, "networkMode": "awsvpc", "requiresCompatibilities": []any{"FARGATE"}, "cpu": "256", "memory": "512",
				"executionRoleArn":     "arn:aws:iam::" + account + ":role/executor",
				"containerDefinitions": []any{map[string]any{"name": "main", "image": "example.org/" + name + ":1"}}}})
	}
	return d
}

func secretOf(task string) string { return "fleet/" + task + ".env" }

// world is a daemon that keeps one environment in a sandbox.
type world struct {
	t       testing.TB
	server  *sandbox.Server
	daemon  *Daemon
	board   *status.Board
	records []status.Record
	cycles  []Cycle
	theirs  atomic.Int64 // CPU time of the sandbox for the daemon's calls

	mu     sync.Mutex // guards what follows
	spec   *spec.Deployment
	broken error // what Load says instead
	calls  *awsapi.Calls
	err    error // of Keep
}

// Name is that of the environment.
func (w *world) Name() string { return "staging" }

// Load gives the spec, or what is wrong with it.
func (w *world) Load(context.Context) (Loaded, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Loaded{Deployment: w.spec, Revision: "r"}, w.broken
}

// Connect reaches the sandbox.
func (w *world) Connect(ctx context.Context, d *spec.Deployment) (*Connection, error) {
	s, err := awsapi.Open(ctx, awsapi.Options{Region: d.Region, Transport: &metered{w.server.Transport(), &w.theirs}, Static: true})
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = s.Calls
	return &Connection{Calls: s.Calls.Counts, Fence: s.Gate.Fence, Close: func() error { return nil },
		Reconciler: &reconcile.Reconciler{Gate: s.Gate, Kinds: all.Kinds(s.Config, all.Options{Parallelism: 10, Wait: func(string) {}, Sleep: sleep, Pause: sleep})}}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// options are those of a daemon that looks each minute.
func (w *world) options() Options {
	return Options{Interval: time.Minute, Parallelism: 10, MaxDeletes: 10, Grace: 10 * time.Second, Backoff: Backoff{time.Second, time.Minute},
		Board: w.board, Trace: &trace.Tracer{}, Log: zap.NewNop(), Now: time.Now, Sleep: sleep, Jitter: func() float64 { return 0.5 },
		Tell: func(_ status.Environment, r status.Record) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.records = append(w.records, r)
		},
		Cycled: func(c Cycle) { w.mu.Lock(); defer w.mu.Unlock(); w.cycles = append(w.cycles, c) }}
}

// simulate runs a test in simulated time, on a daemon that has made the fleet.
func simulate(t *testing.T, n int, change func(*Options), test func(*world), sandboxed ...sandboxtest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server, _ := sandboxtest.New(t, sandboxed...)
		w := &world{t: t, server: server, board: status.NewBoard(), spec: fleet(t, n)}
		o := w.options()
		if change != nil {
			change(&o)
		}
		w.daemon = New(o)
		ctx, stop := context.WithCancel(t.Context())
		var keeping sync.WaitGroup
		keeping.Go(func() { w.err = w.daemon.Keep(ctx, w, nil) })
		w.settle()
		test(w)
		stop()
		keeping.Wait()
		if w.err != nil {
			t.Error(w.err)
		}
	})
}

// settle waits until nothing happens but by the passing of more than some
// seconds.
func (w *world) settle() {
	for range 50 {
		synctest.Wait()
		time.Sleep(100 * time.Millisecond)
	}
	synctest.Wait()
}

func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	w.settle()
}

// byHand reaches the sandbox as somebody whom no fault strikes.
func (w *world) byHand() aws.Config { return sandboxtest.Config(w.server, region) }

// secrets is a client for what is done by hand.
func (w *world) secrets() *secretsmanager.Client {
	return secretsmanager.NewFromConfig(w.byHand())
}

// fault has calls of the daemon's fail from now on.
func (w *world) fault(rules ...fault.Rule) {
	w.t.Helper()
	for i := range rules {
		rules[i].Caller = "sandbox"
	}
	if err := w.server.SetFaults(rules, 1); err != nil {
		w.t.Fatal(err)
	}
}

// sent is how many calls of an operation the daemon sent so far.
func (w *world) sent(operation string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls.Counts()[operation]
}

func (w *world) value(task string) string {
	w.t.Helper()
	out, err := w.secrets().GetSecretValue(context.Background(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(secretOf(task))})
	if err != nil {
		w.t.Fatal(err)
	}
	return aws.ToString(out.SecretString)
}

// meddle changes a secret by hand.
func (w *world) meddle(task, value string) {
	w.t.Helper()
	if _, err := w.secrets().PutSecretValue(context.Background(), &secretsmanager.PutSecretValueInput{SecretId: aws.String(secretOf(task)), SecretString: &value}); err != nil {
		w.t.Fatal(err)
	}
}

// respec changes the spec.
func (w *world) respec(change func(*spec.Deployment)) {
	w.mu.Lock()
	next := *w.spec
	next.Secrets, next.Tasks, next.Roles = slices.Clone(next.Secrets), slices.Clone(next.Tasks), slices.Clone(next.Roles)
	change(&next)
	w.spec = &next
	w.mu.Unlock()
	w.daemon.Reload()
	w.settle()
}

// happened are the records since the last call, as "what name".
func (w *world) happened() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []string{}
	for _, r := range w.records {
		out = append(out, string(r.What)+" "+r.Name)
	}
	w.records = nil
	slices.Sort(out)
	return out
}

func (w *world) environment() status.Environment {
	w.t.Helper()
	all := w.board.Snapshot()
	if len(all) != 1 {
		w.t.Fatalf("%d environments", len(all))
	}
	return all[0]
}

func (w *world) condition(task string, c status.ConditionType) status.Condition {
	e := w.environment()
	got, ok := e.Task(task).Conditions.Get(c)
	if !ok {
		w.t.Errorf("%s has no condition %s", task, c)
	}
	return got
}

var errBroken = errors.New("staging.yml:3:1: no such variable")
