package source

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// shelfPrefix begins the names of the folders that processes keep theirs in.
const shelfPrefix = "reconciler-source-"

// shelf is this process's private folder of snapshots.
type shelf struct {
	options Options
	root    string
	lock    *os.File

	mu     sync.Mutex
	made   int
	closed bool
}

func newShelf(o Options) (*shelf, error) {
	if err := sweep(o.Temp); err != nil {
		return nil, fmt.Errorf("look for what others left behind: %w", err)
	}
	const tries = 5
	var err error
	for range tries {
		var s *shelf
		if s, err = makeShelf(o); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("make a folder for what is fetched: %w", err)
}

// makeShelf fails when another process takes the folder, not locked yet, for one
// that was left behind.
func makeShelf(o Options) (*shelf, error) {
	root, err := os.MkdirTemp(o.Temp, shelfPrefix) // 0700
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(root)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(root))
	}
	if _, err := os.Stat(root); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &shelf{options: o, root: root, lock: lock}, nil
}

// sweep removes the shelves of processes that are gone. What cannot be removed
// is somebody else's.
func sweep(temp string) error {
	entries, err := os.ReadDir(temp)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), shelfPrefix) {
			continue
		}
		dir := filepath.Join(temp, e.Name())
		if lock, err := lockFolder(dir); err == nil { // else somebody is there
			_ = os.RemoveAll(dir)
			_ = lock.Close()
		}
	}
	return nil
}

// begin makes a folder to write a snapshot to.
func (s *shelf) begin() (*tree, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	s.made++
	dir := filepath.Join(s.root, strconv.Itoa(s.made)+".part")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	return newTree(dir, s.options)
}

var errClosed = errors.New("the source is closed")

// keep gives a whole snapshot its name. Whoever keeps it uses it.
func (s *shelf) keep(t *tree) (*shelved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := t.dir[:len(t.dir)-len(".part")]
	if err := os.Rename(t.dir, dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(t.dir))
	}
	return &shelved{shelf: s, dir: dir, users: 1}, nil
}

// close removes everything.
func (s *shelf) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return errors.Join(os.RemoveAll(s.root), s.lock.Close())
}

// shelved is the folder of one snapshot.
type shelved struct {
	shelf *shelf
	dir   string
	users int
}

func (f *shelved) deployConfig() string { return filepath.Join(f.dir, folderName) }

// use is one more user, until release is called, once or more often.
func (f *shelved) use() (release func(), err error) {
	f.shelf.mu.Lock()
	defer f.shelf.mu.Unlock()
	if f.shelf.closed {
		return nil, errClosed
	}
	f.users++
	return sync.OnceFunc(f.release), nil
}

// release is one user less. The last one's folder goes; what cannot be removed
// now is at the end.
func (f *shelved) release() {
	if f == nil {
		return
	}
	f.shelf.mu.Lock()
	defer f.shelf.mu.Unlock()
	if f.users--; f.users == 0 {
		_ = os.RemoveAll(f.dir)
	}
}
