package apply_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/resource"
)

// lost makes the first of each of the calls take effect and lose its answer.
func lost(calls ...string) func(context.Context, string, func()) error {
	left := map[string]bool{}
	for _, call := range calls {
		left[call] = true
	}
	return func(_ context.Context, call string, effect func()) error {
		effect()
		if left[call] {
			delete(left, call)
			return &resource.Error{Class: resource.Retryable, Message: "the answer is lost", Cause: io.ErrUnexpectedEOF}
		}
		return nil
	}
}

func TestALostAnswerIsNotWrittenTwice(t *testing.T) {
	old := map[string]object{"a/1": ours(fields{"/name": "1", "/x": "0", "/fixed": "0"})}
	cases := []struct {
		name     string
		observed map[string]object
		fields   fields
		lost     []string
		want     []string
	}{
		{"of a creation", nil, fields{"/x": "1"}, []string{"create a/1"}, []string{"create a/1", "observe a/1"}},
		{"of an update", old, fields{"/x": "1"}, []string{"update a/1"}, []string{"update a/1", "observe a/1"}},
		{"of a replacement's deletion", old, fields{"/fixed": "1"}, []string{"delete a/1"}, []string{"delete a/1", "observe a/1", "create a/1"}},
		{"of a replacement's creation", old, fields{"/fixed": "1"}, []string{"create a/1"}, []string{"delete a/1", "create a/1", "observe a/1"}},
		{"of both", old, fields{"/fixed": "1"}, []string{"delete a/1", "create a/1"},
			[]string{"delete a/1", "observe a/1", "create a/1", "observe a/1"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p, cloud := world{observed: c.observed, desired: []want{{name: "a/1", fields: c.fields}, {name: "a/2", uses: []string{"a/1"}}}}.plan(t)
				cloud.fault = lost(c.lost...)
				expect(t, "results", []string{"a/1 done", "a/2 done"}, told(apply.Run(t.Context(), p, options())))
				calls := cloud.made()
				expect(t, "calls", append(c.want, "create a/2"), calls)
				if o, _ := cloud.get("a/2"); o.fields["/uses/a/1"] != "arn:1" {
					t.Errorf("the dependent was told %q", o.fields["/uses/a/1"])
				}
			})
		})
	}
}

func TestWhatIsTriedAgain(t *testing.T) {
	cases := []struct {
		class resource.Class
		times int // that a creation fails
		tries int
		took  time.Duration
		done  bool
	}{
		{resource.Throttled, 1, 2, time.Second, true},
		{resource.Throttled, 2, 3, 3 * time.Second, true},
		{resource.Throttled, 3, 3, 3 * time.Second, false},
		{resource.Retryable, 2, 3, 3 * time.Second, true},
		{resource.Terminal, 1, 1, 0, false},
		{resource.Conflict, 1, 1, 0, false},
		{resource.NotFound, 1, 1, 0, false},
		{"", 1, 1, 0, false},
	}
	for _, c := range cases {
		t.Run(string(c.class), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p, cloud := world{desired: many(1)}.plan(t)
				tries := 0
				cloud.fault = func(_ context.Context, call string, effect func()) error {
					if strings.HasPrefix(call, "observe") {
						return nil
					}
					if tries++; tries > c.times {
						effect()
						return nil
					}
					if c.class == "" {
						return errors.New("an error without a class")
					}
					return &resource.Error{Class: c.class, Message: "no"}
				}
				start := time.Now()
				got := apply.Run(t.Context(), p, options())[0]
				if tries != c.tries || (got.Status == apply.Done) != c.done || time.Since(start) != c.took || got.Duration != c.took {
					t.Errorf("%d tries, %s, after %s; want %d, done %v, %s", tries, got.Status, time.Since(start), c.tries, c.done, c.took)
				}
			})
		})
	}
}

func TestARetryThatCannotObserveSaysBoth(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{desired: many(1)}.plan(t)
		c.fault = func(_ context.Context, call string, _ func()) error {
			if call == "create a/00" {
				return &resource.Error{Class: resource.Retryable, Message: "no answer"}
			}
			return errors.New("no sight")
		}
		expect(t, "results", []string{"a/00 failed: no answer; and it could not be observed again: no sight"},
			told(apply.Run(t.Context(), p, options())))
	})
}

// A retry may find what was not there when the plan was made.
func TestARetryMayFindAnotherObject(t *testing.T) {
	cases := []struct {
		name  string
		found object
		says  string
	}{
		{"another owner's", object{Standing: resource.Standing{Owner: "other/x"}}, `has come to belong to "other/x"`},
		{"nobody's", object{}, "made by somebody else meanwhile"},
		{"one that must not be touched", object{Standing: resource.Standing{Owner: owner, Refuse: "it rotates"}}, "it rotates"},
		{"one that would have to be replaced", ours(fields{"/fixed": "0"}), "can only be replaced by now"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p, cloud := world{desired: []want{{name: "a/1", fields: fields{"/fixed": "1"}}}}.plan(t)
				cloud.fault = func(_ context.Context, call string, effect func()) error {
					if call == "create a/1" {
						cloud.mu.Lock()
						cloud.objects[key("a/1")] = c.found
						cloud.mu.Unlock()
						return &resource.Error{Class: resource.Retryable, Message: "no answer"}
					}
					effect()
					return nil
				}
				got := apply.Run(t.Context(), p, options())[0]
				if resource.ClassOf(got.Err) != resource.Conflict || !strings.Contains(got.Err.Error(), c.says) {
					t.Errorf("%v, want a conflict that says %q", got.Err, c.says)
				}
				expect(t, "calls", []string{"create a/1", "observe a/1"}, cloud.made())
			})
		})
	}
}

func TestAReplacementThatFailsHalfwayIsTold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, c := world{observed: map[string]object{"a/1": ours(fields{"/name": "1", "/fixed": "0"})},
			desired: []want{{name: "a/1", fields: fields{"/fixed": "1"}}}}.plan(t)
		c.fault = failing(resource.Terminal, "create a/1")
		expect(t, "results", []string{"a/1 failed: no"}, told(apply.Run(t.Context(), p, options())))
		expect(t, "calls", []string{"delete a/1", "create a/1"}, c.made())
	})
}

func TestADesiredStateThatCannotBeBuiltByThen(t *testing.T) {
	bubble(t, func(t *testing.T) {
		builds := 0
		p, c := world{desired: []want{{name: "a/1", build: func(resource.Lookup) (any, error) {
			if builds++; builds > 1 {
				return nil, errors.New("it does not fit")
			}
			return fields{}, nil
		}}}}.plan(t)
		expect(t, "results", []string{"a/1 failed: a 1: it does not fit"}, told(apply.Run(t.Context(), p, options())))
		if len(c.made()) != 0 {
			t.Errorf("calls: %v", c.made())
		}
	})
}
