package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"ecs-reconciler/internal/sandbox/fault"
)

// ErrConnectionLost is what an Intercept returns to drop the connection without
// an answer, as a network does.
var ErrConnectionLost = errors.New("sandbox: the connection is lost")

// ErrLogLost is what Close returns when a line of the log could not be written.
var ErrLogLost = errors.New("sandbox: the log could not be written")

// Server is one account of AWS. It is safe for concurrent use.
type Server struct {
	opts     Options
	services map[string]*served
	store    *store
	limits   *fault.Limits
	faults   atomic.Pointer[fault.Injector]

	mu      sync.Mutex // guards world, store, replica and entropy
	world   *world
	replica *replica // nil where listings do not lag
	entropy *entropy

	drawing  sync.Mutex // guards requests
	requests *entropy   // of request ids

	tally  sync.Mutex // guards calls, logErr and writing to the log
	calls  map[string]int
	logErr error
}

// New starts a sandbox. With a Dir it takes the folder's lock, waiting
// LockWait for another process, and carries on from the state found there.
func New(opts Options) (*Server, error) {
	opts = opts.withDefaults()
	if err := opts.check(); err != nil {
		return nil, err
	}
	services, err := serve()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Server{opts: opts, services: services, calls: map[string]int{}, store: &store{}}
	if err := s.draw(); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if err := s.startFaults(); err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.store.close())
	}
	return s, nil
}

// draw prepares what is drawn.
func (s *Server) draw() error {
	var err, requestsErr error
	s.entropy, err = newEntropy(s.opts.Seed, forState)
	s.requests, requestsErr = newEntropy(s.opts.Seed, forRequests)
	return errors.Join(err, requestsErr)
}

// Close lets go of the state folder, leaving a snapshot alone in it.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally.Lock()
	defer s.tally.Unlock()
	return errors.Join(s.tidy(), s.store.close(), s.logErr)
}

// Calls counts the operations asked for since New or ForgetCalls, failed ones
// included, by "service:Operation", such as "secretsmanager:ListSecrets".
func (s *Server) Calls() map[string]int {
	s.tally.Lock()
	defer s.tally.Unlock()
	return maps.Clone(s.calls)
}

// ForgetCalls begins the counts of Calls anew.
func (s *Server) ForgetCalls() {
	s.tally.Lock()
	defer s.tally.Unlock()
	clear(s.calls)
}
