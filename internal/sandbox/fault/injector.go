package fault

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// Call is what a decision rests on.
type Call struct {
	// Service and Operation are such as "secretsmanager" and "PutSecretValue".
	Service, Operation string
	Protocol           model.Protocol
	Region             string
	// AccessKey is the id of the key that the call is signed with.
	AccessKey string
	// Signed is the time in the request's signature; the zero time where there
	// is none.
	Signed time.Time
}

func (c Call) name() string { return c.Service + ":" + c.Operation }

// Injector decides about the calls of one server. It is safe for concurrent
// use.
type Injector struct {
	seed   uint64
	now    func() time.Time
	began  time.Time
	limits *Limits

	mu    sync.Mutex // guards what follows
	rules []state
	calls map[string]uint64 // by operation
}

// state is a rule with what has come of it.
type state struct {
	Rule
	matched, struck int
}

// Options are what an Injector goes by.
type Options struct {
	Rules []Rule
	// Seed makes one sequence of calls meet one sequence of faults.
	Seed uint64
	// Now is the clock of windows and buckets.
	Now func() time.Time
	// Limits are the account's buckets; nil lets all calls through. They may
	// outlive the injector.
	Limits *Limits
}

// New sets rules, which must have passed Check. Windows begin now.
func New(o Options) *Injector {
	in := &Injector{seed: o.Seed, now: o.Now, began: o.Now(), limits: o.Limits, calls: map[string]uint64{}}
	for _, r := range o.Rules {
		in.rules = append(in.rules, state{Rule: r})
	}
	return in
}

// Arrival is a call that has come in and waits for its Latency to pass.
type Arrival struct {
	Call Call
	// Latency is how long to wait before Judge is asked.
	Latency time.Duration
	// Struck are the kinds of fault that the call has met so far.
	Struck []Kind

	number uint64       // of the call among those of its operation
	open   map[int]bool // the rules that may strike, by their place
}

// Fate is what becomes of a call after its latency.
type Fate struct {
	// Struck are the kinds of fault that the call met, in order; Throttle also
	// stands for an empty bucket.
	Struck []Kind
	// ClockOffset is how far the server's clock is off in the answer.
	ClockOffset time.Duration
	// Refusal is answered instead of performing the operation, if not nil.
	Refusal *awserr.Error
	// Before is ResetBefore where the connection is dropped instead of
	// performing the operation.
	Before Kind
	// After is ResetAfter, SlowBody or Truncate once the operation is
	// performed, else empty.
	After Kind
	// Slow is over how long a SlowBody is sent.
	Slow time.Duration
}

// Arrive notes a call and draws its latency.
func (in *Injector) Arrive(c Call) *Arrival {
	in.mu.Lock()
	defer in.mu.Unlock()
	a := &Arrival{Call: c, open: map[int]bool{}, number: in.calls[c.name()]}
	if len(in.rules) == 0 {
		return a
	}
	in.calls[c.name()]++
	elapsed := in.now().Sub(in.began)
	for i := range in.rules {
		r := &in.rules[i]
		if !r.about(c) {
			continue
		}
		r.matched++
		a.open[i] = r.during(elapsed) && (r.Nth == 0 || r.Nth == r.matched)
	}
	for i := range in.rules {
		if source := in.strike(a, i, Latency); source != nil {
			a.Latency += in.rules[i].delay(source)
		}
	}
	return a
}

// Judge decides about a call whose latency has passed.
func (in *Injector) Judge(a *Arrival) Fate {
	in.mu.Lock()
	defer in.mu.Unlock()
	var f Fate
	in.identity(a, &f)
	if f.Refusal == nil && !in.limits.allow(a.Call, in.now()) {
		a.Struck = append(a.Struck, Throttle)
		f.Refusal = throttled(a.Call)
	}
	if f.Refusal == nil {
		in.before(a, &f)
	}
	if f.Refusal == nil && f.Before == "" {
		in.after(a, &f)
	}
	f.Struck = a.Struck
	return f
}

// identity is what the check of a caller's signature makes of a call.
func (in *Injector) identity(a *Arrival, f *Fate) {
	if r, _ := in.first(a, Skew); r != nil {
		f.ClockOffset = r.Offset
		f.Refusal = outOfTime(a.Call, in.now().Add(r.Offset))
	}
	if f.Refusal != nil {
		return
	}
	if r, _ := in.first(a, Expired); r != nil {
		f.Refusal = expired(a.Call)
	}
}

// before is what keeps an operation from being performed.
func (in *Injector) before(a *Arrival, f *Fate) {
	r, _ := in.first(a, Throttle, Error, ResetBefore)
	switch {
	case r == nil:
	case r.Kind == Throttle:
		f.Refusal = throttled(a.Call)
	case r.Kind == Error:
		f.Refusal = failure(r, a.Call)
	default:
		f.Before = r.Kind
	}
}

// after is what becomes of an answer.
func (in *Injector) after(a *Arrival, f *Fate) {
	r, source := in.first(a, ResetAfter, SlowBody, Truncate)
	if r == nil {
		return
	}
	f.After, f.Slow = r.Kind, r.delay(source)
}

// first is the first rule of some kinds that strikes a call, and what its
// details are drawn from; nil for none.
func (in *Injector) first(a *Arrival, kinds ...Kind) (*Rule, *rand.Rand) {
	for i := range in.rules {
		if source := in.strike(a, i, kinds...); source != nil {
			return &in.rules[i].Rule, source
		}
	}
	return nil, nil
}

// strike decides whether a rule strikes a call, if it is of one of the kinds,
// and counts it; nil when it does not.
func (in *Injector) strike(a *Arrival, place int, kinds ...Kind) *rand.Rand {
	r := &in.rules[place]
	for _, k := range kinds {
		if r.Kind != k || !a.open[place] || r.Count > 0 && r.struck >= r.Count {
			continue
		}
		source := in.source(a, place)
		if source.Float64() >= r.share() {
			return nil
		}
		r.struck++
		a.Struck = append(a.Struck, k)
		return source
	}
	return nil
}

// source is what is drawn from for one rule and one call of an operation: the
// same for every server with the same seed, whatever else was called.
func (in *Injector) source(a *Arrival, place int) *rand.Rand {
	key := fmt.Sprintf("%d %d %d %s", in.seed, place, a.number, a.Call.name())
	return rand.New(rand.NewChaCha8(sha256.Sum256([]byte(key)))) //nolint:gosec // faults are no secret
}

// delay draws a delay between the shortest and the longest.
func (r Rule) delay(source *rand.Rand) time.Duration {
	if r.DelayMax <= r.Delay {
		return r.Delay
	}
	return r.Delay + time.Duration(source.Int64N(int64(r.DelayMax-r.Delay)+1))
}
