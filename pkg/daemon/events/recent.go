package events

import (
	"sync"
	"time"
)

// Recent is a set of texts that forgets: each after a while, and the oldest
// first when there are too many. It is safe for concurrent use.
type Recent struct {
	limit int
	span  time.Duration
	now   func() time.Time

	mu    sync.Mutex
	until map[string]time.Time
	order []entry // by when they are forgotten, the first to go first
}

type entry struct {
	text  string
	until time.Time
}

// NewRecent makes a set of at most limit texts, each remembered for span.
func NewRecent(limit int, span time.Duration, now func() time.Time) *Recent {
	return &Recent{limit: limit, span: span, now: now, until: map[string]time.Time{}}
}

// Add remembers a text from now on, and says whether it was not remembered yet.
func (r *Recent) Add(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget()
	_, known := r.until[text]
	until := r.now().Add(r.span)
	r.until[text] = until
	r.order = append(r.order, entry{text, until})
	for len(r.until) > r.limit {
		r.drop()
	}
	return !known
}

// Has says whether a text is remembered.
func (r *Recent) Has(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget()
	_, known := r.until[text]
	return known
}

// forget drops what is over.
func (r *Recent) forget() {
	now := r.now()
	for len(r.order) > 0 && !now.Before(r.order[0].until) {
		r.drop()
	}
}

// drop drops the oldest entry, and its text unless that was added again since.
func (r *Recent) drop() {
	first := r.order[0]
	r.order = r.order[1:]
	if r.until[first.text].Equal(first.until) {
		delete(r.until, first.text)
	}
}
