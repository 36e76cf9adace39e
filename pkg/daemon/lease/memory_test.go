package lease

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// memory is a Store that keeps its records in a map.
type memory struct {
	mu      sync.Mutex
	records map[string]Record
	writes  int
}

func newMemory() *memory { return &memory{records: map[string]Record{}} }

func (m *memory) List(context.Context) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Record
	for _, r := range m.records {
		out = append(out, r)
	}
	return out, nil
}

func (m *memory) Put(_ context.Context, r Record, seen string) error {
	return m.change(r.Key, seen, func() { m.records[r.Key] = r })
}

func (m *memory) Delete(_ context.Context, key, seen string) error {
	return m.change(key, seen, func() { delete(m.records, key) })
}

func (m *memory) change(key, seen string, do func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writes++
	if now, ok := m.records[key]; now.Version != seen {
		conflict := &ConflictError{Key: key}
		if ok {
			conflict.Now = &now
		}
		return conflict
	}
	do()
	return nil
}

func (m *memory) record(shard string) Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.records[shardKey(shard)]
}

// broken is a store whose operations may be made to fail, or to lose their
// answers.
type broken struct {
	Store
	mu     sync.Mutex
	before error // instead of the operation
	after  error // instead of its answer
}

func (b *broken) breakWith(before, after error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.before, b.after = before, after
}

func (b *broken) do(op func() error) error {
	b.mu.Lock()
	before, after := b.before, b.after
	b.mu.Unlock()
	if before != nil {
		return before
	}
	return errors.Join(op(), after)
}

func (b *broken) List(ctx context.Context) (out []Record, err error) {
	err = b.do(func() error { out, err = b.Store.List(ctx); return err })
	return out, err
}

func (b *broken) Put(ctx context.Context, r Record, seen string) error {
	return b.do(func() error { return b.Store.Put(ctx, r, seen) })
}

func (b *broken) Delete(ctx context.Context, key, seen string) error {
	return b.do(func() error { return b.Store.Delete(ctx, key, seen) })
}

func mustNew(t *testing.T, store Store, o Options) *Members {
	t.Helper()
	m, err := New(store, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// idle is work that does nothing until it is asked to end.
func idle(ctx context.Context, held *Held) error {
	select {
	case <-held.Ending():
	case <-ctx.Done():
	}
	return nil
}

// started is a member that runs.
type started struct {
	*Members
	store *broken
	stop  context.CancelFunc
	done  chan error
}

func start(t *testing.T, store Store, o Options, work Work, shards ...string) *started {
	t.Helper()
	s := &started{store: &broken{Store: store}, done: make(chan error, 1)}
	s.Members = mustNew(t, s.store, o)
	s.Serve(shards)
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	go func() { s.done <- s.Run(ctx, work) }()
	return s
}

// leaves ends a member and waits for it.
func (s *started) leaves(t *testing.T) {
	t.Helper()
	s.stop()
	if err := <-s.done; err != nil {
		t.Error(err)
	}
}

// valid are the shards that a member may write for.
func (s *started) valid() []string {
	var out []string
	for _, h := range s.Holding() {
		if h.Valid() {
			out = append(out, h.Shard())
		}
	}
	return out
}

// awaits waits for a condition and tells how long that took.
func awaits(t *testing.T, atMost time.Duration, what string, holds func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !holds() {
		if time.Since(began) > atMost {
			t.Fatalf("not within %s: %s", atMost, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Since(began)
}
