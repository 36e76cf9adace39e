package cli

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
	"k8s.io/client-go/util/workqueue"

	"ecs-reconciler/pkg/daemon"
	"ecs-reconciler/pkg/daemon/metrics"
	"ecs-reconciler/pkg/daemon/notify"
	"ecs-reconciler/pkg/daemon/page"
	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/daemon/trace"
	"ecs-reconciler/pkg/report"
)

// lastSpans is how long the last spans may take to be sent.
const lastSpans = 5 * time.Second

// watcher is what a daemon tells of itself: the board with its page, metrics
// and webhooks.
type watcher struct {
	board    *status.Board
	metrics  *metrics.Metrics
	webhooks []*notify.Webhook
	trace    *trace.Tracer
	log      *zap.Logger
	say      func(format string, args ...any)
}

func (a *app) watcher(f watchFlags, log *zap.Logger) (*watcher, error) {
	w := &watcher{board: status.NewBoard(), metrics: metrics.New(metrics.Build{Version: version}), log: log,
		say: func(format string, args ...any) { fmt.Fprintf(a.Stderr, format, args...) }}
	if err := w.traces(f, log); err != nil {
		return nil, err
	}
	for _, url := range f.webhooks {
		hook, err := notify.New(notify.Options{URL: url, Format: notify.Format(f.format), SecretFile: f.secret, Log: log, Count: w.metrics.Notified})
		if err != nil {
			return nil, &report.UsageError{Message: "--webhook: " + err.Error()}
		}
		w.webhooks = append(w.webhooks, hook)
	}
	return w, nil
}

// traces sets up where spans go; to nobody where that is not said.
func (w *watcher) traces(f watchFlags, log *zap.Logger) (err error) {
	w.trace = &trace.Tracer{}
	if f.traces == "" {
		return nil
	}
	if w.trace, err = trace.New(context.Background(), trace.Options{Endpoint: f.traces, Version: version,
		Lost: func(spans int, err error) { log.Warn("spans were lost", zap.Int("spans", spans), zap.Error(err)) }}); err != nil {
		return &report.UsageError{Message: "--traces: " + err.Error()}
	}
	return nil
}

// options has a daemon tell it everything.
func (w *watcher) options(o *daemon.Options) {
	o.Board, o.Tell, o.Cycled, o.Trace = w.board, w.tell, w.cycled, w.trace
	o.Queue = metrics.Queue[workqueue.GaugeMetric, workqueue.CounterMetric, workqueue.HistogramMetric, workqueue.SettableGaugeMetric]{Metrics: w.metrics}
}

// tell counts what happened and passes it on.
func (w *watcher) tell(e status.Environment, r status.Record) {
	object := metrics.Object{Environment: e.Environment, Task: r.Task, Kind: string(r.Kind)}
	switch r.What {
	case status.DriftFound:
		w.metrics.DriftFound(object)
	case status.Corrected:
		w.metrics.Corrected(object)
		w.metrics.Applied(object, string(r.Action))
	case status.Applied:
		w.metrics.Applied(object, string(r.Action))
	case status.Failed:
		w.metrics.Failed(object, string(r.Class))
	case status.Recovered, status.Fought, status.Stopped, status.SpecBad:
	}
	for _, hook := range w.webhooks {
		hook.Tell(notify.Event{Environment: e.Environment, AccountID: e.AccountID, Region: e.Region, Record: r})
	}
}

func (w *watcher) cycled(c daemon.Cycle) {
	w.metrics.Cycle(c.Environment, c.Duration, c.Err)
	w.metrics.Scan(c.Environment, c.Ended, c.Scan, c.Err)
	for _, e := range w.board.Snapshot() {
		if e.Environment == c.Environment && e.Conditions.Is(status.SpecLoaded) {
			w.metrics.SpecGood(e.Environment, c.Ended)
		}
	}
}

// scraped answers with the metrics, tasks as they stand on the board now.
func (w *watcher) scraped(response http.ResponseWriter, request *http.Request) {
	for _, e := range w.board.Snapshot() {
		w.metrics.Tasks(e.Environment, states(e))
	}
	w.metrics.ServeHTTP(response, request)
}

// states counts the tasks of an environment by how they stand.
func states(e status.Environment) map[string]int {
	out := map[string]int{}
	for _, t := range e.Tasks {
		out[string(t.State())]++
	}
	return out
}

// start serves the page and sends messages until ctx ends.
func (w *watcher) start(ctx context.Context, others *sync.WaitGroup, d *daemon.Daemon, f watchFlags) error {
	for _, hook := range w.webhooks {
		others.Go(func() { hook.Run(ctx) })
	}
	others.Go(func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSpans)
		defer cancel()
		if err := w.trace.Close(last); err != nil {
			w.log.Warn("the last spans were not sent", zap.Error(err))
		}
	})
	if f.page.Address == "" {
		return nil
	}
	p, err := page.New(page.Options{Board: w.board, Ready: d.Ready, Metrics: http.HandlerFunc(w.scraped), Now: time.Now, Log: w.log, Version: version})
	if err != nil {
		return err
	}
	served, err := p.Listen(ctx, f.page)
	if err != nil {
		return err
	}
	scheme := "http"
	if f.page.CertFile != "" {
		scheme = "https"
	}
	w.say("the status page is on %s://%s\n", scheme, served.Addr())
	others.Go(func() {
		if err := served.Serve(ctx); err != nil {
			w.log.Error("the status page is served no more", zap.Error(err))
		}
	})
	return nil
}
