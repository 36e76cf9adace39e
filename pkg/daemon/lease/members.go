package lease

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
)

// Work works on a shard. It should return soon after held.Ending is closed, and
// must after ctx has ended, which it does, with a cause, when the lease ends.
// Work that returns before is tried again after a lease, maybe by another member.
type Work func(ctx context.Context, held *Held) error

// Members is one member among others.
type Members struct {
	store   Store
	options Options
	id      string

	mu      sync.Mutex
	shards  []string
	tenures map[string]*tenure // by shard
	changed chan struct{}

	// Of the goroutine in Run alone.
	watch   watch
	beat    string               // version of the record that announces this member
	barred  map[string]time.Time // shards whose work failed here, and until when they are left to others
	reached bool                 // the table answered once
}

// New makes a member that does nothing yet.
func New(store Store, o Options) (*Members, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	return &Members{store: store, options: o, id: o.Name + "/" + newVersion()[:8], tenures: map[string]*tenure{}, changed: make(chan struct{}, 1),
		watch: watch{}, barred: map[string]time.Time{}}, nil
}

// ID is how the table calls this member: its name and something of its own, so
// that a process that is started anew is another member.
func (m *Members) ID() string { return m.id }

// Serve says which shards there are. They may change while Run runs.
func (m *Members) Serve(shards []string) {
	m.mu.Lock()
	m.shards = slices.Compact(slices.Sorted(slices.Values(shards)))
	m.mu.Unlock()
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

// Holding are the shards that this member has, sorted by name.
func (m *Members) Holding() []*Held {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []*Held
	for _, shard := range slices.Sorted(maps.Keys(m.tenures)) {
		out = append(out, m.tenures[shard].held)
	}
	return out
}

// Run takes part until ctx ends. It then asks the work to wind up, gives every
// shard back as its work returns, and returns nil. It fails only if the table
// cannot be used when it is first asked, with a *SetupError.
func (m *Members) Run(ctx context.Context, work Work) error {
	var working sync.WaitGroup
	defer working.Wait()
	defer m.leave(ctx)
	for {
		if err := m.look(ctx, func(t *tenure) { working.Go(func() { t.keep(ctx, work) }) }); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-m.changed:
		case <-m.options.Clock.After(m.pause()):
		}
	}
}

// pause is how long to wait before the next look: until a lease runs out that is
// not renewed, should that be soon.
func (m *Members) pause() time.Duration {
	now, pause := m.options.Clock.Now(), m.options.Poll
	for _, shard := range m.tidy().shards {
		if at := m.watch.expect(now, shard).freeAt().Sub(now); at > 0 {
			pause = min(pause, at)
		}
	}
	return pause
}

// look reads the table once and does what follows from it.
func (m *Members) look(ctx context.Context, begin func(*tenure)) error {
	if err := m.see(ctx); err != nil {
		return m.unseen(ctx, err)
	}
	m.reached = true
	m.share(ctx, begin)
	return nil
}

// unseen tells of a look that failed, and says whether that is for good: only
// where the table is set up wrongly and was never reached.
func (m *Members) unseen(ctx context.Context, err error) error {
	var setup *SetupError
	if errors.As(err, &setup) && !m.reached && ctx.Err() == nil {
		return err
	}
	if ctx.Err() == nil {
		m.options.Log.Warn("the members' table could not be read or written", zap.Error(err))
	}
	return nil
}

// share hands over what others should have, and takes what this member should.
func (m *Members) share(ctx context.Context, begin func(*tenure)) {
	s := m.watch.standing(m.options.Clock.Now(), m.tidy())
	m.give(s.give())
	// A win that is under way is waited for, so that it can be given back.
	m.take(context.WithoutCancel(ctx), s.take(), begin)
}

// see announces this member and reads the table.
func (m *Members) see(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, m.options.Poll)
	defer cancel()
	beatErr := m.announce(ctx)
	records, err := m.store.List(ctx)
	if err != nil {
		return errors.Join(beatErr, err)
	}
	m.watch.see(m.options.Clock.Now(), records)
	m.bury(ctx)
	return beatErr
}

// announce tells the others that this member is there. When the record is not
// as it was left, the write before got no answer, or the member was away for so
// long that it was taken for dead.
func (m *Members) announce(ctx context.Context) error {
	r := Record{Key: memberKey(m.id), Owner: m.id, Version: newVersion(), Duration: m.options.Lease, Written: m.options.Clock.Now()}
	err := m.store.Put(ctx, r, m.beat)
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		if m.beat = ""; conflict.Now != nil {
			m.beat = conflict.Now.Version
		}
		err = m.store.Put(ctx, r, m.beat)
	}
	if err == nil {
		m.beat = r.Version
	}
	return err
}

// buryAfter is after how many leases the record of a dead member is removed.
const buryAfter = 10

// bury removes the records of members that died long ago. Of those who try, one
// succeeds.
func (m *Members) bury(ctx context.Context) {
	now := m.options.Clock.Now()
	for key, seen := range m.watch {
		id, ok := seen.member()
		if !ok || id == m.id || now.Sub(seen.since) < buryAfter*seen.Duration {
			continue
		}
		if err := m.store.Delete(ctx, key, seen.Version); err != nil {
			m.options.Log.Debug("the record of a dead member could not be removed", zap.String("member", id), zap.Error(err))
		}
	}
}

// tidy forgets the tenures that are over, asks for those to end that are not
// served any more, and tells what there is.
func (m *Members) tidy() circle {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.options.Clock.Now()
	c := circle{me: m.id, shards: m.shards, mine: map[string]bool{}, barred: m.barred, patience: m.options.Lease}
	for shard, t := range m.tenures {
		select {
		case <-t.done:
			delete(m.tenures, shard)
			if t.failed {
				// For longer than the others leave it to this member.
				m.barred[shard] = now.Add(2 * m.options.Lease)
			}
			continue
		default:
		}
		if !slices.Contains(m.shards, shard) {
			t.held.windUp(ErrGone)
		}
		c.mine[shard] = t.held.Why() == nil
	}
	maps.DeleteFunc(m.barred, func(_ string, until time.Time) bool { return !now.Before(until) })
	return c
}

// give hands over n shards, the least preferred first.
func (m *Members) give(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.options.Clock.Now()
	shards := slices.SortedFunc(maps.Keys(m.tenures), func(a, b string) int { return prefer(m.id, b, a) })
	for _, shard := range shards {
		if t := m.tenures[shard]; n > 0 && t.held.Why() == nil && !now.Before(t.settled) {
			t.held.windUp(ErrMoved)
			n--
		}
	}
}

// together is how many leases are taken at once.
const together = 8

// take tries for shards that nobody holds.
func (m *Members) take(ctx context.Context, candidates []candidate, begin func(*tenure)) {
	var group errgroup.Group
	group.SetLimit(together)
	for _, c := range candidates {
		group.Go(func() error {
			if t := m.win(ctx, c); t != nil {
				begin(t)
			}
			return nil
		})
	}
	_ = group.Wait() // none of them fails
}

// settle is for how many leases a shard stays that was taken because nobody
// else did.
const settle = 10

// win writes the lease of a shard. It is nil if another member was faster or no
// answer came. In the latter case the write may have been made: the lease is in
// this member's name then, and is taken at the next look.
func (m *Members) win(ctx context.Context, c candidate) *tenure {
	r := Record{Key: shardKey(c.shard), Owner: m.id, Duration: m.options.Lease, Fence: c.seen.Fence + 1}
	t := &tenure{store: m.store, options: m.options, record: c.seen.Record, unsure: map[string]time.Time{}, done: make(chan struct{})}
	sent, err := t.attempt(ctx, r)
	if err != nil {
		m.options.Log.Debug("a shard was not won", zap.String("shard", c.shard), zap.Error(err))
		return nil
	}
	if c.overdue {
		t.settled = sent.Add(settle * m.options.Lease)
	}
	t.held = newHeld(c.shard, r.Fence, sent, m.options.limits(), m.options.Clock)
	m.mu.Lock()
	m.tenures[c.shard] = t
	m.mu.Unlock()
	m.options.Log.Info("a shard was won", zap.String("shard", c.shard), zap.Int64("fence", r.Fence))
	return t
}

// leave gives everything back. Others see at once that there is one member less.
func (m *Members) leave(ctx context.Context) {
	m.mu.Lock()
	for _, t := range m.tenures {
		t.held.windUp(ErrLeaves)
	}
	m.mu.Unlock()
	if m.beat == "" {
		return // it was never announced
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.options.Poll)
	defer cancel()
	if err := m.store.Delete(ctx, memberKey(m.id), m.beat); err != nil {
		m.options.Log.Warn("the record of this member could not be removed", zap.Error(err))
	}
}
