package lease

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var modelRuns = flag.Uint64("model-runs", 6, "how many seeds the model is run with")

const (
	modelMembers = 4
	modelShards  = 6
	modelTime    = 20 * time.Minute
)

// TestNeverTwoHolders runs members on clocks that are wrong by up to a tenth,
// over a table that delays, fails and loses answers, while they are paused, cut
// off, leave and come. No two ever hold a shard, or have a write in flight for
// it, at one instant of real time; and when the trouble is over, all is shared.
func TestNeverTwoHolders(t *testing.T) {
	for seed := range *modelRuns {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newModel(t, seed).run() })
		})
	}
}

// TestTheModelNoticesShortLeases: were leases timed without regard to how clocks
// differ, the model would see two holders.
func TestTheModelNoticesShortLeases(t *testing.T) {
	overlaps := 0
	for seed := uint64(0); overlaps == 0 && seed < 20; seed++ {
		synctest.Test(t, func(t *testing.T) {
			m := newModel(t, seed)
			m.careless = true
			m.run()
			overlaps = m.judge.overlaps
		})
	}
	if overlaps == 0 {
		t.Error("nobody noticed")
	}
}

// model is a world with one real clock, that of the bubble.
type model struct {
	t        *testing.T
	random   *rand.Rand
	store    *memory
	judge    *judge
	options  Options
	careless bool // whether holders take all of a lease for themselves, and the judge only counts
	calm     bool
	mu       sync.Mutex
	members  []*modelMember
	running  sync.WaitGroup
}

func newModel(t *testing.T, seed uint64) *model {
	m := &model{t: t, random: rand.New(rand.NewPCG(seed, 7)), store: newMemory()}
	options, err := Options{Name: "m", Poll: time.Second}.filled() // so that nobody takes over later than need be
	if err != nil {
		t.Fatal(err)
	}
	m.options = options
	m.judge = &judge{model: m, writing: map[string]string{}, fences: map[string]int64{}}
	return m
}

// drawn is a duration up to d.
func (m *model) drawn(d time.Duration) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Duration(m.random.Int64N(int64(d)))
}

func (m *model) chance(percent int64) bool { return m.drawn(100) < time.Duration(percent) }

func (m *model) isCalm() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calm
}

func (m *model) run() {
	for range modelMembers {
		m.join()
	}
	for began := time.Now(); time.Since(began) < modelTime; time.Sleep(100 * time.Millisecond) {
		m.judge.look()
		if m.chance(2) {
			m.trouble()
		}
	}
	m.mu.Lock()
	m.calm = true
	m.mu.Unlock()
	for _, x := range m.members {
		x.pause(0)
	}
	time.Sleep((settle + 4) * DefaultLease)
	if !m.careless {
		m.settled()
	}
	for _, x := range m.members {
		x.stop()
	}
	m.running.Wait()
	if !m.careless && m.judge.writes < 1000 {
		m.t.Errorf("only %d writes were made", m.judge.writes)
	}
}

// trouble happens to one member.
func (m *model) trouble() {
	i := int(m.drawn(time.Duration(len(m.members))))
	x := m.members[i]
	switch m.drawn(6) {
	case 0, 1:
		x.pause(m.drawn(3 * DefaultLease))
	case 2, 3:
		x.cut(m.drawn(2 * DefaultLease))
	case 4:
		x.pause(m.drawn(100 * time.Millisecond))
	default:
		x.stop()
		m.members = append(m.members[:i], m.members[i+1:]...)
		m.join()
	}
}

// rate is one of the two worst as often as any other.
func (m *model) rate() int64 {
	return min(max(900, 800+int64(m.drawn(401))), 1100)
}

func (m *model) join() {
	x := &modelMember{model: m, rate: m.rate(), began: time.Now()}
	o := m.options
	o.Clock = x
	members, err := New(x, o)
	if err != nil {
		m.t.Fatal(err)
	}
	if m.careless {
		// Limits are worked out from the lease: a holder that writes another
		// duration than it keeps to is one that does not care.
		members.options.Lease = m.options.Lease * 5 / 4
		x.duration = m.options.Lease
	}
	var shards []string
	for i := range modelShards {
		shards = append(shards, fmt.Sprint("s", i))
	}
	members.Serve(shards)
	ctx, cancel := context.WithCancel(m.t.Context())
	x.Members, x.stop = members, cancel
	m.members = append(m.members, x)
	m.running.Go(func() {
		if err := members.Run(ctx, x.work); err != nil {
			m.t.Error(err)
		}
	})
}

// settled checks that each shard is held and nobody has two more than another.
func (m *model) settled() {
	total := 0
	for _, x := range m.members {
		n := 0
		for _, h := range x.Holding() {
			if h.Valid() {
				n++
			}
		}
		if total += n; n < modelShards/modelMembers || n > modelShards/modelMembers+1 {
			m.t.Errorf("a member holds %d of %d shards", n, modelShards)
		}
	}
	if total != modelShards {
		m.t.Errorf("%d of %d shards are held", total, modelShards)
	}
}

// modelMember is a member with its clock and its way to the table.
type modelMember struct {
	*Members
	model    *model
	rate     int64 // thousandths of a second that its clock advances a second
	began    time.Time
	duration time.Duration // what its leases say instead of their own
	stop     context.CancelFunc

	mu     sync.Mutex
	paused time.Time // until when
	away   time.Time // until when the table cannot be reached
}

// Now is the time by the member's clock.
func (x *modelMember) Now() time.Time {
	return x.began.Add(time.Since(x.began) * time.Duration(x.rate) / 1000)
}

// After fires when d has passed by the member's clock and it is not paused.
func (x *modelMember) After(d time.Duration) <-chan time.Time {
	c := make(chan time.Time, 1)
	time.AfterFunc(max(d*1000/time.Duration(x.rate), 0)+1, func() { x.resume(); c <- x.Now() })
	return c
}

func (x *modelMember) pause(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.paused = time.Now().Add(d)
	if d == 0 {
		x.away = time.Now()
	}
}

func (x *modelMember) cut(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.away = time.Now().Add(d)
}

// resume waits while the member is paused.
func (x *modelMember) resume() {
	for {
		x.mu.Lock()
		left := time.Until(x.paused)
		x.mu.Unlock()
		if left <= 0 {
			return
		}
		time.Sleep(min(left, time.Second))
	}
}

var errTrouble = errors.New("the table does not answer")

// send performs an operation as a network does: late, not at all, or without
// an answer. What was sent travels on though nobody waits for it any more.
func (x *modelMember) send(ctx context.Context, op func() error) error {
	x.resume()
	x.mu.Lock()
	away := time.Now().Before(x.away)
	x.mu.Unlock()
	calm := x.model.isCalm()
	lost, unanswered := !calm && (away || x.model.chance(3)), !calm && x.model.chance(5)
	delay := 20 * time.Millisecond
	if !calm && x.model.chance(5) {
		delay = 2 * DefaultLease
	}
	out, back := x.model.drawn(delay), x.model.drawn(delay)
	answer := make(chan error, 1)
	x.model.running.Go(func() {
		time.Sleep(out)
		if lost {
			answer <- errTrouble
			return
		}
		err := op()
		time.Sleep(back)
		if unanswered {
			err = errTrouble
		}
		answer <- err
	})
	defer x.resume()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// List is Store's.
func (x *modelMember) List(ctx context.Context) ([]Record, error) {
	read := make(chan []Record, 1)
	err := x.send(ctx, func() error {
		records, err := x.model.store.List(ctx)
		read <- records
		return err
	})
	if err != nil {
		return nil, err
	}
	return <-read, nil
}

// Put is Store's.
func (x *modelMember) Put(ctx context.Context, r Record, seen string) error {
	if x.duration > 0 {
		r.Duration = x.duration
	}
	return x.send(ctx, func() error { return x.model.store.Put(ctx, r, seen) })
}

// Delete is Store's.
func (x *modelMember) Delete(ctx context.Context, key, seen string) error {
	return x.send(ctx, func() error { return x.model.store.Delete(ctx, key, seen) })
}

// work writes for the shard whenever it may. A write is in flight for as long
// as the margin allows by the fastest of clocks, whether or not the member is
// paused meanwhile.
func (x *modelMember) work(ctx context.Context, held *Held) error {
	flight := x.model.options.Margin * 10 / 11
	for {
		select {
		case <-held.Ending():
			return nil
		case <-ctx.Done():
			return nil
		case <-time.After(x.model.drawn(time.Second)):
		}
		x.resume()
		if held.Valid() {
			x.model.judge.begin(held, x.ID())
			time.Sleep(x.model.drawn(flight))
			x.model.judge.end(held)
			x.resume()
		}
	}
}

// judge sees every write and everybody's leases by the real clock.
type judge struct {
	model    *model
	mu       sync.Mutex
	writing  map[string]string // by shard, who
	fences   map[string]int64
	writes   int
	overlaps int
}

func (j *judge) complain(format string, args ...any) {
	j.overlaps++
	if !j.model.careless {
		j.model.t.Errorf(format, args...)
	}
}

func (j *judge) begin(held *Held, member string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.writes++
	if other := j.writing[held.Shard()]; other != "" && other != member {
		j.complain("%s and %s write for %s", other, member, held.Shard())
	}
	if held.Fence() < j.fences[held.Shard()] {
		j.complain("%s writes for %s with fence %d after %d", member, held.Shard(), held.Fence(), j.fences[held.Shard()])
	}
	j.writing[held.Shard()], j.fences[held.Shard()] = member, held.Fence()
}

func (j *judge) end(held *Held) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.writing, held.Shard())
}

// look asks everybody, the paused too, what they think they hold.
func (j *judge) look() {
	j.mu.Lock()
	defer j.mu.Unlock()
	holders := map[string]string{}
	for _, x := range j.model.members {
		for _, h := range x.Holding() {
			if !h.Valid() {
				continue
			}
			if other := holders[h.Shard()]; other != "" {
				j.complain("%s and %s hold %s", other, x.ID(), h.Shard())
			}
			holders[h.Shard()] = x.ID()
		}
	}
}
