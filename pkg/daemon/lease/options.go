package lease

import (
	"fmt"
	"time"

	"go.uber.org/zap"
)

// Clocks may run as slow and as fast as this many tenths of what they should.
// A holder whose clock is slow and a contender whose clock is fast disagree by
// the quotient.
const (
	slowest = 9
	fastest = 11
)

// Options are a member's settings. The zero value of each field but Name stands
// for its default.
type Options struct {
	Name   string        // what people call this member, such as its host; made unique
	Lease  time.Duration // how long others wait for a member that is silent: 30 s
	Margin time.Duration // how long a write may take to be answered: a sixth of Lease
	Poll   time.Duration // between two looks at the table, and between two renewals: a sixth of Lease
	Grace  time.Duration // how long work may take to wind up when a shard is handed over: Lease
	Clock  Clock         // nil for the machine's
	Log    *zap.Logger   // nil for none
}

// DefaultLease is Options.Lease where it is zero.
const DefaultLease = 30 * time.Second

// LongestLease is the longest that is not taken for a mistake.
const LongestLease = 24 * time.Hour

// limits are how long a lease allows what, by the holder's clock, from the
// moment at which its last write was sent.
type limits struct {
	writes time.Duration // to send writes
	all    time.Duration // to wait for their answers
}

// limits leave to the slowest holder what the fastest contender waits.
func (o Options) limits() limits {
	all := o.Lease * slowest / fastest
	return limits{writes: all - o.Margin, all: all}
}

func (o Options) filled() (Options, error) {
	fill := func(d *time.Duration, by time.Duration) {
		if *d == 0 {
			*d = by
		}
	}
	fill(&o.Lease, DefaultLease)
	fill(&o.Margin, o.Lease/6)
	fill(&o.Poll, o.Lease/6)
	fill(&o.Grace, o.Lease)
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Lease > LongestLease {
		return o, fmt.Errorf("a lease of %s is more than %s", o.Lease, LongestLease)
	}
	if l := o.limits(); o.Poll <= 0 || o.Margin < 0 || o.Grace < 0 || l.writes < 2*o.Poll {
		return o, fmt.Errorf("a lease of %s leaves %s to renew it every %s: make it longer, or the margin of %s shorter", o.Lease, l.writes, o.Poll, o.Margin)
	}
	return o, nil
}
