package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/term"

	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

// Process is what the command line sees of the world.
type Process struct {
	Args           []string // without the program's name
	Environ        []string // NAME=value
	WorkDir        func() (string, error)
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	InIsTerminal   bool
	OutIsTerminal  bool
	ErrIsTerminal  bool
	// Ask puts a question to whoever sits at the terminal, and shows the answer
	// as it is typed or not. The error is errNoTerminal where nobody does.
	Ask func(ctx context.Context, question string, shown bool) (string, error)
}

// Env is one variable of Environ; of two with one name the last counts.
func (p Process) Env(name string) (string, bool) {
	for _, entry := range slices.Backward(p.Environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// OS is the real process.
func OS() Process {
	isTerminal := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	return Process{
		Args: os.Args[1:], Environ: os.Environ(), WorkDir: os.Getwd,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Ask: askTerminal,
		InIsTerminal: isTerminal(os.Stdin), OutIsTerminal: isTerminal(os.Stdout), ErrIsTerminal: isTerminal(os.Stderr),
	}
}

// exit is an exit code that a command decided on after it had its say.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Main runs the command line and returns the exit code. The first interrupt
// lets the calls in hand finish; a second one ends the process at once.
func Main(p Process) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{Process: p}
	release := context.AfterFunc(ctx, func() {
		stop()
		if a.asking.Load() {
			return
		}
		fmt.Fprintln(p.Stderr, "\ninterrupted: finishing the calls in hand; once more ends at once")
	})
	defer release()
	root := newRoot(a)
	root.SetArgs(p.Args)
	return code(p, root.ExecuteContext(ctx))
}

// code reports err and says what the process exits with.
func code(p Process, err error) int {
	var decided exit
	if err == nil {
		return report.ExitDone
	}
	if errors.As(err, &decided) {
		return int(decided)
	}
	complain(p.Stderr, err)
	return report.ErrorExit(err)
}

// complain writes an error, one line for each complaint about the input.
func complain(w io.Writer, err error) {
	many := complaints(err)
	for _, one := range many {
		fmt.Fprintf(w, "reconciler: %v\n", one)
	}
	if len(many) == 0 {
		fmt.Fprintf(w, "reconciler: %v\n", err)
	}
}

// complaints are those about the input in err.
func complaints(err error) spec.Errors {
	var many spec.Errors
	var one *spec.Error
	switch {
	case errors.As(err, &many):
		return many
	case errors.As(err, &one):
		return spec.Errors{one}
	default:
		return nil
	}
}

// path is a file that a flag or variable names, wherever the process stands.
func (p Process) path(file string) (string, error) {
	if filepath.IsAbs(file) {
		return file, nil
	}
	dir, err := p.WorkDir()
	if err != nil {
		return "", fmt.Errorf("cannot tell the working directory: %w", err)
	}
	return filepath.Join(dir, file), nil
}
