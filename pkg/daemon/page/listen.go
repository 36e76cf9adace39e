package page

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/spec"
)

// grace is how long answers under way may take once the end is near.
const grace = 5 * time.Second

// Served is a page that listens; nothing is answered before Serve.
type Served struct {
	server   *http.Server
	listener net.Listener
}

// Listen takes an address for the page. It refuses to be open to a network
// without a way to tell who asks: a *report.UsageError.
func (p *Page) Listen(ctx context.Context, a Access) (*Served, error) {
	door, err := newDoor(a, p.log)
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.Address)
	if err != nil {
		return nil, &spec.Error{Message: "cannot serve the status page: " + err.Error(), Hint: "name another address"}
	}
	return &Served{&http.Server{
		Handler: door.guard(p), TLSConfig: door.tls(), ErrorLog: zap.NewStdLog(p.log),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}, l}, nil
}

// Addr is where it listens.
func (s *Served) Addr() string { return s.listener.Addr().String() }

// Serve answers until ctx ends; it then ends the streams, and lets answers under
// way be finished for up to five seconds. Ending through ctx is not an error.
func (s *Served) Serve(ctx context.Context) error {
	s.server.BaseContext = func(net.Listener) context.Context { return ctx }
	done := make(chan error, 1)
	go func() { done <- s.answer() }()
	select {
	case err := <-done:
		return fmt.Errorf("the status page: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := s.server.Shutdown(ending); err != nil {
		return errors.Join(fmt.Errorf("the status page: stop serving: %w", err), s.server.Close())
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("the status page: %w", err)
	}
	return nil
}

func (s *Served) answer() error {
	if s.server.TLSConfig != nil {
		return s.server.ServeTLS(s.listener, "", "")
	}
	return s.server.Serve(s.listener)
}
