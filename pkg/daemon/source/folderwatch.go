package source

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// longestBurst is how long changes that follow each other are waited for.
const longestBurst = 5 * time.Second

// Watch calls changed when the folder was quiet again after a change. Beside
// what the system tells, it looks by itself at each interval: some file systems
// tell nothing, and what is told can be lost.
func (f *folder) Watch(ctx context.Context, changed func()) {
	w := &watch{folder: f, dirs: map[string]bool{}}
	if notify, err := fsnotify.NewWatcher(); err == nil { // else there is the interval
		defer func() { _ = notify.Close() }()
		w.notify = notify
	}
	p := &pace{Options: f.options}
	for more := true; more; more = w.wait(ctx, p) {
		w.follow() // before it is looked at, so that nothing falls in between
		switch news, failed := f.news(); {
		case news:
			p.failures++
			changed()
		case failed:
			p.failures++
		default:
			p.failures = 0
		}
	}
}

// wait is over when something was told and it is quiet again, or after the
// pause; false when the context ended.
func (w *watch) wait(ctx context.Context, p *pace) bool {
	told, more := w.next(ctx, w.options.After(p.pause()))
	if told {
		w.calm(ctx)
	}
	return more && ctx.Err() == nil
}

// news tells whether Fetch would answer something else than it did, and
// whether the folder cannot be looked at.
func (f *folder) news() (news, failed bool) {
	dir, err := f.dir()
	var seen state
	if err == nil {
		seen, err = stateOf(dir)
	}
	f.mu.Lock()
	failing := f.failing
	f.failing = f.failing || err != nil
	f.mu.Unlock()
	if err != nil {
		return !failing, true
	}
	return failing || !f.isAt(seen), false
}

// watch is the part of the file system that is followed.
type watch struct {
	*folder
	notify *fsnotify.Watcher // nil without
	dirs   map[string]bool   // below which everything counts
	names  map[string]bool   // on the way to them
}

// next waits for an event that counts, or for the pause to end; more is false
// when the context ended.
func (w *watch) next(ctx context.Context, pause <-chan time.Time) (told, more bool) {
	for {
		select {
		case <-ctx.Done():
			return false, false
		case <-pause:
			return false, true
		case e := <-w.events():
			if w.counts(e) {
				return true, true
			}
		case lost := <-w.errors(): // events were
			return lost != nil, true
		}
	}
}

func (w *watch) events() chan fsnotify.Event {
	if w.notify == nil {
		return nil
	}
	return w.notify.Events
}

func (w *watch) errors() chan error {
	if w.notify == nil {
		return nil
	}
	return w.notify.Errors
}

// calm waits until nothing was told for a while.
func (w *watch) calm(ctx context.Context) {
	end := w.options.After(longestBurst)
	pause := w.options.After(quiet)
	for {
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-pause:
			return
		case e := <-w.events():
			if w.counts(e) {
				pause = w.options.After(quiet)
			}
		case lost := <-w.errors():
			if lost != nil {
				pause = w.options.After(quiet)
			}
		}
	}
}

// counts tells whether an event is about the specs. A folder that is new is
// followed at once.
func (w *watch) counts(e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod || isScratch(filepath.Base(e.Name)) {
		return false
	}
	if !w.dirs[filepath.Dir(e.Name)] && !w.dirs[e.Name] {
		return w.names[e.Name]
	}
	if e.Has(fsnotify.Create) {
		if info, err := os.Lstat(e.Name); err == nil && info.IsDir() {
			w.followTree(e.Name)
		}
	}
	return true
}

// follow watches the folders there are by now: those of the specs, and those in
// which a part of the way to them could be put elsewhere.
func (w *watch) follow() {
	if w.notify == nil {
		return
	}
	w.names, w.dirs = map[string]bool{}, map[string]bool{}
	for _, path := range []string{w.path, filepath.Join(w.path, folderName)} {
		w.followWay(path, 0)
	}
	if dir, err := w.dir(); err == nil {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			w.followTree(real)
		}
	}
}

// followWay watches the folder that a path lies in, and those of the links on
// the way.
func (w *watch) followWay(path string, depth int) {
	const most = 32 // links that lead to each other
	if depth > most || w.names[path] {
		return
	}
	w.names[path] = true
	if target, err := os.Readlink(path); err == nil {
		w.followWay(below(filepath.Dir(path), target), depth+1)
	}
	parent := filepath.Dir(path)
	if parent == path {
		return
	}
	if isLinkOrFirst(path, w.path) {
		_ = w.notify.Add(parent) // else there is the interval
	}
	w.followWay(parent, depth+1)
}

// isLinkOrFirst leaves out parents that hardly anybody replaces, such as /tmp,
// in which much goes on.
func isLinkOrFirst(path, first string) bool {
	if path == first || strings.HasPrefix(path, first+string(filepath.Separator)) {
		return true
	}
	info, err := os.Lstat(path)
	return err != nil || info.Mode()&fs.ModeSymlink != 0
}

// followTree watches a folder and what is below it.
func (w *watch) followTree(dir string) {
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // it went, and its parent tells
		case !e.IsDir():
			return nil
		case e.Name() == ".git":
			return fs.SkipDir
		}
		w.dirs[path] = true
		if err := w.notify.Add(path); errors.Is(err, fs.ErrNotExist) {
			return fs.SkipDir
		}
		return nil
	})
}
