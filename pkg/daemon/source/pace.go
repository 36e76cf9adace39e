package source

import (
	"context"
	"time"
)

// maxPause is the longest time between two looks at a source that fails, unless
// its interval is longer.
const maxPause = 10 * time.Minute

// pace is the time between looks at a source: an interval with jitter, doubled
// with each failure in a row.
type pace struct {
	Options
	failures int
}

// wait is over after the pause; false when the context ended.
func (p *pace) wait(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-p.After(p.pause()):
		return ctx.Err() == nil
	}
}

// pause is a fifth more or less than the interval, so that many members do not
// ask at once.
func (p *pace) pause() time.Duration {
	pause := p.Interval
	for range p.failures - 1 {
		pause = min(2*pause, max(maxPause, p.Interval))
	}
	return time.Duration((0.8 + 0.4*p.Jitter()) * float64(pause))
}
