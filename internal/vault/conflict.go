package vault

import (
	"bytes"
	"fmt"
)

// Conflict complains about what git leaves in the file called name when it
// could not merge it; nil when there is none of that.
func Conflict(name string, data []byte) error {
	begin, line := 0, 0
	for text := range bytes.Lines(data) {
		line++
		switch {
		case bytes.HasPrefix(text, []byte("<<<<<<< ")) && begin == 0:
			begin = line
		case bytes.HasPrefix(text, []byte(">>>>>>> ")) && begin > 0:
			return fmt.Errorf("%s:%d: git's conflict markers are in the file: take one of the sides (git checkout --ours or --theirs) and put in what the other changed", name, begin)
		}
	}
	return nil
}
