//go:build !unix

package sandbox

import (
	"errors"
	"os"
)

// tryLock refuses: without a lock that dies with its process, a state folder
// is not safe.
func tryLock(*os.File) error {
	return errors.New("this system has no file locks; leave the folder empty to keep the sandbox in memory")
}
