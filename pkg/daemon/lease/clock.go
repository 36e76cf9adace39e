package lease

import "time"

// Clock is a member's own. Only the time that passes on it counts.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// systemClock is the machine's.
type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// before tells whether a moment is still to come. The monotonic clock decides,
// and the wall clock may say no: of a machine that was suspended, it alone
// knows how long.
func before(now, moment time.Time) bool {
	return now.Before(moment) && now.Round(0).Before(moment.Round(0))
}
