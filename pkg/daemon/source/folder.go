package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// How a folder that is being written is waited for.
const (
	quiet       = 300 * time.Millisecond // without a change, before it counts as written
	settleTries = 30
	staleLock   = 10 * time.Minute // a lock of git's that long was left behind
)

// folder is a source that is on this machine. Its snapshots are the folder
// itself: two of one revision, before and after reading it, tell that what was
// read is whole.
type folder struct {
	path    string // as it is named, absolute; a project's or a deploy_config
	options Options
	turn    chan struct{} // held by the one that fetches

	isProject atomic.Bool

	mu      sync.Mutex
	last    state
	count   int // of states seen
	failing bool
}

func openFolder(path string, o Options) (*folder, error) {
	if path == "" {
		path = o.DeployConfig
	}
	if path = below(o.WorkDir, path); !filepath.IsAbs(path) {
		return nil, errors.New("the source's folder is relative, and it is not known to what")
	}
	return &folder{path: path, options: o, turn: make(chan struct{}, 1)}, nil
}

// Fetch answers the folder once it is quiet.
func (f *folder) Fetch(ctx context.Context) (Snapshot, error) {
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return Snapshot{}, ctx.Err()
	}
	s, err := f.fetch(ctx)
	if err != nil {
		err = fmt.Errorf("source %s: %w", f.path, err)
	}
	f.mu.Lock()
	f.failing = err != nil
	f.mu.Unlock()
	return s, err
}

func (f *folder) fetch(ctx context.Context) (Snapshot, error) {
	dir, err := f.dir()
	if err != nil {
		return Snapshot{}, err
	}
	seen, err := stateOf(dir)
	if err != nil {
		return Snapshot{}, err
	}
	if !f.isAt(seen) {
		if seen, err = f.settled(ctx, dir, seen); err != nil {
			return Snapshot{}, err
		}
		if err := checkWhole(os.DirFS(dir)); err != nil {
			return Snapshot{}, err
		}
		f.accept(seen)
	}
	return f.snapshot(dir), nil
}

// dir is the deploy_config that is meant, by the name that it is given. Once it
// was seen to be in a project's folder it is looked for there alone: what else
// the project has is not taken for one while it is gone.
func (f *folder) dir() (string, error) {
	inner := filepath.Join(f.path, folderName)
	info, err := os.Stat(inner)
	if err == nil && info.IsDir() {
		f.isProject.Store(true)
		return inner, nil
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		info, err = os.Stat(f.path)
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("the folder cannot be opened: %w", err)
	case !info.IsDir(), f.isProject.Load():
		return "", fmt.Errorf("there is no folder %s", folderName)
	}
	return f.path, nil
}

// settled waits until nothing changes any more, and git does not work at it.
func (f *folder) settled(ctx context.Context, dir string, seen state) (state, error) {
	for range settleTries {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.options.After(quiet):
		}
		again, err := stateOf(dir)
		if err != nil {
			return nil, err
		}
		if again.equal(seen) && !gitWorks(dir, f.options.Now()) {
			return again, nil
		}
		seen = again
	}
	if gitWorks(dir, f.options.Now()) {
		return nil, errors.New("git is changing its files: there is an index.lock, which a git that was killed may have left")
	}
	return nil, fmt.Errorf("it is still being written; the newest file is %s", seen.newestName())
}

func (f *folder) isAt(seen state) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count > 0 && f.last.equal(seen)
}

func (f *folder) accept(seen state) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = seen
	f.count++
}

// snapshot has a revision that is made of a date and a count: what a digest of
// the content would tell is for nobody to see.
func (f *folder) snapshot(dir string) Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.last.newest()
	return Snapshot{Dir: dir, WorkDir: f.options.WorkDir, Revision: fmt.Sprintf("%s-%d", at.UTC().Format(time.RFC3339), f.count), At: at}
}

// Close has nothing to do: the folder is not ours.
func (f *folder) Close() error { return nil }

// gitWorks tells whether a git is changing the checkout that dir is in.
func gitWorks(dir string, now time.Time) bool {
	git, err := gitDir(dir)
	if err != nil || git == "" {
		return false
	}
	info, err := os.Stat(filepath.Join(git, "index.lock"))
	return err == nil && now.Sub(info.ModTime()) < staleLock
}

// gitDir is the git directory of the checkout around dir, "" without one
// (gitrepository-layout(5)).
func gitDir(dir string) (string, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		git := filepath.Join(at, ".git")
		info, err := os.Stat(git)
		switch {
		case err == nil && info.IsDir():
			return git, nil
		case err == nil:
			text, err := os.ReadFile(git)
			return below(at, strings.TrimPrefix(strings.TrimSpace(string(text)), "gitdir: ")), err
		case at == filepath.Dir(at):
			return "", nil
		}
	}
}
