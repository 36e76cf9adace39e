package ansiblevault

import (
	"errors"
	"fmt"
)

// ErrNoPassword says that a text is encrypted and no password was given.
var ErrNoPassword = errors.New("it is encrypted with ansible-vault and no vault password was given")

// ErrWrongPassword says that a text was authenticated by none of the
// passwords. A text whose digits were changed fails in the same way: the
// format cannot tell the two apart.
var ErrWrongPassword = errors.New("no vault password given fits, or the encrypted text was changed")

// ErrCorrupted says that a text is not as ansible-vault writes it; the error
// that wraps it says in what.
var ErrCorrupted = errors.New("the vault text is damaged")

func corrupted(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupted, fmt.Sprintf(format, args...))
}
