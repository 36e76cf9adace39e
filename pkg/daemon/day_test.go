package daemon

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/fault"
	"ecs-reconciler/pkg/daemon/status"
)

// versions is how many versions a secret ever had, as far as AWS keeps them.
func (w *world) versions(task string) int {
	w.t.Helper()
	out, err := w.secrets().ListSecretVersionIds(context.Background(), &secretsmanager.ListSecretVersionIdsInput{
		SecretId: aws.String(secretOf(task)), IncludeDeprecated: aws.Bool(true), MaxResults: aws.Int32(100)})
	if err != nil {
		w.t.Fatal(err)
	}
	return len(out.Versions)
}

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

// A day passes in which a tenth of the calls fail and somebody changes a secret
// every hour: each is put back, nothing else is written, and nothing grows.
func TestADayWithFaults(t *testing.T) {
	const tasks = 5
	simulate(t, tasks, func(o *Options) { o.Interval = 5 * time.Minute }, func(w *world) {
		w.happened()
		w.fault(fault.Mix(0.1)...)
		var before footprint
		for hour := range 24 {
			task := fmt.Sprintf("task-%04d", hour%tasks)
			had := w.versions(task)
			w.meddle(task, fmt.Sprintf("A=hour %d", hour))
			w.pass(time.Hour)
			// Theirs, and at first one of ours, to which AWSCURRENT goes back later on.
			want := had + 1
			if hour < tasks {
				want++
			}
			if has := w.versions(task); has != want {
				t.Errorf("hour %d: %d versions became %d, want %d", hour, had, has, want)
			}
			if got := w.value(task); got != "A="+task {
				t.Errorf("hour %d: the secret of %s is %q", hour, task, got)
			}
			if hour == 3 {
				before = measure(t)
			}
		}
		after := measure(t)
		t.Logf("%d cycles, %d calls; after 4 hours %+v, after 24 %+v", len(w.cycles), total(w.calls.Counts()), before, after)
		if after.goroutines > before.goroutines || after.files > before.files || after.heap > before.heap+before.heap/4 {
			t.Errorf("it grew from %+v to %+v", before, after)
		}
		w.onlyNeeded()
	})
}

// onlyNeeded checks that nothing was written beside what secrets needed.
func (w *world) onlyNeeded() {
	for op, most := range map[string]int{"ecs:RegisterTaskDefinition": len(w.spec.Tasks), "iam:CreateRole": len(w.spec.Tasks), "iam:UpdateAssumeRolePolicy": 0} {
		if n := w.sent(op); n > most {
			w.t.Errorf("%s was sent %d times", op, n)
		}
	}
	for _, r := range w.environment().History {
		if r.What == status.Fought || r.What == status.Applied && r.Action != "create" {
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
