package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"k8s.io/client-go/util/workqueue"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// orphans is the key of what no task declares any more.
const orphans = ""

// shard is one environment being kept. Its keys are names of tasks.
type shard struct {
	env   Environment
	opts  Options
	held  func() error
	log   *zap.Logger
	queue workqueue.TypedRateLimitingInterface[string]

	reloads  chan struct{}
	together sync.Mutex // held while keys are queued that belong together
	spec     atomic.Pointer[generation]
	conn     *Connection // replaced by the loop alone
	at       location    // of conn
	seen     atomic.Bool // whether AWS was read once

	mu       sync.Mutex // guards what follows
	served   map[resource.Key][]string
	busy     map[resource.Key]bool                                         // being written
	written  map[resource.Key]time.Time                                    // when writing ended, in this interval or the one before
	actors   map[resource.Key]string                                       // who changed it last, as events tell
	caller   string                                                        // who we are to AWS
	judges   func(*spec.Deployment, resource.Key, string) resource.Verdict // of the connection; nil without
	doubts   map[string]bool                                               // tasks of which lists may not know the newest yet
	parked   map[string]parking                                            // by task
	writes   quota
	quarrels quarrels
	reported map[string]string // what was last told of an object, so that it is told once
	jobs     sync.WaitGroup
}

func newShard(e Environment, o Options, held func() error) *shard {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](o.Backoff.First, o.Backoff.Most)
	return &shard{env: e, opts: o, held: held, log: o.Log.With(zap.String("environment", e.Name())),
		queue:   workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[string]{Name: e.Name(), MetricsProvider: o.Queue}),
		reloads: make(chan struct{}, 1), served: map[resource.Key][]string{}, busy: map[resource.Key]bool{}, written: map[resource.Key]time.Time{},
		actors: map[resource.Key]string{}, doubts: map[string]bool{}, parked: map[string]parking{}, quarrels: quarrels{}, reported: map[string]string{}}
}

// run works the environment until ctx ends.
func (s *shard) run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, s.disconnect()) }()
	stop := context.AfterFunc(ctx, s.queue.ShutDown)
	defer stop()
	defer s.jobs.Wait()
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() { s.tick(ctx) })
	for {
		keys, ok := s.take()
		if !ok {
			return nil
		}
		sure, doubtful := s.sort(keys)
		s.look(ctx, doubtful, true)
		s.look(ctx, sure, false)
	}
}

// tick queues everything at each interval, and what changed of the spec.
func (s *shard) tick(ctx context.Context) {
	for ctx.Err() == nil {
		if s.load(ctx) {
			s.every(s.spec.Load())
		}
		s.pause(ctx)
	}
}

// every queues all tasks, and starts a new interval.
func (s *shard) every(g *generation) {
	s.mu.Lock()
	s.writes = quota{}
	before := s.opts.Now().Add(-s.opts.Interval)
	maps.DeleteFunc(s.written, func(_ resource.Key, at time.Time) bool { return at.Before(before) })
	s.mu.Unlock()
	keys := g.tasks()
	if s.opts.Prune {
		keys = append(keys, orphans)
	}
	s.queueAll(keys)
}

// queueAll queues keys that are to be looked at together.
func (s *shard) queueAll(keys []string) {
	s.together.Lock()
	defer s.together.Unlock()
	for _, key := range keys {
		s.queue.Add(key)
	}
}

// pause waits for the next interval, and reads the spec whenever it is said to
// have changed meanwhile. While there is none, it is asked for more often.
func (s *shard) pause(ctx context.Context) {
	wait := s.opts.Interval
	if s.spec.Load() == nil {
		wait = min(wait, s.opts.Backoff.Most, 15*time.Second)
	}
	wait += time.Duration((s.opts.Jitter() - 0.5) * 0.2 * float64(wait))
	next := s.opts.Now().Add(wait)
	s.tellBoard(func(e *status.Environment) { e.NextScan = &next })
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-s.reloads:
			s.load(ctx)
		}
	}
}

// reload has the spec read again, soon.
func (s *shard) reload() {
	select {
	case s.reloads <- struct{}{}:
	default: // it was said already
	}
}

// take waits for a key, and takes all that are there by then. It is false when
// there will be none any more.
func (s *shard) take() (keys []string, ok bool) {
	for len(keys) == 0 || s.waiting() > 0 {
		key, shutdown := s.queue.Get()
		if shutdown {
			break
		}
		keys = append(keys, key)
	}
	return keys, len(keys) > 0
}

// waiting is how many keys are there once all are that belong together.
func (s *shard) waiting() int {
	s.together.Lock()
	defer s.together.Unlock()
	return s.queue.Len()
}

// ready is why the environment was not read yet.
func (s *shard) ready() error {
	if s.seen.Load() {
		return nil
	}
	return fmt.Errorf("%s was not read yet", s.env.Name())
}

// connect reaches the account that the deployment is of, where the connection
// there is, if any, is to another.
func (s *shard) connect(ctx context.Context, g *generation) error {
	if s.conn != nil && s.at == place(g.deployment) {
		return nil
	}
	s.jobs.Wait() // they write through the former one
	if err := s.disconnect(); err != nil {
		s.log.Warn("the former connection was not closed", zap.Error(err))
	}
	conn, err := s.env.Connect(ctx, g.deployment)
	if err != nil {
		return err
	}
	if s.held != nil {
		conn.Fence(s.held)
	}
	s.conn, s.at = conn, place(g.deployment)
	s.mu.Lock()
	s.caller, s.judges = conn.CallerARN, conn.Reconciler.Judge
	s.mu.Unlock()
	return nil
}

func (s *shard) disconnect() error {
	if s.conn == nil || s.conn.Close == nil {
		return nil
	}
	conn := s.conn
	s.conn = nil
	return conn.Close()
}

func (s *shard) tellBoard(change func(*status.Environment)) {
	s.opts.Board.Update(s.env.Name(), change)
}
