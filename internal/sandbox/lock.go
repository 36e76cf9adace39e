package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// errLocked says that another process holds a lock.
var errLocked = errors.New("locked by another process")

// dirLock keeps a state folder for one process. The operating system lets go
// of it when the process dies, however it dies.
type dirLock struct{ file *os.File }

// lockDir takes a folder's lock, trying again until wait is over.
func lockDir(dir string, wait time.Duration) (*dirLock, error) {
	path := filepath.Join(dir, "lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sandbox: open the lock of the state folder: %w", err)
	}
	if err := tryUntil(file, wait); err != nil {
		return nil, errors.Join(lockFailure(path, wait, err), file.Close())
	}
	lock := &dirLock{file}
	if err := lock.sign(); err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox: sign the lock: %w", err), lock.release())
	}
	return lock, nil
}

// tryUntil takes the lock of an open file, or fails when wait is over.
func tryUntil(file *os.File, wait time.Duration) error {
	const pause = 20 * time.Millisecond
	for ; ; wait -= pause {
		err := tryLock(file)
		if !errors.Is(err, errLocked) || wait <= 0 {
			return err
		}
		time.Sleep(min(pause, wait))
	}
}

// lockFailure says who holds the lock, as far as the holder said so.
func lockFailure(path string, wait time.Duration, err error) error {
	if !errors.Is(err, errLocked) {
		return fmt.Errorf("sandbox: lock the state folder: %w", err)
	}
	holder := "another process"
	if signed, readErr := os.ReadFile(path); readErr == nil && len(signed) > 0 {
		holder = strings.TrimSpace(string(signed))
	}
	return fmt.Errorf("sandbox: the state folder %s is in use by %s (waited %s); let that end, "+
		"or name another folder", filepath.Dir(path), holder, wait)
}

// sign writes who holds the lock into it.
func (l *dirLock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		program = "of unknown name"
	}
	_, err = fmt.Fprintf(l.file, "process %d (%s)\n", os.Getpid(), filepath.Base(program))
	return err
}

// release lets go of the folder; closing the file unlocks it.
func (l *dirLock) release() error { return l.file.Close() }
