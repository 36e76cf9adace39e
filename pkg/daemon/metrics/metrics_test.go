package metrics

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/util/workqueue"
)

// exercised has a value of every metric.
func exercised() *Metrics {
	m := New(Build{"1.2.3", "4f2c9d1"})
	at := time.Unix(1700000000, 5e8)
	o := Object{"staging", "report", "secret"}
	m.DriftFound(o)
	m.Corrected(o)
	m.Applied(o, "update")
	m.Failed(o, "throttled")
	m.Cycle("staging", 300*time.Millisecond, nil)
	m.Cycle("staging", 2*time.Second, errors.New("hunter2"))
	m.Scan("staging", at, time.Second, nil)
	m.Scan("staging", at.Add(time.Hour), time.Second, errors.New("hunter2"))
	m.SpecGood("staging", at)
	m.Tasks("staging", map[string]int{"failed": 2})
	m.Tasks("staging", map[string]int{"in_sync": 3, "drifted": 1})
	m.AWSCall("ecs:ListServices", "done")
	m.Lease("123456789012/eu-central-1/staging", Waiting)
	m.Lease("123456789012/eu-central-1/staging", Held)
	m.Lease("123456789012/eu-central-1/gone", Held)
	m.Lease("123456789012/eu-central-1/gone", Gone)
	m.Notified("slack", "sent")
	q := provider(m)
	q.NewDepthMetric("keys").Inc()
	q.NewAddsMetric("keys").Inc()
	q.NewLatencyMetric("keys").Observe(.2)
	q.NewWorkDurationMetric("keys").Observe(.4)
	q.NewUnfinishedWorkSecondsMetric("keys").Set(2)
	q.NewLongestRunningProcessorSecondsMetric("keys").Set(1)
	q.NewRetriesMetric("keys").Inc()
	return m
}

func provider(m *Metrics) workqueue.MetricsProvider {
	return Queue[workqueue.GaugeMetric, workqueue.CounterMetric, workqueue.HistogramMetric, workqueue.SettableGaugeMetric]{m}
}

// A queue of client-go's own counts what goes through it.
func TestAQueueIsCounted(t *testing.T) {
	m := New(Build{})
	q := workqueue.NewTypedRateLimitingQueueWithConfig(workqueue.DefaultTypedControllerRateLimiter[string](),
		workqueue.TypedRateLimitingQueueConfig[string]{Name: "keys", MetricsProvider: provider(m)})
	q.Add("staging/report")
	q.Add("staging/api")
	if key, _ := q.Get(); key != "staging/report" {
		t.Error(key)
	}
	q.Done("staging/report")
	q.AddRateLimited("staging/report")
	defer q.ShutDown()
	lines := exposed(t, m)
	for _, want := range []string{`reconciler_queue_adds_total{queue="keys"} 2`, `reconciler_queue_retries_total{queue="keys"} 1`, `reconciler_queue_wait_seconds_count{queue="keys"} 1`, `reconciler_queue_work_seconds_count{queue="keys"} 1`} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %s in %q", want, lines)
		}
	}
}

// exposed are the lines that Prometheus reads of ours, without histograms'
// buckets.
func exposed(t *testing.T, m *Metrics) []string {
	t.Helper()
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	var out []string
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, prefix) && !strings.Contains(line, "_bucket{") && !strings.HasPrefix(line, prefix+"build_info") {
			out = append(out, strings.TrimSpace(line))
		}
	}
	if body := w.Body.String(); strings.Contains(body, "hunter2") || !strings.Contains(body, "go_goroutines") || !strings.Contains(body, `reconciler_build_info{goversion="go`) {
		t.Error(body)
	}
	return out
}

func TestWhatIsCounted(t *testing.T) {
	m := exercised()
	want := strings.Split(strings.TrimSpace(`
reconciler_aws_calls_total{operation="ecs:ListServices",outcome="done"} 1
reconciler_changes_applied_total{action="update",environment="staging",kind="secret"} 1
reconciler_cycle_duration_seconds_sum{environment="staging",outcome="done"} 0.3
reconciler_cycle_duration_seconds_count{environment="staging",outcome="done"} 1
reconciler_cycle_duration_seconds_sum{environment="staging",outcome="failed"} 2
reconciler_cycle_duration_seconds_count{environment="staging",outcome="failed"} 1
reconciler_drift_corrected_total{environment="staging",kind="secret",task="report"} 1
reconciler_drift_found_total{environment="staging",kind="secret",task="report"} 1
reconciler_failures_total{class="throttled",environment="staging",kind="secret",task="report"} 1
reconciler_last_scan_timestamp_seconds{environment="staging"} 1.7000000005e+09
reconciler_last_spec_timestamp_seconds{environment="staging"} 1.7000000005e+09
reconciler_lease_state{shard="123456789012/eu-central-1/staging",state="held"} 1
reconciler_lease_state{shard="123456789012/eu-central-1/staging",state="lost"} 0
reconciler_lease_state{shard="123456789012/eu-central-1/staging",state="waiting"} 0
reconciler_notifications_total{format="slack",outcome="sent"} 1
reconciler_queue_adds_total{queue="keys"} 1
reconciler_queue_depth{queue="keys"} 1
reconciler_queue_longest_seconds{queue="keys"} 1
reconciler_queue_retries_total{queue="keys"} 1
reconciler_queue_unfinished_seconds{queue="keys"} 2
reconciler_queue_wait_seconds_sum{queue="keys"} 0.2
reconciler_queue_wait_seconds_count{queue="keys"} 1
reconciler_queue_work_seconds_sum{queue="keys"} 0.4
reconciler_queue_work_seconds_count{queue="keys"} 1
reconciler_scan_duration_seconds_sum{environment="staging",outcome="done"} 1
reconciler_scan_duration_seconds_count{environment="staging",outcome="done"} 1
reconciler_scan_duration_seconds_sum{environment="staging",outcome="failed"} 1
reconciler_scan_duration_seconds_count{environment="staging",outcome="failed"} 1
reconciler_scans_total{environment="staging",outcome="done"} 1
reconciler_scans_total{environment="staging",outcome="failed"} 1
reconciler_tasks{environment="staging",state="drifted"} 1
reconciler_tasks{environment="staging",state="in_sync"} 3`), "\n")
	if diff := cmp.Diff(want, exposed(t, m)); diff != "" {
		t.Error(diff)
	}
	m.Forget("staging")
	for _, line := range exposed(t, m) {
		if strings.Contains(line, `environment="staging"`) {
			t.Errorf("forgotten, and told: %s", line)
		}
	}
}

func TestTwoDaemonsShareNothing(t *testing.T) {
	a, b := New(Build{}), New(Build{})
	a.AWSCall("sts:GetCallerIdentity", "done")
	if got := exposed(t, b); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
