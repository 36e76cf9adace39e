package source

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// origin is what differs between git and S3.
type origin interface {
	// head names the present revision, by a look at the source. It is not shown.
	head(context.Context) (string, error)
	// fetch writes the present revision.
	fetch(context.Context, *tree) (found, error)
	// close ends connections.
	close()
}

// found is what was fetched.
type found struct {
	head     string // as origin.head says it
	revision string // as it is shown
	at       time.Time
	author   string
}

// fetched is a source whose specs are elsewhere.
type fetched struct {
	ref     Ref
	options Options
	origin  origin
	shelf   *shelf
	turn    chan struct{} // held by the one that fetches

	mu      sync.Mutex
	now     found
	folder  *shelved // of now; nil before the first
	failing bool     // the last look failed

	placement // of the one that fetches
}

func newFetched(ref Ref, from origin, s *shelf, o Options) *fetched {
	return &fetched{ref: ref, options: o, origin: from, shelf: s, turn: make(chan struct{}, 1)}
}

// Fetch looks whether the source is at another revision, and fetches that.
func (f *fetched) Fetch(ctx context.Context) (Snapshot, error) {
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return Snapshot{}, ctx.Err()
	}
	s, err := f.renewed(ctx)
	if err != nil {
		err = fmt.Errorf("source %s: %w", f.ref, err)
	}
	f.note(err != nil)
	return s, err
}

func (f *fetched) renewed(ctx context.Context) (Snapshot, error) {
	head, err := f.origin.head(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	if !f.isAt(head) {
		if err := f.renew(ctx); err != nil {
			return Snapshot{}, err
		}
	}
	return f.snapshot()
}

// renew replaces the folder once the new one is whole.
func (f *fetched) renew(ctx context.Context) error {
	t, err := f.shelf.begin()
	if err != nil {
		return err
	}
	t.placement = f.placement
	got, err := f.origin.fetch(ctx, t)
	if err == nil {
		err = t.finish()
	}
	if err != nil {
		t.discard()
		return err
	}
	folder, err := f.shelf.keep(t)
	if err != nil {
		return err
	}
	f.mu.Lock()
	before := f.folder
	f.now, f.folder, f.placement = got, folder, t.placement
	f.mu.Unlock()
	before.release()
	return nil
}

func (f *fetched) snapshot() (Snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	release, err := f.folder.use()
	return Snapshot{Dir: f.folder.deployConfig(), WorkDir: f.folder.dir, Revision: f.now.revision, At: f.now.at, Author: f.now.author, release: release}, err
}

// isAt tells whether what is fetched is at a revision, and still there.
func (f *fetched) isAt(head string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.folder == nil || f.now.head != head {
		return false
	}
	_, err := os.Stat(f.folder.deployConfig())
	return err == nil
}

// note remembers whether the source fails, and tells whether it did before.
func (f *fetched) note(failing bool) (before bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before, f.failing = f.failing, failing
	return before
}

// Watch looks at the source at each interval. What was announced and is not
// fetched counts as a failure, for it is announced again.
func (f *fetched) Watch(ctx context.Context, changed func()) {
	p := &pace{Options: f.options}
	for p.wait(ctx) {
		head, err := f.origin.head(ctx)
		if ctx.Err() != nil {
			return
		}
		switch {
		case err != nil:
			p.failures++
			if !f.note(true) {
				changed()
			}
		case !f.isAt(head):
			p.failures++
			changed()
		default:
			p.failures = 0
			if f.note(false) {
				changed()
			}
		}
	}
}

// Close ends connections and removes every folder.
func (f *fetched) Close() error {
	f.origin.close()
	return f.shelf.close()
}
