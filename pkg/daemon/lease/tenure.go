package lease

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"
)

// tenure keeps one lease from the moment it is won until the work is over.
type tenure struct {
	store   Store
	options Options
	held    *Held
	record  Record                  // as it was last written
	unsure  map[string]time.Time    // versions whose writing got no answer, and when they were sent
	settled time.Time               // until when the shard is not handed over for balance
	stop    context.CancelCauseFunc // of the work's context
	failed  bool                    // the work ended though nobody asked it to
	done    chan struct{}           // closed when the work is over and the lease given back
}

// attempt sends one write of the record, on condition that nobody wrote it
// since, and tells when it was sent.
func (t *tenure) attempt(ctx context.Context, next Record) (sent time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, t.options.Poll)
	defer cancel()
	sent = t.options.Clock.Now()
	next.Version, next.Written = newVersion(), sent
	t.unsure[next.Version] = sent
	if err = t.store.Put(ctx, next, t.record.Version); err == nil {
		t.record = next
		clear(t.unsure)
	}
	return sent, err
}

// renew writes the lease anew.
func (t *tenure) renew(ctx context.Context) error {
	sent, err := t.attempt(ctx, t.record)
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		sent, err = t.recognise(conflict)
	}
	switch {
	case err == nil:
		t.held.extend(sent)
	case conflict != nil:
		t.lose(err)
	}
	return err
}

// recognise tells whether what a write conflicts with is an earlier write of
// its own, whose answer was lost; the lease counts from that one then.
func (t *tenure) recognise(conflict *ConflictError) (sent time.Time, err error) {
	if conflict.Now == nil {
		return sent, conflict
	}
	sent, own := t.unsure[conflict.Now.Version]
	if !own {
		return sent, conflict
	}
	t.record = *conflict.Now
	clear(t.unsure)
	return sent, nil
}

// lose ends everything at once: the lease is another's.
func (t *tenure) lose(why error) {
	t.held.refuse()
	t.held.windUp(errors.Join(ErrLost, why))
	t.stop(ErrLost)
}

// keep works the shard, and returns when the work is over and the lease given
// back. The work's context does not end with ctx but when the lease does.
func (t *tenure) keep(ctx context.Context, work Work) {
	defer close(t.done)
	ctx = context.WithoutCancel(ctx)
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	t.stop = stop
	over := make(chan error, 1)
	go func() { over <- work(working, t.held) }()
	go t.watch(working)
	t.tell(t.renewUntil(working, over))
	t.held.refuse()
	t.held.windUp(nil)
	t.release(ctx)
}

// renewUntil renews the lease until the work is over. What could not be renewed
// is tried again soon. Work that was broken off and does not return gets no more
// time: its lease runs out.
func (t *tenure) renewUntil(ctx context.Context, over <-chan error) error {
	pause := t.options.Poll
	for {
		select {
		case err := <-over:
			return err
		case <-ctx.Done():
			return <-over
		case <-t.options.Clock.After(pause):
		}
		pause = t.options.Poll
		if err := t.renew(ctx); err != nil {
			pause /= 5
			t.options.Log.Warn("a lease could not be renewed", zap.String("shard", t.held.shard), zap.Error(err))
		}
	}
}

func (t *tenure) tell(err error) {
	log := t.options.Log.With(zap.String("shard", t.held.shard), zap.Int64("fence", t.held.fence))
	why := t.held.Why()
	if t.failed = why == nil; t.failed {
		log.Error("the work on a shard ended by itself", zap.Error(err))
		return
	}
	log.Info("the work on a shard is over", zap.NamedError("why", why))
}

// watch tells the work when to wind up, and breaks it off when that took too
// long or the lease ends.
func (t *tenure) watch(ctx context.Context) {
	clock := t.options.Clock
	for t.held.Why() == nil {
		select {
		case <-ctx.Done():
			return
		case <-t.held.Ending():
		case <-clock.After(t.held.writesEnd().Sub(clock.Now())):
			if !before(clock.Now(), t.held.writesEnd()) {
				t.held.refuse()
				t.held.windUp(ErrLost)
			}
		}
	}
	for patience := clock.Now().Add(t.options.Grace); ; {
		now, end := clock.Now(), t.held.end()
		switch {
		case !before(now, end):
			t.held.refuse()
			t.stop(ErrLost)
		case !before(now, patience):
			t.held.refuse()
			t.stop(ErrGrace)
		}
		select {
		case <-ctx.Done():
			return
		case <-clock.After(min(patience.Sub(now), end.Sub(now))):
		}
	}
}

// releaseAttempts bound how long a member that leaves waits for a table that
// does not answer. The lease runs out in the end.
const releaseAttempts = 3

// release lets others take the shard at once.
func (t *tenure) release(ctx context.Context) {
	for range releaseAttempts {
		next := t.record
		next.Released = true
		_, err := t.attempt(ctx, next)
		var conflict *ConflictError
		if errors.As(err, &conflict) {
			if _, err = t.recognise(conflict); err != nil {
				return // it is another's
			}
		}
		if t.record.Released {
			return
		}
		t.options.Log.Warn("a lease could not be given back", zap.String("shard", t.held.shard), zap.Error(err))
	}
}
