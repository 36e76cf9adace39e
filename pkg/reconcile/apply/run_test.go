package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// bubble runs a test on a clock of its own. It fails when a goroutine is left.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

func expect(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestDependenciesComeFirst(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{desired: []want{{name: "a/3", uses: []string{"a/2"}}, {name: "a/2", uses: []string{"a/1"}}, {name: "a/1"}}}.plan(t)
		expect(t, "results", []string{"a/1 done", "a/2 done", "a/3 done"}, told(apply.Run(t.Context(), p, options())))
		expect(t, "calls", []string{"create a/1", "create a/2", "create a/3"}, c.made())
	})
}

func TestWhatIsLookedUpIsKnownByThen(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{desired: []want{{name: "a/2", uses: []string{"a/1", "a/0"}}, {name: "a/1"}, {name: "a/0"}},
			observed: map[string]object{"a/0": ours(fields{"/name": "0"})}}.plan(t)
		apply.Run(t.Context(), p, options())
		o, _ := c.get("a/2")
		if diff := cmp.Diff(fields{"/name": "2", "/uses/a/1": "arn:1", "/uses/a/0": "arn:0"}, o.fields); diff != "" {
			t.Error(diff)
		}
	})
}

func many(n int) (out []want) {
	for i := range n {
		out = append(out, want{name: fmt.Sprintf("a/%02d", i)})
	}
	return out
}

func TestParallelism(t *testing.T) {
	for parallelism, took := range map[int]time.Duration{-1: 20 * time.Second, 1: 20 * time.Second, 3: 7 * time.Second, 100: time.Second} {
		bubble(t, func(t *testing.T) {
			p, c := world{desired: many(20)}.plan(t)
			o, start := options(), time.Now()
			o.Parallelism = parallelism
			apply.Run(t.Context(), p, o)
			if want := min(max(parallelism, 1), 20); c.peak != want {
				t.Errorf("parallelism %d: %d at once, want %d", parallelism, c.peak, want)
			}
			if got := time.Since(start); got != took {
				t.Errorf("parallelism %d: took %s, want %s", parallelism, got, took)
			}
		})
	}
}

// failing fails calls with the class that they are named with, without effect.
func failing(class resource.Class, calls ...string) func(context.Context, string, func()) error {
	return func(_ context.Context, call string, effect func()) error {
		if slices.Contains(calls, call) {
			return &resource.Error{Class: class, Message: "no"}
		}
		effect()
		return nil
	}
}

func TestAFailureStopsItsDependentsAlone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{observed: map[string]object{"a/unchanged": ours(fields{"/name": "unchanged"}), "a/old": ours(nil)},
			desired: []want{{name: "a/bad"}, {name: "a/child", uses: []string{"a/bad"}}, {name: "a/grandchild", uses: []string{"a/child"}},
				{name: "a/unchanged"}, {name: "a/good"}, {name: "a/better", uses: []string{"a/good"}}},
			orphans: []string{"a/old"}}.plan(t)
		c.fault = failing(resource.Terminal, "create a/bad")
		expect(t, "results", []string{"a/bad failed: no", "a/child skipped: a bad has not converged",
			"a/grandchild skipped: a child has not converged", "a/good done", "a/better done",
			"a/old skipped: nothing is deleted while a bad has not converged"}, told(apply.Run(t.Context(), p, options())))
		if _, exists := c.get("a/old"); !exists {
			t.Error("the orphan is deleted although something failed")
		}
	})
}

// An object that needs no change yields its outputs whatever became of what it
// uses.
func TestANoopIsNotStopped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{observed: map[string]object{"a/bad": ours(fields{"/name": "bad", "/x": "0"}),
			"a/same": ours(fields{"/name": "same"})},
			desired: []want{{name: "a/bad", fields: fields{"/x": "1"}}, {name: "a/new", uses: []string{"a/same"}},
				{name: "a/same", build: func(l resource.Lookup) (any, error) {
					l(key("a/bad"), "arn")
					return fields{"/name": "same"}, nil
				}}}}.plan(t)
		c.fault = failing(resource.Terminal, "update a/bad")
		expect(t, "results", []string{"a/bad failed: no", "a/new done"}, told(apply.Run(t.Context(), p, options())))
	})
}

func TestDeletionsComeLastOneByOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{kinds: []string{"a", "b"}, desired: many(3), orphans: []string{"a/x", "a/y", "b/z"},
			observed: map[string]object{"a/x": ours(nil), "a/y": ours(nil), "b/z": ours(nil)}}.plan(t)
		apply.Run(t.Context(), p, options())
		expect(t, "the last calls", []string{"delete b/z", "delete a/x", "delete a/y"}, c.made()[3:])
		if c.peak != 3 {
			t.Errorf("%d at once", c.peak)
		}
	})
}

func TestADeletionThatFailsIsTheLast(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{orphans: []string{"a/x", "a/y"}, observed: map[string]object{"a/x": ours(nil), "a/y": ours(nil)}}.plan(t)
		c.fault = failing(resource.Conflict, "delete a/x")
		expect(t, "results", []string{"a/x failed: no", "a/y skipped: nothing is deleted while a x has not converged"},
			told(apply.Run(t.Context(), p, options())))
	})
}

func TestADeletionThatTookEffectIsDone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{orphans: []string{"a/x"}, observed: map[string]object{"a/x": ours(nil)}}.plan(t)
		c.fault = lost("delete a/x")
		expect(t, "results", []string{"a/x done"}, told(apply.Run(t.Context(), p, options())))
		expect(t, "calls", []string{"delete a/x", "observe a/x"}, c.made())
	})
}

func TestAnInterruptLetsTheCallInHandFinish(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{desired: append(many(3), want{name: "a/child", uses: []string{"a/00"}}, want{name: "a/later", uses: []string{"a/02"}}),
			observed: map[string]object{"a/old": ours(nil)}, orphans: []string{"a/old"}}.plan(t)
		c.fault = func(ctx context.Context, call string, effect func()) error {
			if err := sleep(ctx, 4*time.Second); err != nil {
				return err
			}
			effect()
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		o, start := options(), time.Now()
		o.Parallelism = 2
		results := apply.Run(ctx, p, o)
		done := 0
		for _, r := range results {
			switch {
			case r.Status == apply.Done:
				done++
			case r.Status != apply.Skipped || !errors.Is(r.Err, apply.ErrInterrupted):
				t.Errorf("%s is %s: %v, want it skipped by the interrupt", r.Key, r.Status, r.Err)
			}
		}
		if len(results) != 6 || done != 2 || len(c.made()) != 2 {
			t.Errorf("%d results, %d done, %d calls; want 6, 2, 2", len(results), done, len(c.made()))
		}
		if took := time.Since(start); took != 4*time.Second {
			t.Errorf("took %s, want the 4 s of the calls in hand", took)
		}
	})
}

func TestGraceIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{desired: many(1)}.plan(t)
		c.fault = func(ctx context.Context, _ string, _ func()) error { return sleep(ctx, time.Hour) }
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		expect(t, "results", []string{"a/00 failed: context canceled"}, told(apply.Run(ctx, p, options())))
		if took := time.Since(start); took != 6*time.Second {
			t.Errorf("took %s, want a second and the grace of five", took)
		}
	})
}

func TestAnInterruptEndsTheWaitForAnotherAttempt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{desired: many(1)}.plan(t)
		c.fault = failing(resource.Throttled, "create a/00")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second/2, cancel)
		expect(t, "results", []string{"a/00 failed: no"}, told(apply.Run(ctx, p, options())))
		expect(t, "calls", []string{"create a/00"}, c.made())
	})
}

func TestATimeoutTellsItsCause(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, _ := world{desired: many(2)}.plan(t)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second/2, errors.New("--timeout 500ms is over"))
		defer cancel()
		o := options()
		o.Parallelism = 1
		got := strings.Join(told(apply.Run(ctx, p, o)), "\n")
		if !strings.Contains(got, "skipped: interrupted before it was started: --timeout 500ms is over") {
			t.Errorf("got %s", got)
		}
	})
}

func TestNothingIsStartedOnceInterrupted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{desired: many(30)}.plan(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		results := apply.Run(ctx, p, options())
		if len(results) != 30 || len(c.made()) != 0 {
			t.Errorf("%d results and %d calls, want 30 and none", len(results), len(c.made()))
		}
	})
}

func TestBlockedAndAdopted(t *testing.T) {
	w := world{observed: map[string]object{"a/theirs": {fields: fields{"/name": "theirs"}, Standing: resource.Standing{Owner: "other/x"}},
		"a/free": {fields: fields{"/name": "free"}}},
		desired: []want{{name: "a/theirs"}, {name: "a/free"}, {name: "a/child", uses: []string{"a/free"}}}}
	for _, adopt := range []bool{false, true} {
		bubble(t, func(t *testing.T) {
			p, c := w.plan(t)
			o := options()
			o.Adopt = adopt
			results := apply.Run(t.Context(), p, o)
			if results[0].Status != apply.Failed || resource.ClassOf(results[0].Err) != resource.Conflict {
				t.Errorf("another owner's: %+v, want a conflict", results[0])
			}
			free, _ := c.get("a/free")
			if got, want := free.Owner == owner, adopt; got != want {
				t.Errorf("adopt %v: adopted %v", adopt, got)
			}
			if _, exists := c.get("a/child"); exists != adopt {
				t.Errorf("adopt %v: the dependent is made: %v", adopt, exists)
			}
			if !adopt && (resource.ClassOf(results[1].Err) != resource.Conflict || !strings.Contains(results[1].Err.Error(), "--adopt")) {
				t.Errorf("nobody's: %v, want a conflict that tells of --adopt", results[1].Err)
			}
			if theirs, _ := c.get("a/theirs"); theirs.Owner != "other/x" {
				t.Error("another owner's object is written")
			}
		})
	}
}

func TestHeldIsLeftAndStopsNobody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		moved := ours(fields{"/name": "held", "/x": "theirs"})
		moved.Moved = true
		p, c := world{observed: map[string]object{"a/held": moved, "a/old": ours(nil)}, orphans: []string{"a/old"},
			desired: []want{{name: "a/held", fields: fields{"/x": "ours"}, drift: spec.DriftReport}, {name: "a/child", uses: []string{"a/held"}}}}.plan(t)
		expect(t, "results", []string{"a/held skipped: held by drift: report", "a/child done", "a/old done"}, told(apply.Run(t.Context(), p, options())))
		expect(t, "calls", []string{"create a/child", "delete a/old"}, c.made())
		if child, _ := c.get("a/child"); child.fields["/uses/a/held"] != "arn:held" {
			t.Errorf("the dependent was told %q", child.fields["/uses/a/held"])
		}
	})
}

func TestIgnoredFieldsAreNotWritten(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{observed: map[string]object{"a/1": ours(fields{"/name": "1", "/x": "0", "/scaled": "9"})},
			desired: []want{{name: "a/1", fields: fields{"/x": "1", "/scaled": "2"}, ignore: []string{"/scaled"}}}}.plan(t)
		apply.Run(t.Context(), p, options())
		if o, _ := c.get("a/1"); o.fields["/scaled"] != "9" || o.fields["/x"] != "1" {
			t.Errorf("written: %v", o.fields)
		}
	})
}

func TestEventsComeInPairsAndOneAtATime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, _ := world{desired: many(20)}.plan(t)
		var inside atomic.Int32
		started, ended := map[resource.Key]bool{}, map[resource.Key]bool{}
		o := options()
		o.Observe = func(e apply.Event) {
			if inside.Add(1) != 1 {
				t.Error("two events at a time")
			}
			defer inside.Add(-1)
			if e.Result == nil {
				started[e.Step.Key] = true
				return
			}
			if !started[e.Step.Key] || e.Result.Duration != time.Second {
				t.Errorf("%s ended after %s", e.Step.Key, e.Result.Duration)
			}
			ended[e.Step.Key] = true
		}
		apply.Run(t.Context(), p, o)
		if len(ended) != 20 {
			t.Errorf("%d objects ended", len(ended))
		}
	})
}

func TestAnEmptyPlanIsNothing(t *testing.T) {
	if got := apply.Run(t.Context(), &plan.Plan{}, options()); len(got) != 0 {
		t.Errorf("results: %v", got)
	}
}
