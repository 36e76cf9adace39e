package metrics

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are those of one daemon. Its methods may be called by many
// goroutines.
type Metrics struct {
	registry *prometheus.Registry

	drift, corrections, changes, failures *prometheus.CounterVec
	cycles                                *prometheus.HistogramVec
	scans                                 *prometheus.CounterVec
	scanSeconds                           *prometheus.HistogramVec
	calls                                 *prometheus.CounterVec
	lastScan, lastSpec                    *prometheus.GaugeVec
	tasks                                 *prometheus.GaugeVec
	lease                                 *prometheus.GaugeVec
	notifications                         *prometheus.CounterVec
	queue                                 queue
}

// Build is what is running.
type Build struct{ Version, Revision string }

// New counts from zero.
func New(b Build) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.work()
	m.state()
	m.queue = newQueue(m.registry)
	info := m.gauge("build_info", "Always 1; the labels say what is running.", "version", "revision", "goversion")
	info.WithLabelValues(b.Version, b.Revision, runtime.Version()).Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// work are the metrics of what is done.
func (m *Metrics) work() {
	m.drift = m.counter("drift_found_total", "Objects that somebody else changed.", "environment", "task", "kind")
	m.corrections = m.counter("drift_corrected_total", "Objects that were put back after somebody else changed them.", "environment", "task", "kind")
	m.changes = m.counter("changes_applied_total", "Changes that were carried out, corrections among them.", "environment", "kind", "action")
	m.failures = m.counter("failures_total", "Changes that failed, by the class of the error.", "environment", "task", "kind", "class")
	m.cycles = m.histogram("cycle_duration_seconds", "How long a task's cycle took, from its turn in the queue to its end.", "environment", "outcome")
	m.scans = m.counter("scans_total", "Scans of AWS.", "environment", "outcome")
	m.scanSeconds = m.histogram("scan_duration_seconds", "How long a scan of AWS took.", "environment", "outcome")
	m.calls = m.counter("aws_calls_total", "Calls to AWS, retries included, by operation as IAM spells it.", "operation", "outcome")
	m.notifications = m.counter("notifications_total", "Messages to webhooks.", "format", "outcome")
}

// state are the metrics of how things are.
func (m *Metrics) state() {
	m.lastScan = m.gauge("last_scan_timestamp_seconds", "When the last good scan of AWS ended.", "environment")
	m.lastSpec = m.gauge("last_spec_timestamp_seconds", "When the newest spec was found good last.", "environment")
	m.tasks = m.gauge("tasks", "Tasks by state.", "environment", "state")
	m.lease = m.gauge("lease_state", "1 for the state of this member's lease of a shard, 0 for the others.", "shard", "state")
}

func (m *Metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + name, Help: help}, labels)
	m.registry.MustRegister(g)
	return g
}

// histogram has buckets from 50 ms to 10 min.
func (m *Metrics) histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600}}, labels)
	m.registry.MustRegister(h)
	return h
}

const prefix = "reconciler_"

// ServeHTTP answers what Prometheus asks.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// Object is an object of a task.
type Object struct{ Environment, Task, Kind string }

// DriftFound counts an object that somebody else changed: once for each change,
// not for each look at it.
func (m *Metrics) DriftFound(o Object) {
	m.drift.WithLabelValues(o.Environment, o.Task, o.Kind).Inc()
}

// Corrected counts an object that was put back.
func (m *Metrics) Corrected(o Object) {
	m.corrections.WithLabelValues(o.Environment, o.Task, o.Kind).Inc()
}

// Applied counts a change that was carried out: create, update, replace or
// delete.
func (m *Metrics) Applied(o Object, action string) {
	m.changes.WithLabelValues(o.Environment, o.Kind, action).Inc()
}

// Failed counts a change that failed; class is a resource.Class.
func (m *Metrics) Failed(o Object, class string) {
	m.failures.WithLabelValues(o.Environment, o.Task, o.Kind, class).Inc()
}

// Cycle counts a task's cycle.
func (m *Metrics) Cycle(environment string, took time.Duration, err error) {
	m.cycles.WithLabelValues(environment, outcome(err)).Observe(took.Seconds())
}

// Scan counts a scan of AWS, which ended at a time.
func (m *Metrics) Scan(environment string, ended time.Time, took time.Duration, err error) {
	m.scans.WithLabelValues(environment, outcome(err)).Inc()
	m.scanSeconds.WithLabelValues(environment, outcome(err)).Observe(took.Seconds())
	if err == nil {
		m.lastScan.WithLabelValues(environment).Set(seconds(ended))
	}
}

// SpecGood says that an environment's newest spec was found good, be it the
// same as before.
func (m *Metrics) SpecGood(environment string, at time.Time) {
	m.lastSpec.WithLabelValues(environment).Set(seconds(at))
}

// Tasks says how many tasks of an environment are in each state, of which each
// call names all.
func (m *Metrics) Tasks(environment string, byState map[string]int) {
	m.tasks.DeletePartialMatch(prometheus.Labels{"environment": environment})
	for state, n := range byState {
		m.tasks.WithLabelValues(environment, state).Set(float64(n))
	}
}

// AWSCall counts a call to AWS. It is an awsapi.Told.
func (m *Metrics) AWSCall(operation, outcome string) {
	m.calls.WithLabelValues(operation, outcome).Inc()
}

// LeaseState is how a member stands to a shard.
type LeaseState string

// The states of a lease.
const (
	Held    LeaseState = "held"    // by this member
	Waiting LeaseState = "waiting" // another member has it
	Lost    LeaseState = "lost"    // it was held, and could not be renewed
	Gone    LeaseState = ""        // the shard is no more
)

// Lease says how this member stands to a shard.
func (m *Metrics) Lease(shard string, state LeaseState) {
	m.lease.DeletePartialMatch(prometheus.Labels{"shard": shard})
	if state == Gone {
		return
	}
	for _, s := range []LeaseState{Held, Waiting, Lost} {
		m.lease.WithLabelValues(shard, string(s)).Set(0)
	}
	m.lease.WithLabelValues(shard, string(state)).Set(1)
}

// Notified counts a message to a webhook: sent, failed or dropped.
func (m *Metrics) Notified(format, outcome string) {
	m.notifications.WithLabelValues(format, outcome).Inc()
}

// Forget drops what is told of an environment that is watched no more.
func (m *Metrics) Forget(environment string) {
	labels := prometheus.Labels{"environment": environment}
	for _, v := range []interface{ DeletePartialMatch(prometheus.Labels) int }{m.drift, m.corrections, m.changes, m.failures, m.cycles, m.scans, m.scanSeconds, m.lastScan, m.lastSpec, m.tasks} {
		v.DeletePartialMatch(labels)
	}
}

func outcome(err error) string {
	if err != nil {
		return "failed"
	}
	return "done"
}

func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }
