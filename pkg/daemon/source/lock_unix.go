//go:build unix

package source

import (
	"errors"
	"os"
	"syscall"
)

// lockFolder takes a folder's lock, or fails at once. The system lets go of it
// when the process dies, however it dies; and what removes old files from time
// to time leaves a folder alone that is locked (tmpfiles.d(5)).
func lockFolder(dir string) (*os.File, error) {
	file, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
