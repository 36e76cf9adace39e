package source_test

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/source"
)

// clock is one that a test turns.
type clock struct {
	mu     sync.Mutex
	pauses []time.Duration
	next   chan time.Time
	asked  chan struct{}
}

func newClock() *clock { return &clock{next: make(chan time.Time), asked: make(chan struct{}, 1000)} }

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pauses = append(c.pauses, d)
	c.asked <- struct{}{}
	return c.next
}

// watching runs Watch, and tells of every call.
func watching(t testing.TB, s source.Source) (calls chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	calls = make(chan struct{}, 1000)
	done := make(chan struct{})
	go func() { defer close(done); s.Watch(ctx, func() { calls <- struct{}{} }) }()
	t.Cleanup(func() { cancel(); <-done })
	return calls
}

// The source is looked at once an interval, more and more seldom while it does
// not get better.
func TestWatchGit(t *testing.T) {
	leaks(t)
	r := newRepository(t, project())
	c := newClock()
	s := open(t, r.url()+"?ref=main", source.Options{After: c.After, Jitter: func() float64 { return 0.5 }, Interval: time.Minute})
	fetch(t, s)
	calls := watching(t, s)
	<-c.asked
	look := func() int { c.next <- time.Time{}; <-c.asked; return len(calls) }
	expect := func(what string, want int) {
		t.Helper()
		if got := look(); got != want {
			t.Errorf("%s: %d calls, want %d", what, got, want)
		}
		for len(calls) > 0 {
			<-calls
		}
	}
	expect("nothing changed", 0)
	r.commit(map[string]string{"x": "1"})
	expect("a commit", 1)
	fetch(t, s)
	expect("it was fetched", 0)
	if err := os.Rename(r.dir, r.dir+".away"); err != nil {
		t.Fatal(err)
	}
	expect("it is away", 1)
	for range 6 {
		expect("it is still away", 0)
	}
	if err := os.Rename(r.dir+".away", r.dir); err != nil {
		t.Fatal(err)
	}
	expect("it is back", 1)
	expect("it is still back", 0)
	r.commit(map[string]string{"deploy_config/tasks/empty.yaml": ""})
	expect("a commit that is refused", 1)
	refuses(t, s, "is empty")
	expect("it is announced again", 1)
	expect("and again", 1)
	m := time.Minute
	want := []time.Duration{m, m, m, m, m, 2 * m, 4 * m, 8 * m, 10 * m, 10 * m, 10 * m, m, m, m, 2 * m, 4 * m}
	if diff := cmp.Diff(want, c.pauses); diff != "" {
		t.Error(diff)
	}
}

func TestWatchHasJitter(t *testing.T) {
	for random, want := range map[float64]time.Duration{0: 24 * time.Second, 0.5: 30 * time.Second, 0.999999: 36 * time.Second} {
		c := newClock()
		s := open(t, newRepository(t, project()).url(), source.Options{After: c.After, Jitter: func() float64 { return random }})
		watching(t, s)
		<-c.asked
		if got := c.pauses[0].Round(time.Second); got != want {
			t.Errorf("%v: %s, want %s", random, got, want)
		}
	}
}

// Fetching, watching and closing at once is safe, which the race detector sees.
func TestAtOnce(t *testing.T) {
	leaks(t)
	r := newRepository(t, project())
	s := open(t, r.url(), source.Options{Interval: time.Millisecond})
	watching(t, s)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				got, err := s.Fetch(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := os.Stat(got.Dir); err != nil {
					t.Error(err)
				}
				got.Release()
			}
		})
	}
	for range 3 {
		r.commit(map[string]string{"x": time.Now().String()})
	}
	group.Wait()
}
