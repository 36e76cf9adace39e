package e2e

import (
	"flag"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"
)

var (
	soak     = flag.Duration("soak", 30*time.Second, "how long members are killed, paused and sent away")
	soakSeed = flag.Uint64("soak-seed", 1, "seed of what happens to them")
)

const (
	soakMembers = 5
	soakShards  = 12
)

// TestMembersSoak kills, pauses and sends away five members at random, and stops
// the table itself for a while, for as long as -soak says. No shard is worked by
// two, and in the end all are worked.
func TestMembersSoak(t *testing.T) {
	s := soaking{fleet: newFleet(t, shared.running(t, dynalite), soakShards), random: rand.New(rand.NewPCG(*soakSeed, 0)), counts: map[string]int{}}
	for range soakMembers {
		s.alive = append(s.alive, s.start(t))
	}
	for began := time.Now(); time.Since(began) < *soak; time.Sleep(s.drawn(2 * time.Second)) {
		s.trouble(t)
	}
	s.calm(t)
	v := s.end(t)
	t.Logf("seed %d, %s: %v; %d leases moved, %d writes made, %d double-worked shards", *soakSeed, *soak, s.counts, v.moves, v.writes, len(v.doubled))
	if v.moves == 0 || len(v.last) != soakShards {
		t.Errorf("%d moves of %d shards: nothing happened", v.moves, len(v.last))
	}
}

// soaking is a fleet in trouble.
type soaking struct {
	*fleet
	random *rand.Rand
	alive  []*member
	paused []*member
	counts map[string]int
}

func (s *soaking) drawn(d time.Duration) time.Duration {
	return time.Duration(s.random.Int64N(int64(d)))
}

// trouble does something to somebody. Who was paused goes on sooner or later.
func (s *soaking) trouble(t *testing.T) {
	t.Helper()
	i := s.random.IntN(len(s.alive))
	switch what := s.random.IntN(10); {
	case what < 3:
		s.counts["killed"]++
		s.replace(t, i, syscall.SIGKILL)
	case what < 4:
		s.counts["left"]++
		s.replace(t, i, syscall.SIGTERM)
	case what < 7 && !slices.Contains(s.paused, s.alive[i]) && len(s.paused) < soakMembers-2:
		s.counts["paused"]++
		s.alive[i].signal(t, syscall.SIGSTOP)
		s.paused = append(s.paused, s.alive[i])
	case what < 9 && len(s.paused) > 0:
		s.paused[0].signal(t, syscall.SIGCONT)
		s.paused = s.paused[1:]
	case what == 9:
		s.counts["table stopped"]++
		s.stopTable(t, s.drawn(2*quickLease))
	}
}

// replace starts another member for one that ends.
func (s *soaking) replace(t *testing.T, i int, how syscall.Signal) {
	t.Helper()
	s.goOn(t, s.alive[i])
	s.alive[i].signal(t, how)
	s.alive[i] = s.start(t)
}

func (s *soaking) goOn(t *testing.T, m *member) {
	t.Helper()
	if at := slices.Index(s.paused, m); at >= 0 {
		m.signal(t, syscall.SIGCONT)
		s.paused = slices.Delete(s.paused, at, at+1)
	}
}

func (s *soaking) goOnAll(t *testing.T) {
	t.Helper()
	for len(s.paused) > 0 {
		s.goOn(t, s.paused[0])
	}
}

func (s *soaking) stopTable(t *testing.T, d time.Duration) {
	t.Helper()
	if err := syscall.Kill(s.emulator.pid, syscall.SIGSTOP); err != nil {
		t.Fatalf("the table: %v\n%s", err, s.emulator.log)
	}
	time.Sleep(d)
	if err := syscall.Kill(s.emulator.pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}

// calm lets everybody go on, and waits until each shard is worked.
func (s *soaking) calm(t *testing.T) {
	t.Helper()
	s.goOnAll(t)
	since := time.Now().Add(quickLease).UnixNano()
	deadline := time.Now().Add(5*quickLease + hiccup)
	for ; time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		fresh := 0
		for _, w := range s.judged(t).last {
			if w.at > since {
				fresh++
			}
		}
		if fresh == soakShards {
			return
		}
	}
	t.Errorf("not every shard is worked when the trouble is over")
}
