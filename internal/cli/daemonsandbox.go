package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"sync"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/pkg/spec"
)

// sandboxes are the embedded accounts of a daemon, each served on a port of its
// own so that other clients see what the daemon does.
type sandboxes struct {
	app    *app
	listen string

	mu     sync.Mutex // guards what follows
	by     map[string]*sandbox.Server
	ends   []func() error
	served int
}

// of is the sandbox of a deployment's account, started when there is none yet.
func (s *sandboxes) of(d *spec.Deployment) (*sandbox.Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if server, ok := s.by[d.AccountID]; ok {
		return server, nil
	}
	dir, err := s.app.sandboxDir()
	if err != nil {
		return nil, err
	}
	server, err := sandbox.New(sandbox.Options{Account: d.AccountID, Region: d.Region, Dir: filepath.Join(dir, d.AccountID), KMSKeys: []string{"*"}})
	if err != nil {
		return nil, err
	}
	if err := s.serve(server, d.AccountID); err != nil {
		return nil, errors.Join(err, server.Close())
	}
	if s.by == nil {
		s.by = map[string]*sandbox.Server{}
	}
	s.by[d.AccountID] = server
	return server, nil
}

// serve listens on the address that was asked for, and for further accounts on
// the ports after it.
func (s *sandboxes) serve(server *sandbox.Server, account string) error {
	host, port, err := net.SplitHostPort(s.listen)
	if err != nil {
		return fmt.Errorf("--sandbox-listen: %w", err)
	}
	if n, err := strconv.Atoi(port); err == nil && n > 0 {
		port = strconv.Itoa(n + s.served)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return fmt.Errorf("cannot serve the sandbox: %w (--sandbox-listen chooses another address)", err)
	}
	s.served++
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	s.ends = append(s.ends, func() error { stop(); return errors.Join(<-ended, server.Close()) })
	fmt.Fprintf(s.app.Stderr, "serving AWS account %s on http://%s\n", account, listener.Addr())
	return nil
}

func (s *sandboxes) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, end := range s.ends {
		errs = append(errs, end())
	}
	return errors.Join(errs...)
}
