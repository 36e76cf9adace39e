package fault

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/model"
)

// clock is a time that tests move.
type clock struct{ at time.Time }

func newClock() *clock                { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }
func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// injector sets rules that are written as text, with seed 7.
func injector(t testing.TB, c *clock, rules string) *Injector {
	t.Helper()
	parsed, err := Parse(rules)
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Rules: parsed, Seed: 7, Now: c.now})
}

func put() Call {
	return Call{Service: "secretsmanager", Operation: "PutSecretValue", Protocol: model.JSON, Region: "us-west-2"}
}

func getRole() Call {
	return Call{Service: "iam", Operation: "GetRole", Protocol: model.Query, Region: "us-west-2"}
}

func (in *Injector) decide(c Call) Fate { return in.Judge(in.Arrive(c)) }

// struck is what some calls of an operation meet, a call an item.
func struck(in *Injector, c Call, calls int) []string {
	var out []string
	for range calls {
		out = append(out, fmt.Sprint(in.decide(c).Struck))
	}
	return out
}

func TestWhichCallsAreStruck(t *testing.T) {
	for rule, want := range map[string][]string{
		"kind=throttle":                      {"[throttle]", "[throttle]", "[throttle]", "[throttle]"},
		"kind=throttle nth=3":                {"[]", "[]", "[throttle]", "[]"},
		"kind=throttle count=2":              {"[throttle]", "[throttle]", "[]", "[]"},
		"kind=throttle match=iam:*":          {"[]", "[]", "[]", "[]"},
		"kind=throttle match=secrets*:[OP]*": {"[throttle]", "[throttle]", "[throttle]", "[throttle]"},
		"kind=throttle nth=1; kind=error nth=2; kind=truncate nth=2; kind=truncate nth=4": {"[throttle]", "[error]", "[]", "[truncate]"},
		"kind=reset-after; kind=reset-before nth=2; kind=slow-body delay=1s":              {"[reset-after]", "[reset-before]", "[reset-after]", "[reset-after]"},
		"kind=error; kind=throttle": {"[error]", "[error]", "[error]", "[error]"},
		"kind=throttle; kind=expired count=1; kind=latency delay=1s count=1": {"[latency expired]", "[throttle]", "[throttle]", "[throttle]"},
	} {
		in := injector(t, newClock(), rule)
		if diff := cmp.Diff(want, struck(in, put(), 4)); diff != "" {
			t.Errorf("%s: %s", rule, diff)
		}
	}
}

func TestCallers(t *testing.T) {
	in := injector(t, newClock(), "kind=throttle caller=AKIA*B nth=2")
	ours, other := put(), put()
	ours.AccessKey, other.AccessKey = "AKIAAAB", "AKIAAAC"
	got := slices.Concat(struck(in, other, 2), struck(in, ours, 3), struck(in, put(), 1))
	if diff := cmp.Diff([]string{"[]", "[]", "[]", "[throttle]", "[]", "[]"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWindows(t *testing.T) {
	c := newClock()
	in := injector(t, c, "kind=throttle after=10s for=5s")
	for _, step := range []struct {
		pass time.Duration
		want string
	}{{0, "[]"}, {10*time.Second - 1, "[]"}, {1, "[throttle]"}, {5*time.Second - 1, "[throttle]"}, {1, "[]"}, {time.Hour, "[]"}} {
		c.pass(step.pass)
		if got := struck(in, put(), 1)[0]; got != step.want {
			t.Errorf("at %v: %s, want %s", c.now().Sub(in.began), got, step.want)
		}
	}
}

// TestASeedRepeats: whatever is called in between, the calls of one operation
// meet the same faults.
func TestASeedRepeats(t *testing.T) {
	const rules = "10%; kind=latency delay=1ms-1s rate=0.5"
	first := struck(injector(t, newClock(), rules), put(), 500)
	mixed := injector(t, newClock(), rules)
	var second []string
	for i := range 500 {
		for range i % 3 {
			mixed.decide(getRole())
		}
		second = append(second, fmt.Sprint(mixed.decide(put()).Struck))
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
	other := New(Options{Rules: Mix(0.1), Seed: 8, Now: newClock().now})
	if slices.Equal(first, struck(other, put(), 500)) {
		t.Error("another seed strikes the same calls")
	}
}

// TestMix: a share of all calls is struck, by every kind of the mixture.
func TestMix(t *testing.T) {
	for _, rate := range []float64{0.01, 0.1, 0.5, 1} {
		const calls = 20000
		in := New(Options{Rules: Mix(rate), Seed: 1, Now: newClock().now})
		seen := map[string]int{}
		for _, s := range struck(in, put(), calls) {
			seen[s]++
		}
		got := 1 - float64(seen["[]"])/calls
		if math.Abs(got-rate) > 0.015 {
			t.Errorf("%v of all calls are struck, want %v", got, rate)
		}
		delete(seen, "[]")
		if len(seen) != 6 {
			t.Errorf("at %v calls meet %v", rate, seen)
		}
		if err := Check(in.Report().rules(t), nil); err != nil {
			t.Error(err)
		}
	}
}

// rules are those of a report, read again.
func (r Report) rules(t testing.TB) []Rule {
	t.Helper()
	var out []Rule
	for _, o := range r.Rules {
		parsed, err := Parse(o.Rule)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parsed...)
	}
	return out
}

func TestDelays(t *testing.T) {
	in := injector(t, newClock(), "kind=latency delay=1s; kind=latency delay=10ms-20ms; kind=slow-body delay=2s-3s")
	seen := map[time.Duration]bool{}
	for range 100 {
		a := in.Arrive(put())
		f := in.Judge(a)
		if a.Latency < 1010*time.Millisecond || a.Latency > 1020*time.Millisecond || f.Slow < 2*time.Second || f.Slow > 3*time.Second {
			t.Fatalf("%v, %v", a.Latency, f.Slow)
		}
		seen[a.Latency] = true
	}
	if len(seen) < 50 {
		t.Errorf("only %d different delays are drawn", len(seen))
	}
}

// TestRefusals holds code, message and status as each service words them.
func TestRefusals(t *testing.T) {
	call := func(service string, p model.Protocol) Call {
		return Call{Service: service, Operation: "X", Protocol: p}
	}
	ecs, tags, sts := call("ecs", model.JSON), call("tagging", model.JSON), call("sts", model.Query)
	for _, c := range []struct {
		rule   string
		call   Call
		code   string
		status int
	}{
		{"kind=throttle", put(), "ThrottlingException", 0}, // zero: the model's status counts, else 400
		{"kind=throttle", ecs, "ThrottlingException", 0},
		{"kind=throttle", tags, "ThrottledException", 0},
		{"kind=throttle", getRole(), "Throttling", 0},
		{"kind=throttle", sts, "Throttling", 0},
		{"kind=expired", put(), "ExpiredTokenException", 400},
		{"kind=expired", getRole(), "ExpiredToken", 403},
		{"kind=error", put(), "InternalServiceError", 500},
		{"kind=error", ecs, "ServerException", 500},
		{"kind=error", tags, "InternalServiceException", 500},
		{"kind=error", getRole(), "ServiceFailure", 500},
		{"kind=error", sts, "InternalFailure", 500},
		{"kind=error status=503", sts, "ServiceUnavailable", 503},
		{"kind=error status=504", put(), "InternalServiceError", 504},
		{"kind=error code=AccessDenied status=403", sts, "AccessDenied", 403},
		{"kind=error code=LimitExceeded", getRole(), "LimitExceeded", 0},
	} {
		got := injector(t, newClock(), c.rule).decide(c.call).Refusal
		if got == nil || got.Code != c.code || got.Status != c.status || got.Message == "" {
			t.Errorf("%s of %s: %+v", c.rule, c.call.Service, got)
		}
	}
	got := injector(t, newClock(), `kind=error message="as told"`).decide(put()).Refusal
	if got.Message != "as told" || got.Code != "InternalServiceError" {
		t.Errorf("%+v", got)
	}
}

// TestSkew holds the time of a signature against a clock that is off.
func TestSkew(t *testing.T) {
	c := newClock()
	for _, test := range []struct {
		offset string
		call   Call
		signed time.Duration // after the true time
		want   string
	}{
		{"4m", put(), 0, ""},
		{"10m", put(), 10 * time.Minute, ""},
		{"10m", put(), 0, "InvalidSignatureException: Signature expired: 20260102T030405Z is now earlier than 20260102T030905Z (20260102T031405Z - 5 min.)"},
		{"-10m", put(), 0, "InvalidSignatureException: Signature not yet current: 20260102T030405Z is still later than 20260102T025905Z (20260102T025405Z + 5 min.)"},
		{"10m", getRole(), 0, ""},
		{"20m", getRole(), 0, "SignatureDoesNotMatch: Signature expired: 20260102T030405Z is now earlier than 20260102T030905Z (20260102T032405Z - 15 min.)"},
		{"-20m", getRole(), 0, "SignatureDoesNotMatch: Signature not yet current: 20260102T030405Z is still later than 20260102T025905Z (20260102T024405Z + 15 min.)"},
	} {
		test.call.Signed = c.now().Add(test.signed)
		f := injector(t, c, "kind=skew offset="+test.offset).decide(test.call)
		got := ""
		if f.Refusal != nil {
			got = f.Refusal.Error()
		}
		if offset, err := time.ParseDuration(test.offset); err != nil || f.ClockOffset != offset || got != test.want {
			t.Errorf("%+v: %v %s", test, f.ClockOffset, got)
		}
	}
	unsigned := put()
	if f := injector(t, c, "kind=skew offset=1h").decide(unsigned); f.Refusal != nil || f.ClockOffset != time.Hour {
		t.Errorf("without a time: %+v", f)
	}
}

func TestReport(t *testing.T) {
	in := injector(t, newClock(), "kind=throttle nth=2; kind=reset-after match=iam:*; kind=truncate count=1")
	struck(in, put(), 3)
	struck(in, getRole(), 1)
	want := Report{Seed: 7, Rules: []Outcome{
		{"kind=throttle nth=2", 4, 1}, {"kind=reset-after match=iam:*", 1, 1}, {"kind=truncate count=1", 4, 1},
	}}
	if diff := cmp.Diff(want, in.Report()); diff != "" {
		t.Error(diff)
	}
}

func TestNoRules(t *testing.T) {
	in := New(Options{Now: newClock().now})
	if diff := cmp.Diff(Fate{}, in.decide(put())); diff != "" {
		t.Error(diff)
	}
}
