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

	mu    sync.Mutex // guards world
	world *world

	tally   sync.Mutex // guards calls, logErr and writing to the log
	calls   map[string]int
	logErr  error
	entropy *entropy
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
	source, err := newEntropy(opts.Seed)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Server{opts: opts, services: services, calls: map[string]int{}, entropy: source}
	if err := s.startFaults(); err != nil {
		return nil, err
	}
	return s, s.open()
}

// open makes the world, out of the state folder if there is one.
func (s *Server) open() error {
	s.world = newWorld(s.opts, s.entropy)
	s.store = &store{world: s.world}
	if s.opts.Dir == "" {
		return nil
	}
	opened, err := openStore(s.opts, s.world)
	if err != nil {
		return err
	}
	s.store = opened
	return nil
}

// Close lets go of the state folder. All that was answered is on disk already.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally.Lock()
	defer s.tally.Unlock()
	return errors.Join(s.store.close(), s.logErr)
}

// Reset forgets everything, as if the account were new. Identifiers go on from
// where they were, so none comes back.
func (s *Server) Reset() error {
	return s.change(func() (uint64, error) {
		s.world = newWorld(s.opts, s.entropy)
		return s.store.replace(s.world)
	})
}

// change alters the world under the lock, and returns once that is on disk.
func (s *Server) change(alter func() (uint64, error)) error {
	s.mu.Lock()
	version, err := alter()
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.store.flush(version)
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

// OwnSecret makes another AWS service, such as "rds", the owner of a secret.
// Owners make their secrets themselves, so no request can do this.
func (s *Server) OwnSecret(region, name, service string) error {
	return s.change(func() (uint64, error) {
		secrets := s.world.secretsOf(region)
		if secrets == nil {
			return 0, fmt.Errorf("sandbox: there is no region %q", region)
		}
		if err := secrets.Own(name, service); err != nil {
			return 0, err
		}
		return s.store.capture()
	})
}
