package lease

import "time"

// sighting is a record and since when it has been there unchanged, by the clock
// of who watches.
type sighting struct {
	Record
	since time.Time
}

// freeAt is when the record may be taken over.
func (s sighting) freeAt() time.Time {
	if s.Released {
		return s.since
	}
	return s.since.Add(s.Duration)
}

// free tells whether the record may be taken over.
func (s sighting) free(now time.Time) bool { return !now.Before(s.freeAt()) }

// watch remembers when each record was first seen as it is.
type watch map[string]sighting

// see takes in what was read. now is after the answer arrived: a clock that was
// started before could be ahead of the write that it times.
func (w watch) see(now time.Time, records []Record) {
	there := map[string]bool{}
	for _, r := range records {
		there[r.Key] = true
		if known, ok := w[r.Key]; !ok || known.Version != r.Version {
			w[r.Key] = sighting{r, now}
		}
	}
	for key, known := range w {
		if !there[key] {
			w.miss(now, key, known)
		}
	}
}

// miss forgets a member that is gone. Of a shard whose lease somebody deleted,
// the holder does not know yet: it has the lease's time to notice.
func (w watch) miss(now time.Time, key string, known sighting) {
	if _, shard := known.shard(); !shard {
		delete(w, key)
	} else if known.Version != "" {
		known.Version = ""
		w[key] = sighting{known.Record, now}
	}
}

// expect is the sighting of a shard's lease. One that was never there is free
// from now on.
func (w watch) expect(now time.Time, shard string) sighting {
	key := shardKey(shard)
	if _, ok := w[key]; !ok {
		w[key] = sighting{Record{Key: key}, now}
	}
	return w[key]
}
