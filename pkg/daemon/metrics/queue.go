package metrics

import "github.com/prometheus/client_golang/prometheus"

// queue are the metrics of the queues of keys, by name.
type queue struct {
	depth, unfinished, longest *prometheus.GaugeVec
	adds, retries              *prometheus.CounterVec
	wait, work                 *prometheus.HistogramVec
}

func newQueue(r *prometheus.Registry) queue {
	m := &Metrics{registry: r}
	return queue{
		depth:      m.gauge("queue_depth", "Keys that wait for their turn.", "queue"),
		adds:       m.counter("queue_adds_total", "Keys that were queued.", "queue"),
		retries:    m.counter("queue_retries_total", "Keys that were queued again after a failure.", "queue"),
		wait:       m.histogram("queue_wait_seconds", "How long keys waited for their turn.", "queue"),
		work:       m.histogram("queue_work_seconds", "How long keys were worked on.", "queue"),
		unfinished: m.gauge("queue_unfinished_seconds", "How long the keys that are worked on have taken together.", "queue"),
		longest:    m.gauge("queue_longest_seconds", "How long the slowest key that is worked on has taken.", "queue"),
	}
}

// Queue gives client-go's workqueue its metrics. It is a
// workqueue.MetricsProvider where its parameters are the interfaces of that
// package, so that this one need not know it:
//
//	metrics.Queue[workqueue.GaugeMetric, workqueue.CounterMetric, workqueue.HistogramMetric, workqueue.SettableGaugeMetric]{m}
type Queue[
	Gauge interface {
		Inc()
		Dec()
	},
	Counter interface{ Inc() },
	Histogram interface{ Observe(float64) },
	Settable interface{ Set(float64) },
] struct{ *Metrics }

// NewDepthMetric counts keys that wait.
func (q Queue[G, C, H, S]) NewDepthMetric(name string) G {
	return as[G](q.queue.depth.WithLabelValues(name))
}

// NewAddsMetric counts keys that were queued.
func (q Queue[G, C, H, S]) NewAddsMetric(name string) C {
	return as[C](q.queue.adds.WithLabelValues(name))
}

// NewLatencyMetric tells how long keys wait.
func (q Queue[G, C, H, S]) NewLatencyMetric(name string) H {
	return as[H](q.queue.wait.WithLabelValues(name))
}

// NewWorkDurationMetric tells how long keys are worked on.
func (q Queue[G, C, H, S]) NewWorkDurationMetric(name string) H {
	return as[H](q.queue.work.WithLabelValues(name))
}

// NewUnfinishedWorkSecondsMetric tells of work that is not done yet.
func (q Queue[G, C, H, S]) NewUnfinishedWorkSecondsMetric(name string) S {
	return as[S](q.queue.unfinished.WithLabelValues(name))
}

// NewLongestRunningProcessorSecondsMetric tells of the slowest key.
func (q Queue[G, C, H, S]) NewLongestRunningProcessorSecondsMetric(name string) S {
	return as[S](q.queue.longest.WithLabelValues(name))
}

// NewRetriesMetric counts keys that are queued again.
func (q Queue[G, C, H, S]) NewRetriesMetric(name string) C {
	return as[C](q.queue.retries.WithLabelValues(name))
}

// as is a metric as one of the interfaces above, all of which it has.
func as[T any](metric any) T {
	t, _ := metric.(T)
	return t
}
