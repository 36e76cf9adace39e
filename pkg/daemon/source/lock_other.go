//go:build !unix

package source

import (
	"errors"
	"os"
)

// tryLock refuses: without a lock that dies with its process it is not known
// whose folders are left behind.
func tryLock(*os.File) error {
	return errors.New("this system has no file locks; name a folder as the source")
}
