package fault

import (
	"testing"
	"time"

	"ecs-reconciler/internal/sandbox/model"
)

func register(region string) Call {
	return Call{Service: "ecs", Operation: "RegisterTaskDefinition", Protocol: model.JSON, Region: region}
}

// allowed counts the calls that pass until one does not, at most 1000.
func allowed(in *Injector, c Call) int {
	for n := range 1000 {
		if f := in.decide(c); f.Refusal != nil {
			return n
		}
	}
	return 1000
}

func awsLimits(t testing.TB) *Limits {
	t.Helper()
	limits, err := NewLimits(AWSBuckets())
	if err != nil {
		t.Fatal(err)
	}
	return limits
}

func TestBuckets(t *testing.T) {
	c := newClock()
	in := New(Options{Now: c.now, Limits: awsLimits(t)})
	deregister := register("us-west-2")
	deregister.Operation = "DeregisterTaskDefinition"
	for _, step := range []struct {
		what string
		pass time.Duration
		call Call
		want int
	}{
		{"a full bucket", 0, register("us-west-2"), 20},
		{"an empty one", 0, register("us-west-2"), 0},
		{"what shares it", 0, deregister, 0},
		{"another region", 0, register("eu-west-1"), 20},
		{"half a token", 500 * time.Millisecond, deregister, 0},
		{"three seconds later", 2500 * time.Millisecond, deregister, 3},
		{"a day later", 24 * time.Hour, register("us-west-2"), 20},
		{"puts", 0, put(), 50},
		{"puts a second later", time.Second, put(), 50},
		{"what AWS does not publish", 0, getRole(), 1000},
	} {
		c.pass(step.pass)
		if got := allowed(in, step.call); got != step.want {
			t.Errorf("%s: %d calls pass, want %d", step.what, got, step.want)
		}
	}
	c.pass(time.Hour)
	allowed(in, put())
	f := in.decide(put())
	if f.Refusal == nil || f.Refusal.Error() != "ThrottlingException: Rate exceeded" || len(f.Struck) != 1 || f.Struck[0] != Throttle {
		t.Errorf("%+v", f)
	}
	if n := in.Report().Throttled["ecs: Task definition modify actions"]; n != 7 {
		t.Errorf("%d throttled: %v", n, in.Report().Throttled)
	}
}

// TestRulesDoNotRefill: setting rules anew leaves the buckets as they are.
func TestRulesDoNotRefill(t *testing.T) {
	c, limits := newClock(), awsLimits(t)
	allowed(New(Options{Now: c.now, Limits: limits}), register("us-west-2"))
	if n := allowed(New(Options{Now: c.now, Limits: limits}), register("us-west-2")); n != 0 {
		t.Errorf("%d calls pass", n)
	}
}

// TestEveryOperationHasItsBucket: of what the sandbox serves, those services
// that AWS publishes figures for are limited throughout.
func TestEveryOperationHasItsBucket(t *testing.T) {
	limits := awsLimits(t)
	for _, name := range []string{"ecs", "secretsmanager"} {
		for operation := range model.Services()[name].Operations {
			b, ok := limits.byOperation[name+":"+operation]
			if !ok || b.Burst < b.Sustained || b.Sustained < 1 {
				t.Errorf("%s:%s: %+v", name, operation, b)
			}
		}
	}
}

func TestOneOperationInTwoBuckets(t *testing.T) {
	twice := Bucket{Name: "b", Service: "s", Operations: []string{"X", "X"}}
	if _, err := NewLimits([]Bucket{twice}); err == nil {
		t.Error("taken")
	}
}
