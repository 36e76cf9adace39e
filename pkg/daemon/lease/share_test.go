package lease

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestShares(t *testing.T) {
	for _, c := range []struct {
		name       string
		shards     int
		holds      map[string]int
		free       int
		take, give int
	}{
		{"alone", 5, map[string]int{"me": 0}, 5, 5, 0},
		{"one of two", 5, map[string]int{"me": 0, "b": 2}, 3, 3, 0},
		{"no more than the share", 6, map[string]int{"me": 2, "b": 0}, 4, 1, 1},
		{"all above the share", 9, map[string]int{"me": 9, "b": 0, "c": 0}, 0, 0, 6},
		{"even", 4, map[string]int{"me": 2, "b": 2}, 0, 0, 0},
		{"as even as can be", 5, map[string]int{"me": 3, "b": 2}, 0, 0, 0},
		{"one for who has none", 4, map[string]int{"me": 2, "z": 2, "c": 0}, 0, 0, 1},
		{"another gives it", 4, map[string]int{"me": 2, "b": 2, "c": 0}, 0, 0, 0},
		{"nothing to do", 0, map[string]int{"me": 0, "b": 0}, 0, 0, 0},
	} {
		s := standing{me: "me", shards: c.shards, holds: c.holds, free: make([]candidate, c.free)}
		if take, give := len(s.take()), s.give(); take != c.take || give != c.give {
			t.Errorf("%s: takes %d and gives %d", c.name, take, give)
		}
	}
}

func TestWhatIsTaken(t *testing.T) {
	s := standing{me: "me", shards: 4, holds: map[string]int{"me": 0, "b": 0, "c": 0, "d": 0},
		free: []candidate{{shard: "barred", barred: true, overdue: true}, {shard: "first"}, {shard: "second"}, {shard: "late", overdue: true}}}
	var got []string
	for _, c := range s.take() {
		got = append(got, c.shard)
	}
	if want := []string{"first", "late"}; !slices.Equal(got, want) {
		t.Errorf("took %v, want %v", got, want)
	}
}

func TestMembersPreferDifferentShards(t *testing.T) {
	order := func(me string) []string {
		return slices.SortedFunc(slices.Values(someShards), func(a, b string) int { return prefer(me, a, b) })
	}
	if cmp.Equal(order("a"), order("b")) || !cmp.Equal(order("a"), order("a")) {
		t.Errorf("%v, %v", order("a"), order("b"))
	}
}

// TestWatch: a lease counts from when it was first seen as it is.
func TestWatch(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	record := func(version string) Record {
		return Record{Key: shardKey("s"), Owner: "b", Version: version, Duration: 10 * time.Second, Fence: 5}
	}
	w := watch{}
	for _, step := range []struct {
		name    string
		now     int
		records []Record
		free    bool
	}{
		{"new", 0, []Record{record("1")}, false},
		{"not yet over", 9, []Record{record("1")}, false},
		{"over", 10, []Record{record("1")}, true},
		{"renewed", 11, []Record{record("2")}, false},
		{"still", 20, []Record{record("2")}, false},
		{"deleted: the holder may not know", 20, nil, false},
		{"still deleted", 29, nil, false},
		{"it knows by now", 30, nil, true},
		{"there again", 31, []Record{record("3")}, false},
	} {
		w.see(at(step.now), step.records)
		if got := w.expect(at(step.now), "s"); got.free(at(step.now)) != step.free || got.Fence != 5 {
			t.Errorf("%s: %+v", step.name, got)
		}
	}
	if got := w.expect(at(40), "never seen"); !got.free(at(40)) || got.Version != "" {
		t.Errorf("a shard that nobody ever had: %+v", got)
	}
}

// TestALeaseDoesNotOutliveASuspension: the monotonic clock stands still while
// the machine is suspended, and the wall clock is right afterwards.
func TestALeaseDoesNotOutliveASuspension(t *testing.T) {
	now := time.Now()
	end := now.Add(time.Minute)
	for _, c := range []struct {
		now  time.Time
		want bool
	}{
		{now, true},
		{now.Add(time.Minute), false},
		{now.Round(0).Add(time.Minute), false}, // without a monotonic reading
	} {
		if got := before(c.now, end); got != c.want {
			t.Errorf("%s: %v", c.now, got)
		}
	}
}

func TestLimits(t *testing.T) {
	got := Options{Lease: 33 * time.Second, Margin: 5 * time.Second}.limits()
	if want := (limits{writes: 22 * time.Second, all: 27 * time.Second}); got != want {
		t.Errorf("%+v", got)
	}
}
