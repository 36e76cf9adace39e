//go:build unix

package source

import (
	"os"
	"syscall"
)

// tryLock takes a file's lock, or fails at once.
func tryLock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
