//go:build !unix

package source

import (
	"errors"
	"os"
)

// lockFolder refuses: without a lock that dies with its process it is not known
// whose folders are left behind.
func lockFolder(string) (*os.File, error) {
	return nil, errors.New("this system has no file locks; name a folder as the source")
}
