package fault

import (
	"cmp"
	"path"
	"time"
)

// Kind is what a rule does to a call.
type Kind string

// The kinds of fault, in the order in which they stand in a call's way.
const (
	// Latency answers late.
	Latency Kind = "latency"
	// Skew sets the server's clock off: its Date header, and the time that it
	// holds a signature against.
	Skew Kind = "skew"
	// Expired refuses the caller's session.
	Expired Kind = "expired"
	// Throttle refuses as a service does whose rate is exceeded.
	Throttle Kind = "throttle"
	// Error refuses with any code; a defect of the service unless one is given.
	Error Kind = "error"
	// ResetBefore drops the connection before the operation takes effect.
	ResetBefore Kind = "reset-before"
	// ResetAfter drops the connection after the operation took effect.
	ResetAfter Kind = "reset-after"
	// SlowBody takes its time over an answer's body.
	SlowBody Kind = "slow-body"
	// Truncate ends an answer's body in the middle, against its Content-Length.
	Truncate Kind = "truncate"
)

// Kinds are all kinds of fault, in the order in which they stand in a call's
// way.
func Kinds() []Kind {
	return []Kind{Latency, Skew, Expired, Throttle, Error, ResetBefore, ResetAfter, SlowBody, Truncate}
}

// Rule says which calls meet which fault. The zero value of a field is the
// default that its comment names.
type Rule struct {
	// Kind is the fault; it has no default.
	Kind Kind
	// Match is a glob over "service:Operation", such as secretsmanager:Put*;
	// every operation unless set. Its form is path.Match's.
	Match string
	// Caller is a glob over the access key id that a call is signed with; every
	// caller unless set.
	Caller string
	// Rate is the share of the matching calls that are struck, above 0 and at
	// most 1; all of them unless set.
	Rate float64
	// Nth strikes that matching call alone, counted from 1.
	Nth int
	// Count is after how many strikes the rule rests; it never does unless set.
	Count int
	// After and For bound the time in which the rule strikes: from After on,
	// counted from when the rules were set, and for so long; always unless set.
	After, For time.Duration

	// Delay is how late a Latency is, and over how long a SlowBody takes. With
	// DelayMax it is drawn anew for each call, between the two.
	Delay, DelayMax time.Duration
	// Offset is how far a Skew sets the server's clock ahead; below zero it is
	// behind.
	Offset time.Duration
	// Code, Message and Status are an Error's, as AWS names them. Each has a
	// default that depends on the service; a Status is an HTTP one.
	Code, Message string
	Status        int
}

// about says whether a rule is about a call.
func (r Rule) about(c Call) bool {
	return r.matches(c.name()) && fits(r.Caller, c.AccessKey)
}

// matches says whether a rule is about an operation, such as
// "secretsmanager:PutSecretValue".
func (r Rule) matches(operation string) bool { return fits(r.Match, operation) }

// fits holds a text against a glob; all fits none.
func fits(glob, text string) bool {
	ok, err := path.Match(glob, text)
	return glob == "" || ok && err == nil
}

// share is the share of matching calls that the rule strikes.
func (r Rule) share() float64 { return cmp.Or(r.Rate, 1) }

// during says whether the rule strikes at a time since the rules were set.
func (r Rule) during(elapsed time.Duration) bool {
	return elapsed >= r.After && (r.For == 0 || elapsed < r.After+r.For)
}
