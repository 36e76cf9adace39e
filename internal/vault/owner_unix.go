//go:build unix

package vault

import (
	"io/fs"
	"os"
	"syscall"
)

// own gives a file the owner and group of another, where they differ.
func own(file *os.File, other fs.FileInfo) error {
	mine, err := file.Stat()
	if err != nil {
		return err
	}
	is, ok := mine.Sys().(*syscall.Stat_t)
	want, known := other.Sys().(*syscall.Stat_t)
	if !ok || !known || is.Uid == want.Uid && is.Gid == want.Gid {
		return nil
	}
	return file.Chown(int(want.Uid), int(want.Gid))
}
