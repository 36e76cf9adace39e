package lease

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Why the work on a shard ends.
var (
	ErrLost   = errors.New("the lease could not be renewed in time, or another member has it")
	ErrMoved  = errors.New("the shard goes to a member that has fewer")
	ErrGone   = errors.New("the shard is not worked any more")
	ErrLeaves = errors.New("this member leaves")
	ErrGrace  = errors.New("the shard was to be handed over, and the work did not end in time")
)

// Held is a shard while this member holds it.
type Held struct {
	shard  string
	fence  int64
	limits limits
	clock  Clock

	sent    atomic.Pointer[time.Time] // when the last write that is known to have been made was sent
	refused atomic.Bool               // no write is sent any more, whatever the time
	once    sync.Once
	ending  chan struct{}
	why     error // set before ending is closed
}

func newHeld(shard string, fence int64, sent time.Time, l limits, c Clock) *Held {
	h := &Held{shard: shard, fence: fence, limits: l, clock: c, ending: make(chan struct{})}
	h.sent.Store(&sent)
	return h
}

// Shard is its name, account/region/environment.
func (h *Held) Shard() string { return h.shard }

// Fence is larger than that of everybody who held the shard before.
func (h *Held) Fence() int64 { return h.fence }

// Valid tells whether a write may be sent now: it has Options.Margin to be
// answered before the lease ends. It is a look at the clock.
func (h *Held) Valid() bool { return !h.refused.Load() && before(h.clock.Now(), h.writesEnd()) }

// Ending is closed when the work should wind up: begin nothing, and return.
// Valid tells whether what is in hand may still be finished.
func (h *Held) Ending() <-chan struct{} { return h.ending }

// Why is the reason once Ending is closed, one of the errors above.
func (h *Held) Why() error {
	select {
	case <-h.ending:
		return h.why
	default:
		return nil
	}
}

// writesEnd is when the last write may be sent.
func (h *Held) writesEnd() time.Time { return h.sent.Load().Add(h.limits.writes) }

// end is when nothing may be in flight any more.
func (h *Held) end() time.Time { return h.sent.Load().Add(h.limits.all) }

func (h *Held) extend(sent time.Time) { h.sent.Store(&sent) }

// windUp asks the work to end.
func (h *Held) windUp(why error) {
	h.once.Do(func() {
		h.why = why
		close(h.ending)
	})
}

// refuse lets no write through any more.
func (h *Held) refuse() { h.refused.Store(true) }
