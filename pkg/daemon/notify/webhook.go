package notify

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/report"
)

// Format is the form of messages.
type Format string

// The formats.
const (
	JSON  Format = "json"
	Slack Format = "slack"
)

// Formats lists them all, as they are offered to the user.
func Formats() []Format { return []Format{JSON, Slack} }

// Options say where messages go.
type Options struct {
	URL    string // of the webhook: a secret
	Format Format // "" is JSON
	// SecretFile holds the key that messages are signed with; "" for none. It is
	// read anew for each message.
	SecretFile string
	// Every is how long further events of the same environment, task and What are
	// gathered into one message; 0 is ten minutes.
	Every time.Duration
	// Of are the events that are sent; nil is all but Applied.
	Of    []status.What
	Log   *zap.Logger                  // nil for none
	Count func(format, outcome string) // hears of each message that was sent, failed or dropped; may be nil
	// Transport is nil for the network.
	Transport http.RoundTripper
}

// Event is something that happened to a task or an environment.
type Event struct {
	Environment, AccountID, Region string
	status.Record
}

const (
	room         = 256 // messages that wait
	defaultEvery = 10 * time.Minute
)

// Webhook sends messages to one webhook. Its methods may be called by many
// goroutines; Run by one.
type Webhook struct {
	o      Options
	client *http.Client
	wake   chan struct{}

	mu       sync.Mutex
	waiting  []message
	gathered map[key]*gathering
	dropped  int // since the last message
}

// message is what is sent: an event, how many more like it there were, and how
// many messages before it were dropped.
type message struct {
	Event
	More    int
	Dropped int
}

// key is what events are gathered by.
type key struct {
	environment, task string
	what              status.What
}

// gathering is what came since the last message of a key.
type gathering struct {
	until time.Time
	n     int
	last  Event
}

// New checks the options: a *report.UsageError, without the URL.
func New(o Options) (*Webhook, error) {
	to, err := url.Parse(o.URL)
	if err != nil || to.Scheme != "https" && to.Scheme != "http" || to.Host == "" {
		return nil, &report.UsageError{Message: "the webhook's URL is none", Hint: "want https://HOST/PATH"}
	}
	if o.Format == "" {
		o.Format = JSON
	}
	if !slices.Contains(Formats(), o.Format) {
		return nil, &report.UsageError{Message: "there is no webhook format " + string(o.Format), Hint: "want json or slack"}
	}
	if o.SecretFile != "" {
		if _, err := secret(o.SecretFile); err != nil {
			return nil, &report.UsageError{Message: err.Error(), Hint: "write a random text of 16 characters or more into it: openssl rand -hex 32"}
		}
	}
	return &Webhook{o: filled(o), client: client(o.Transport), wake: make(chan struct{}, 1), gathered: map[key]*gathering{}}, nil
}

func filled(o Options) Options {
	if o.Every == 0 {
		o.Every = defaultEvery
	}
	if o.Of == nil {
		o.Of = []status.What{status.DriftFound, status.Corrected, status.Failed, status.Recovered, status.Fought, status.Stopped, status.SpecBad}
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Count == nil {
		o.Count = func(string, string) {}
	}
	return o
}

// Tell takes events to send. It never blocks. The first of its environment, task
// and What is sent soon; those that follow within Options.Every are gathered.
func (w *Webhook) Tell(events ...Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for _, e := range events {
		if !slices.Contains(w.o.Of, e.What) {
			continue
		}
		if e.What == status.Recovered {
			w.moot(key{e.Environment, e.Task, status.Failed})
		}
		k := key{e.Environment, e.Task, e.What}
		if g, ok := w.gathered[k]; ok {
			g.n, g.last = g.n+1, e
			continue
		}
		w.gathered[k] = &gathering{until: now.Add(w.o.Every)}
		w.put(message{Event: e})
	}
	select {
	case w.wake <- struct{}{}:
	default: // it is to wake already
	}
}

// moot forgets what was gathered, since it is no longer so.
func (w *Webhook) moot(k key) {
	if g, ok := w.gathered[k]; ok {
		g.n = 0
	}
}

// put queues a message, or counts it as dropped.
func (w *Webhook) put(m message) {
	if len(w.waiting) >= room {
		w.dropped++
		w.o.Count(string(w.o.Format), "dropped")
		return
	}
	w.waiting = append(w.waiting, m)
}

// take is the next message, or how long until there may be one. With all, what
// is gathered is not waited for.
func (w *Webhook) take(all bool) (m message, ok bool, wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	wait = w.o.Every
	for k, g := range w.gathered {
		switch {
		case g.until.After(now) && !all:
			wait = min(wait, g.until.Sub(now))
		case g.n == 0:
			delete(w.gathered, k)
		default:
			w.put(message{Event: g.last, More: g.n - 1})
			g.n, g.until = 0, now.Add(w.o.Every)
		}
	}
	if len(w.waiting) == 0 {
		return m, false, wait
	}
	m, w.waiting = w.waiting[0], w.waiting[1:]
	m.Dropped, w.dropped = w.dropped, 0
	return m, true, 0
}

// Run sends messages until ctx ends; it then tries for up to five seconds to
// send, once, what is left.
func (w *Webhook) Run(ctx context.Context) {
	for ctx.Err() == nil {
		m, ok, wait := w.take(false)
		if ok {
			w.deliver(ctx, m)
			continue
		}
		pause(ctx, wait, w.wake)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for {
		m, ok, _ := w.take(true)
		if !ok {
			return
		}
		w.tried(m, w.send(ending, m))
	}
}

// pause ends after d, with ctx, or by wake.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}
