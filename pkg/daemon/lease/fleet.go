package lease

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Fleet is who holds what, as the table has it.
type Fleet struct {
	Members []Member `json:"members"`
	Shards  []Shard  `json:"shards"`
}

// Member is a member that announced itself and did not leave. It may be dead:
// one that is writes nothing any more.
type Member struct {
	ID     string    `json:"id"`
	Shards int       `json:"shards"`
	Seen   time.Time `json:"seen"` // by the member's own clock
}

// Shard is a shard that somebody holds or held.
type Shard struct {
	Name   string    `json:"name"`
	Member string    `json:"member,omitempty"` // empty if nobody holds it
	Fence  int64     `json:"fence"`
	Lease  float64   `json:"lease_seconds"`
	Seen   time.Time `json:"seen"` // when the lease was last written, by the member's clock
}

// List reads who holds what. Whether a member still lives only time tells: see
// Member.Seen.
func List(ctx context.Context, store Store) (Fleet, error) {
	records, err := store.List(ctx)
	if err != nil {
		return Fleet{}, err
	}
	f := Fleet{Members: []Member{}, Shards: []Shard{}}
	holds := map[string]int{}
	for _, r := range records {
		if name, ok := r.shard(); ok {
			s := Shard{Name: name, Member: r.Owner, Fence: r.Fence, Lease: r.Duration.Seconds(), Seen: r.Written}
			if r.Released {
				s.Member = ""
			}
			holds[s.Member]++
			f.Shards = append(f.Shards, s)
		}
	}
	for _, r := range records {
		if id, ok := r.member(); ok {
			f.Members = append(f.Members, Member{ID: id, Shards: holds[id], Seen: r.Written})
		}
	}
	slices.SortFunc(f.Members, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(f.Shards, func(a, b Shard) int { return cmp.Compare(a.Name, b.Name) })
	return f, nil
}
