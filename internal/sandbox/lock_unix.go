//go:build unix

package sandbox

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes a file's lock, or says errLocked at once.
func tryLock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
