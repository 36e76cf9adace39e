package lease

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var someShards = []string{"1/r/a", "1/r/b", "1/r/c", "1/r/d", "1/r/e", "1/r/f", "1/r/g"}

const poll = DefaultLease / 6

// TestShardsFollowMembers: who comes gets its share, who leaves is followed at
// once, who dies within a lease.
func TestShardsFollowMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		a := start(t, store, Options{Name: "a"}, idle, someShards...)
		awaits(t, time.Second, "a member that is alone has every shard", func() bool { return len(a.valid()) == 7 })
		b := start(t, store, Options{Name: "b"}, idle, someShards...)
		c := start(t, store, Options{Name: "c"}, idle, someShards...)
		awaits(t, DefaultLease, "three share", func() bool {
			return len(a.valid()) >= 2 && len(b.valid()) >= 2 && len(c.valid()) >= 2 && len(a.valid())+len(b.valid())+len(c.valid()) == 7
		})
		c.leaves(t)
		awaits(t, 2*poll, "two share at once what the third left", func() bool { return len(a.valid())+len(b.valid()) == 7 })
		b.store.breakWith(errors.New("cut off"), nil)
		awaits(t, DefaultLease+2*poll, "one has all when the other is cut off", func() bool { return len(a.valid()) == 7 })
		if got := b.valid(); len(got) > 0 {
			t.Errorf("who is cut off still writes for %v", got)
		}
		b.store.breakWith(nil, nil)
		awaits(t, DefaultLease, "who is back gets its share", func() bool { return len(b.valid()) == 3 })
		a.leaves(t)
		b.leaves(t)
		left, err := store.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range left {
			if _, member := r.member(); member || !r.Released {
				t.Errorf("left behind: %+v", r)
			}
		}
	})
}

// TestFencesGrow: every tenure has a larger number than those before.
func TestFencesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		for want := int64(1); want <= 3; want++ {
			a := start(t, store, Options{Name: "a"}, idle, "s")
			awaits(t, time.Second, "the shard is held", func() bool { return len(a.valid()) == 1 })
			if got := a.Holding()[0].Fence(); got != want {
				t.Errorf("the fence is %d, want %d", got, want)
			}
			a.leaves(t)
		}
	})
}

// TestAMemberThatCannotRenew stops its writes before the lease ends, lets what
// is in flight be answered, and is then broken off.
func TestAMemberThatCannotRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type moment struct {
			after time.Duration
			valid bool
			why   error
		}
		ends := make(chan moment, 2)
		var cut time.Time
		a := start(t, newMemory(), Options{Name: "a"}, func(ctx context.Context, held *Held) error {
			<-held.Ending()
			ends <- moment{time.Since(cut), held.Valid(), held.Why()}
			<-ctx.Done()
			ends <- moment{time.Since(cut), held.Valid(), context.Cause(ctx)}
			return nil
		}, "s")
		awaits(t, time.Second, "the shard is held", func() bool { return len(a.valid()) == 1 })
		cut = time.Now()
		a.store.breakWith(errors.New("throttled"), nil)
		time.Sleep(DefaultLease / 2)
		if len(a.valid()) != 1 {
			t.Error("half a lease without the table ends the work")
		}
		limits := Options{Lease: DefaultLease, Margin: DefaultLease / 6}.limits()
		for _, latest := range []time.Duration{limits.writes, limits.all} {
			got := <-ends
			if got.after > latest || got.after < latest-time.Second || got.valid || !errors.Is(got.why, ErrLost) {
				t.Errorf("after %s: %+v", latest, got)
			}
		}
		a.store.breakWith(nil, nil)
		awaits(t, 2*DefaultLease, "the shard is taken again", func() bool { return len(a.valid()) == 1 })
		a.leaves(t)
	})
}

// TestLostAnswers: writes that were made and whose answers did not come are
// known again, and count from when they were sent.
func TestLostAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &broken{Store: newMemory()}
		store.breakWith(nil, errors.New("connection reset"))
		a := start(t, store, Options{Name: "a"}, idle, "s")
		time.Sleep(time.Second)
		if got := a.valid(); len(got) != 0 {
			t.Errorf("holds %v without knowing", got)
		}
		store.breakWith(nil, nil)
		awaits(t, 2*poll, "a lease in its own name is no obstacle", func() bool { return len(a.valid()) == 1 })
		fence := a.Holding()[0].Fence()
		for range 20 {
			store.breakWith(nil, errors.New("connection reset"))
			time.Sleep(poll + poll/2)
			store.breakWith(nil, nil)
			time.Sleep(poll)
		}
		if got := a.Holding(); len(got) != 1 || got[0].Fence() != fence || !got[0].Valid() {
			t.Errorf("lost answers ended the tenure: %v", got)
		}
		a.leaves(t)
	})
}

// TestAnotherTookTheLease: the work is broken off as soon as that is seen.
func TestAnotherTookTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		cause := make(chan error, 1)
		a := start(t, store, Options{Name: "a"}, func(ctx context.Context, _ *Held) error {
			<-ctx.Done()
			cause <- context.Cause(ctx)
			return nil
		}, "s")
		awaits(t, time.Second, "the shard is held", func() bool { return len(a.valid()) == 1 })
		stolen := store.record("s")
		seen := stolen.Version
		stolen.Owner, stolen.Version = "thief", "x"
		if err := store.Put(t.Context(), stolen, seen); err != nil {
			t.Fatal(err)
		}
		if err := <-cause; !errors.Is(err, ErrLost) {
			t.Errorf("the work ended for %v", err)
		}
		if got := a.valid(); len(got) != 0 {
			t.Errorf("still writes for %v", got)
		}
		a.leaves(t)
	})
}

// slow is a store whose first answer takes its time.
type slow struct {
	Store
	pause time.Duration
}

func (s *slow) List(ctx context.Context) ([]Record, error) {
	pause := s.pause
	s.pause = 0
	time.Sleep(pause)
	return s.Store.List(ctx)
}

// TestALeaseCountsFromTheAnswer: what an answer shows may have been written after
// the question was sent.
func TestALeaseCountsFromTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		a := start(t, &slow{store, poll - time.Second}, Options{Name: "a"}, idle, "s")
		time.Sleep(poll - 2*time.Second)
		written := time.Now()
		if err := store.Put(t.Context(), Record{Key: shardKey("s"), Owner: "b", Version: "1", Duration: DefaultLease}, ""); err != nil {
			t.Fatal(err)
		}
		awaits(t, 2*DefaultLease, "the shard is taken over", func() bool { return len(a.valid()) == 1 })
		if took := time.Since(written); took < DefaultLease || took > DefaultLease+poll {
			t.Errorf("taken over after %s", took)
		}
		a.leaves(t)
	})
}

// TestWorkThatDoesNotWindUp is broken off after the grace, and its shard is not
// given back before it returned.
func TestWorkThatDoesNotWindUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		hangs := make(chan struct{})
		a := start(t, store, Options{Name: "a", Grace: 7 * time.Second}, func(ctx context.Context, held *Held) error {
			<-held.Ending()
			began := time.Now()
			<-ctx.Done()
			if took, why := time.Since(began), context.Cause(ctx); took != 7*time.Second || !errors.Is(why, ErrGrace) || !errors.Is(held.Why(), ErrLeaves) {
				t.Errorf("broken off after %s for %v, %v", took, why, held.Why())
			}
			if held.Valid() {
				t.Error("who was broken off may write")
			}
			<-hangs
			return nil
		}, "s")
		awaits(t, time.Second, "the shard is held", func() bool { return len(a.valid()) == 1 })
		a.stop()
		time.Sleep(DefaultLease)
		if store.record("s").Released {
			t.Error("the lease was given back under the work's feet")
		}
		close(hangs)
		a.leaves(t)
		if !store.record("s").Released {
			t.Error("the lease was not given back")
		}
	})
}

// TestFailingWork leaves the shard to others for a while.
func TestFailingWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		failures := 0
		a := start(t, store, Options{Name: "a"}, func(context.Context, *Held) error { failures++; return errors.New("no credentials") }, "s")
		time.Sleep(time.Second)
		b := start(t, store, Options{Name: "b"}, idle, "s")
		time.Sleep(3 * DefaultLease)
		if got := b.valid(); len(got) != 1 || failures != 1 {
			t.Errorf("the other member has %v after %d failures", got, failures)
		}
		a.leaves(t)
		b.leaves(t)
	})
}

// TestShardsThatChange: what is not served any more is given back, what is new
// is taken.
func TestShardsThatChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		a := start(t, store, Options{Name: "a"}, idle, "old", "both")
		awaits(t, time.Second, "both are held", func() bool { return len(a.valid()) == 2 })
		a.Serve([]string{"new", "both"})
		awaits(t, poll, "what is new is held", func() bool { return slices.Equal(a.valid(), []string{"both", "new"}) })
		if !store.record("old").Released {
			t.Error("what is not served was not given back")
		}
		a.leaves(t)
	})
}

// TestAShardThatNobodyTakes goes to a member that has its share already, and
// stays there.
func TestAShardThatNobodyTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		a := start(t, store, Options{Name: "a"}, idle, "x", "y")
		b := start(t, store, Options{Name: "b"}, func(context.Context, *Held) error { return errors.New("cannot") }, "x", "y")
		awaits(t, 4*DefaultLease, "the one that works has both", func() bool { return len(a.valid()) == 2 })
		time.Sleep(5 * DefaultLease)
		if len(a.valid()) != 2 {
			t.Errorf("%v: the shard moves to and fro", a.valid())
		}
		a.leaves(t)
		b.leaves(t)
	})
}

func TestATableThatIsMissing(t *testing.T) {
	store := &broken{Store: newMemory()}
	store.breakWith(&SetupError{Message: "there is no table"}, nil)
	var setup *SetupError
	if err := mustNew(t, store, Options{}).Run(t.Context(), idle); !errors.As(err, &setup) {
		t.Errorf("got %v", err)
	}
}

func TestTheDeadAreBuried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		dead := Record{Key: memberKey("dead"), Owner: "dead", Version: "v", Duration: DefaultLease}
		if err := store.Put(t.Context(), dead, ""); err != nil {
			t.Fatal(err)
		}
		a := start(t, store, Options{Name: "a"}, idle)
		time.Sleep(buryAfter*DefaultLease + 2*poll)
		records, err := store.List(t.Context())
		if err != nil || len(records) != 1 || records[0].Key != memberKey(a.ID()) {
			t.Errorf("%v, %v", records, err)
		}
		a.leaves(t)
	})
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{Lease: time.Second, Margin: time.Second}, {Poll: time.Minute}, {Margin: -1}, {Lease: -time.Second}, {Lease: 1000 * time.Hour}} {
		if _, err := New(newMemory(), o); err == nil || !strings.Contains(err.Error(), "lease") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestList(t *testing.T) {
	store := newMemory()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, r := range []Record{
		{Key: shardKey("b"), Owner: "m1", Version: "1", Duration: time.Minute, Fence: 3, Written: at},
		{Key: shardKey("a"), Owner: "m2", Version: "1", Duration: time.Minute, Fence: 4, Released: true, Written: at},
		{Key: memberKey("m1"), Owner: "m1", Version: "1", Duration: time.Minute, Written: at},
	} {
		if err := store.Put(t.Context(), r, ""); err != nil {
			t.Fatal(err)
		}
	}
	got, err := List(t.Context(), store)
	want := Fleet{Members: []Member{{"m1", 1, at}}, Shards: []Shard{{"a", "", 4, 60, at}, {"b", "m1", 3, 60, at}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestManyShardsSpread: with many shards members differ by one, and as few
// shards as can be move.
func TestManyShardsSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shards []string
		for i := range 103 {
			shards = append(shards, fmt.Sprintf("1/r/%d", i))
		}
		store := newMemory()
		var all []*started
		for i := range 5 {
			all = append(all, start(t, store, Options{Name: fmt.Sprint(i)}, idle, shards...))
			time.Sleep(2 * DefaultLease)
			total := 0
			for _, m := range all {
				n := len(m.valid())
				if total += n; n < 103/len(all) || n > 103/len(all)+1 {
					t.Errorf("one of %d members holds %d shards", len(all), n)
				}
			}
			if total != 103 {
				t.Errorf("%d shards are held", total)
			}
		}
		moves := int64(-103)
		for _, shard := range shards {
			moves += store.record(shard).Fence
		}
		if want := int64(51 + 34 + 25 + 20); moves > want+20 {
			t.Errorf("%d moves where %d do", moves, want)
		}
		for _, m := range all {
			m.leaves(t)
		}
	})
}
