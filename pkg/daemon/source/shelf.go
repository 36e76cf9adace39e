package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// shelfPrefix begins the names of the folders that processes keep theirs in.
const shelfPrefix = "reconciler-source-"

// lockName is the file whose lock the process of a shelf holds.
const lockName = "lock"

// halfMade is how long a shelf may be without a lock before it counts as left
// behind: far longer than it takes to make one.
const halfMade = time.Hour

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
	if err := sweep(o.Temp, o.Now()); err != nil {
		return nil, err
	}
	root, err := os.MkdirTemp(o.Temp, shelfPrefix) // 0700
	if err != nil {
		return nil, fmt.Errorf("make a folder for what is fetched: %w", err)
	}
	lock, err := lockShelf(root)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the folder of what is fetched: %w", err), os.RemoveAll(root))
	}
	return &shelf{options: o, root: root, lock: lock}, nil
}

// lockShelf makes the lock under another name, so that there is none yet that
// is not taken.
func lockShelf(root string) (*os.File, error) {
	path := filepath.Join(root, lockName)
	file, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	err = tryLock(file)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// sweep removes the shelves of processes that are gone. What cannot be removed
// is somebody else's.
func sweep(temp string, now time.Time) error {
	shelves, err := filepath.Glob(filepath.Join(temp, shelfPrefix+"*"))
	if err != nil {
		return err
	}
	for _, dir := range shelves {
		if isLeftBehind(dir, now) {
			_ = os.RemoveAll(dir)
		}
	}
	return nil
}

// isLeftBehind tells whether nobody holds a shelf's lock. The system lets go of
// it when the process dies, however it dies.
func isLeftBehind(dir string, now time.Time) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 {
		return false
	}
	lock, err := os.Lstat(filepath.Join(dir, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return now.Sub(info.ModTime()) > halfMade
	}
	if err != nil || !lock.Mode().IsRegular() {
		return false
	}
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer file.Close()
	return tryLock(file) == nil
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
