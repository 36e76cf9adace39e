package lease

import (
	"cmp"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"time"
)

// standing is what one member knows of the fleet at a moment.
type standing struct {
	me     string
	shards int            // how many there are
	holds  map[string]int // of every member that lives, how many
	free   []candidate    // what may be taken, in the order of preference
}

// candidate is a shard that nobody holds.
type candidate struct {
	shard   string
	seen    sighting
	barred  bool // not for this member
	overdue bool // left lying for so long that those who should take it do not
}

// circle is what a member knows of itself.
type circle struct {
	me       string
	shards   []string
	mine     map[string]bool // what it has; false for what it is about to hand over
	barred   map[string]time.Time
	patience time.Duration // how long a shard is left to those who have fewer
}

// standing counts who holds what of the shards that the member knows. A lease
// in its own name that it does not know of is that of a write without an answer.
func (w watch) standing(now time.Time, c circle) standing {
	s := standing{me: c.me, shards: len(c.shards), holds: map[string]int{c.me: 0}}
	for _, seen := range w {
		if id, ok := seen.member(); ok && !seen.free(now) {
			s.holds[id] += 0
		}
	}
	for _, shard := range c.shards {
		seen := w.expect(now, shard)
		keeps, has := c.mine[shard]
		switch _, barred := c.barred[shard]; {
		case keeps:
			s.holds[c.me]++
		case has:
		case seen.free(now) || seen.Owner == c.me:
			s.free = append(s.free, candidate{shard, seen, barred, now.Sub(seen.freeAt()) >= c.patience})
		default:
			s.holds[seen.Owner]++
		}
	}
	slices.SortFunc(s.free, func(a, b candidate) int { return prefer(c.me, a.shard, b.shard) })
	return s
}

// share is how many shards a member should hold at most.
func (s standing) share() int { return (s.shards + len(s.holds) - 1) / len(s.holds) }

// take are the shards to try for: up to the share, and what is overdue.
func (s standing) take() []candidate {
	room := max(0, s.share()-s.holds[s.me])
	var out []candidate
	for _, c := range s.free {
		if !c.barred && (len(out) < room || c.overdue) {
			c.overdue = len(out) >= room
			out = append(out, c)
		}
	}
	return out
}

// give is how many shards to hand over: what is above the share, or else one by
// the member that has most, to one that has at least two fewer.
func (s standing) give() int {
	mine := s.holds[s.me]
	if excess := mine - s.share(); excess > 0 {
		return excess
	}
	least := slices.Min(slices.Collect(maps.Values(s.holds)))
	if mine-least >= 2 && s.first() == s.me {
		return 1
	}
	return 0
}

// first is the member that holds most; of several, that of the first name.
func (s standing) first() string {
	return slices.MinFunc(slices.Collect(maps.Keys(s.holds)), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.holds[b], s.holds[a]), cmp.Compare(a, b))
	})
}

// prefer orders shards differently for each member, so that they do not all try
// for the same one.
func prefer(me, a, b string) int {
	return cmp.Or(cmp.Compare(weight(me, a), weight(me, b)), cmp.Compare(a, b))
}

func weight(me, shard string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, me+"\x00"+shard) // a hash takes everything
	return h.Sum64()
}
