package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// errNoTerminal says that nobody can be asked.
var errNoTerminal = errors.New("there is no terminal to ask at")

// askTerminal asks at the terminal that controls the process, wherever its
// standard streams lead.
func askTerminal(ctx context.Context, question string, shown bool) (answer string, err error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", errNoTerminal
	}
	fd := int(tty.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return "", errors.Join(errNoTerminal, tty.Close())
	}
	if _, err := io.WriteString(tty, question); err != nil {
		return "", errors.Join(err, tty.Close())
	}
	type typed struct {
		text string
		err  error
	}
	answered := make(chan typed, 1)
	go func() {
		text, err := typeIn(tty, shown)
		answered <- typed{text, err}
	}()
	select {
	case got := <-answered:
		return got.text, errors.Join(got.err, tty.Close())
	case <-ctx.Done():
		// The reader waits on; closing what it reads from would wait for it.
		return "", errors.Join(ctx.Err(), term.Restore(fd, state))
	}
}

// typeIn is a line typed at a terminal.
func typeIn(tty *os.File, shown bool) (string, error) {
	if shown {
		return untilNewline(tty)
	}
	text, err := term.ReadPassword(int(tty.Fd()))
	if _, echo := fmt.Fprintln(tty); err == nil {
		err = echo
	}
	return string(text), err
}

// untilNewline reads no further than the line goes: what follows answers the
// next question.
func untilNewline(r io.Reader) (string, error) {
	var line strings.Builder
	for b := make([]byte, 1); ; {
		n, err := r.Read(b)
		switch {
		case n == 1 && b[0] == '\n', errors.Is(err, io.EOF) && line.Len() > 0:
			return strings.TrimSuffix(line.String(), "\r"), nil
		case err != nil:
			return "", err
		}
		line.Write(b[:n])
	}
}
