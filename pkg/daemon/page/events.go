package page

import (
	"fmt"
	"net/http"
	"time"
)

// maxStreams bounds how many streams are served at once.
const maxStreams = 256

const (
	between   = 500 * time.Millisecond // two events of a stream, at least
	heartbeat = 15 * time.Second       // keeps a quiet stream from being taken for a dead one
	slow      = 5 * time.Second        // who takes longer for an event is dropped
)

// events is a stream of server-sent events. The first comes at once, so that
// who connects again misses nothing; then one comes after each change, or each
// few that are close. They hold nothing: who wants to know asks anew.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return
	}
	select {
	case p.streams <- struct{}{}:
		defer func() { <-p.streams }()
	default:
		w.Header().Set("Retry-After", "30")
		plainText(w, http.StatusServiceUnavailable, "too many streams are open")
		return
	}
	changes, stop := p.board.Watch()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep events back
	s := stream{w, http.NewResponseController(w), p.slow}
	if s.send("retry: 2000\n"+change) == nil {
		s.follow(r, changes)
	}
}

const change = "event: change\ndata: {}\n\n"

type stream struct {
	http.ResponseWriter
	control *http.ResponseController
	slow    time.Duration
}

// follow tells of changes until either side ends.
func (s stream) follow(r *http.Request, changes <-chan struct{}) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		text := change
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			text = ": still here\n\n"
		case <-changes:
		}
		if s.send(text) != nil {
			return
		}
		select { // changes meanwhile become one event
		case <-r.Context().Done():
			return
		case <-time.After(between):
		}
	}
}

func (s stream) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(s.slow)); err != nil {
		return fmt.Errorf("a stream without a deadline: %w", err)
	}
	if _, err := s.Write([]byte(text)); err != nil {
		return fmt.Errorf("write to a stream: %w", err)
	}
	return s.control.Flush()
}
