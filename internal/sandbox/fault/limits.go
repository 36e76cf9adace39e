package fault

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits are the buckets of an account. They are safe for concurrent use; the
// nil Limits let all through.
type Limits struct {
	byOperation map[string]Bucket

	mu        sync.Mutex // guards what follows
	limiters  map[string]*rate.Limiter
	throttled map[string]int
}

// NewLimits fills buckets. Two that hold the same operation are an error.
func NewLimits(buckets []Bucket) (*Limits, error) {
	l := &Limits{byOperation: map[string]Bucket{}, limiters: map[string]*rate.Limiter{}, throttled: map[string]int{}}
	for _, b := range buckets {
		for _, operation := range b.Operations {
			name := b.Service + ":" + operation
			if other, ok := l.byOperation[name]; ok {
				return nil, fmt.Errorf("%s is in the buckets %q and %q", name, other.Name, b.Name)
			}
			l.byOperation[name] = b
		}
	}
	return l, nil
}

// allow takes a token for a call, and says whether there was one.
func (l *Limits) allow(c Call, now time.Time) bool {
	if l == nil {
		return true
	}
	b, ok := l.byOperation[c.name()]
	if !ok {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key := c.Region + " " + b.Service + " " + b.Name
	limiter, ok := l.limiters[key]
	if !ok {
		limiter = rate.NewLimiter(rate.Limit(b.Sustained), b.Burst)
		l.limiters[key] = limiter
	}
	if limiter.AllowN(now, 1) {
		return true
	}
	l.throttled[b.Service+": "+b.Name]++
	return false
}

// counts are the calls that were turned away, by "service: bucket".
func (l *Limits) counts() map[string]int {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.throttled)
}
