package page

import (
	"net/http"
	"time"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon/status"
)

// Options say what is shown.
type Options struct {
	Board   *status.Board
	Ready   func() error     // why the daemon is not ready, in words anybody may read; nil when it is
	Metrics http.Handler     // of /metrics; nil for none
	Now     func() time.Time // nil for time.Now
	Log     *zap.Logger      // nil for none
	Version string           // of the program, shown at the foot
}

// Page answers requests. It may be used by many goroutines.
type Page struct {
	board   *status.Board
	ready   func() error
	now     func() time.Time
	log     *zap.Logger
	version string
	look    *look
	mux     *http.ServeMux
	streams chan struct{} // a place for each stream under way
	slow    time.Duration // how long a stream's client may take for an event
}

// New makes the page of a board.
func New(o Options) (*Page, error) {
	look, err := newLook()
	if err != nil {
		return nil, err
	}
	p := &Page{board: o.Board, ready: o.Ready, now: o.Now, log: o.Log, version: o.Version, look: look, streams: make(chan struct{}, maxStreams), slow: slow}
	if p.ready == nil {
		p.ready = func() error { return nil }
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = zap.NewNop()
	}
	p.mux = p.routes(o.Metrics)
	return p, nil
}

// routes are reserved as names of environments: healthz, readyz, metrics,
// events and api.
func (p *Page) routes(metrics http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { plainText(w, http.StatusOK, "ok") })
	mux.HandleFunc("/readyz", p.readiness)
	if metrics != nil {
		mux.Handle("/metrics", metrics)
	}
	mux.HandleFunc("/events", p.events)
	mux.HandleFunc("/api/status", p.data)
	mux.HandleFunc("/api/status/{environment}", p.data)
	mux.HandleFunc("/{$}", p.overview)
	mux.HandleFunc("/{environment}", p.overview)
	mux.HandleFunc("/{environment}/{task}", p.task)
	mux.HandleFunc("/", p.nothing)
	return mux
}

// ServeHTTP answers without asking who wants to know: Listen does that.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range p.look.headers() {
		w.Header().Set(name, value)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		plainText(w, http.StatusMethodNotAllowed, "this can only be read")
		return
	}
	p.mux.ServeHTTP(w, r)
}

func (p *Page) readiness(w http.ResponseWriter, _ *http.Request) {
	if err := p.ready(); err != nil {
		plainText(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
		return
	}
	plainText(w, http.StatusOK, "ready")
}

func plainText(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text + "\n")) // who asked is gone
}
