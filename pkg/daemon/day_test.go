package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/fault"
	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/spec"
)

// footprint is what a process must not gain more and more of.
type footprint struct {
	heap       uint64
	goroutines int
	files      int
}

func measure(t *testing.T) footprint {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return footprint{m.HeapInuse, runtime.NumGoroutine(), len(open)}
}

// A day passes in which a tenth of the calls fail, lists are up to two minutes
// late, and of the events a third is lost and the rest comes late and twice.
// Every hour somebody changes a secret, a role or a task definition by hand, or
// the spec changes: each is put right once, nothing else is written, and nothing
// grows.
func TestADayWithFaults(t *testing.T) {
	const tasks = 8
	var log requestLog
	simulate(t, tasks, func(o *Options) { o.Interval = 5 * time.Minute }, func(w *world) {
		w.pass(time.Hour)
		w.happened()
		w.fault(fault.Mix(0.1)...)
		d := &day{world: w, log: &log, random: rand.New(rand.NewPCG(1, 0))}
		var before footprint
		for hour := range 24 {
			d.hour(hour, fmt.Sprintf("task-%04d", hour%tasks))
			if hour == 3 {
				before = measure(t)
			}
		}
		after := measure(t)
		t.Logf("%d cycles, %d calls, drift stood %s at most; after 4 hours %+v, after 24 %+v", len(w.cycles), total(w.calls.Counts()), d.stood, before, after)
		if after.goroutines > before.goroutines || after.files > before.files || after.heap > before.heap+before.heap/4 {
			t.Errorf("it grew from %+v to %+v", before, after)
		}
		d.onlyNeeded()
	}, func(o *sandbox.Options) { o.Lag, o.Log = 2*time.Minute, &log })
}

// day is a world in which something happens every hour.
type day struct {
	*world
	log    *requestLog
	random *rand.Rand
	stood  time.Duration // the longest time of a drift
}

// hour is one in which one thing happens, and is put right by a write of each
// operation that it takes, at most.
func (d *day) hour(hour int, task string) {
	d.t.Helper()
	d.log.take()
	began, text := time.Now(), fmt.Sprintf("hour %d", hour)
	var writes []string
	// Each task meets with something else each time.
	switch (hour + hour/len(d.spec.Tasks)) % 4 {
	case 0:
		d.meddle(task, "A="+text)
		d.eventually(Change{Kind: "secret", Name: secretOf(task), Region: region})
		writes = []string{"PutSecretValue", "TagResource", "UpdateSecretVersionStage"}
	case 1:
		d.meddleWithRole(task, hour)
		d.eventually(Change{Kind: "role", Name: task})
		writes = []string{"UpdateAssumeRolePolicy"}
	case 2:
		d.meddleWithTaskDefinition(task, hour)
		d.eventually(Change{Kind: "task_definition", Name: task, Region: region})
		writes = []string{"RegisterTaskDefinition"}
	case 3:
		d.respec(func(s *spec.Deployment) {
			i := slices.IndexFunc(s.Secrets, func(m spec.ManagedSecret) bool { return m.Name == secretOf(task) })
			s.Secrets[i].Value = spec.NewSecret("A=" + text)
		})
		writes = []string{"PutSecretValue", "UpdateSecretVersionStage"}
	}
	d.pass(time.Hour)
	left := slices.Clone(writes)
	for _, operation := range d.log.take() {
		i := slices.Index(left, operation)
		if i < 0 {
			d.t.Errorf("hour %d, %s: %s was sent, where one each of %v is enough", hour, task, operation, writes)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	d.asDeclared(hour, task)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.records {
		if r.What == status.Corrected {
			d.stood = max(d.stood, r.At.Sub(began))
		}
	}
	d.records = nil
}

// eventually tells of a change by an event that is late, and may come twice or
// never.
func (d *day) eventually(c Change) {
	c.Account, c.Who, c.CallerARN = account, "somebody", "arn:aws:iam::"+account+":user/somebody"
	if d.random.IntN(3) == 0 {
		return
	}
	for range 2 {
		time.AfterFunc(time.Duration(d.random.Int64N(int64(10*time.Minute))), func() { d.daemon.Changed(c) })
	}
}

// meddleWithRole lets somebody else assume a role.
func (d *day) meddleWithRole(task string, hour int) {
	d.t.Helper()
	text := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"H%d","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`, hour)
	if _, err := iam.NewFromConfig(d.byHand()).UpdateAssumeRolePolicy(context.Background(), &iam.UpdateAssumeRolePolicyInput{RoleName: &task, PolicyDocument: &text}); err != nil {
		d.t.Fatal(err)
	}
}

// meddleWithTaskDefinition registers a revision of another image.
func (d *day) meddleWithTaskDefinition(task string, hour int) {
	d.t.Helper()
	if _, err := ecs.NewFromConfig(d.byHand()).RegisterTaskDefinition(context.Background(), &ecs.RegisterTaskDefinitionInput{Family: &task, ContainerDefinitions: []types.ContainerDefinition{
		{Name: aws.String("main"), Image: aws.String(fmt.Sprintf("example.org/by-hand:%d", hour)), Memory: aws.Int32(64)}}}); err != nil {
		d.t.Fatal(err)
	}
}

// asDeclared checks that a task's objects are as the spec says.
func (d *day) asDeclared(hour int, task string) {
	d.t.Helper()
	i := slices.IndexFunc(d.spec.Secrets, func(m spec.ManagedSecret) bool { return m.Name == secretOf(task) })
	if got, want := d.value(task), d.spec.Secrets[i].Value.Reveal(); got != want {
		d.t.Errorf("hour %d: the secret of %s is %q, want %q", hour, task, got, want)
	}
	role, err := iam.NewFromConfig(d.byHand()).GetRole(context.Background(), &iam.GetRoleInput{RoleName: &task})
	if err != nil {
		d.t.Fatal(err)
	}
	if text := aws.ToString(role.Role.AssumeRolePolicyDocument); !strings.Contains(text, "ecs-tasks.amazonaws.com") || strings.Contains(text, "lambda") {
		d.t.Errorf("hour %d: the role of %s trusts %s", hour, task, text)
	}
	family, err := ecs.NewFromConfig(d.byHand()).DescribeTaskDefinition(context.Background(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &task})
	if err != nil {
		d.t.Fatal(err)
	}
	if got := aws.ToString(family.TaskDefinition.ContainerDefinitions[0].Image); got != "example.org/"+task+":1" {
		d.t.Errorf("hour %d: the task definition of %s runs %s", hour, task, got)
	}
}

// requestLog is the sandbox's log of requests.
type requestLog struct {
	mu    sync.Mutex
	lines []byte
}

// Write appends a line.
func (l *requestLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, p...)
	return len(p), nil
}

// take are the writes of the daemon since the last call that were made and
// answered: one whose answer was lost is made again, and cannot do otherwise.
func (l *requestLog) take() (operations []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(l.lines) {
		var r struct {
			Operation string
			AccessKey string `json:"access_key"`
			Status    int
			Faults    []string
		}
		if json.Unmarshal(line, &r) != nil || r.AccessKey != "sandbox" || r.Status != 200 || slices.Contains(r.Faults, "truncate") {
			continue
		}
		if !strings.HasPrefix(r.Operation, "Get") && !strings.HasPrefix(r.Operation, "List") && !strings.HasPrefix(r.Operation, "Describe") && !strings.HasPrefix(r.Operation, "BatchGet") {
			operations = append(operations, r.Operation)
		}
	}
	l.lines = nil
	return operations
}

// onlyNeeded checks that nothing was made twice, and nobody fought over.
func (w *world) onlyNeeded() {
	for _, op := range []string{"iam:CreateRole", "secretsmanager:CreateSecret"} {
		if n := w.sent(op); n > len(w.spec.Tasks)+1 { // and the key by which secrets are told apart
			w.t.Errorf("%s was sent %d times", op, n)
		}
	}
	for _, r := range w.environment().History {
		if r.What == status.Fought {
			w.t.Errorf("%+v", r)
		}
	}
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
