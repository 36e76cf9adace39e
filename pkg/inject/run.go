//go:build unix

package inject

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// What Run exits with where there is no exit code of the command's: as shells
// do, and as proc_wrapper does for both.
const (
	ExitNotFound      = 127
	ExitNotExecutable = 126
	ExitSignal        = 128 // plus the signal's number
)

// Command is a process to run in this one's place.
type Command struct {
	Args    []string
	Environ Environ
	Dir     string // "" stays where it is
	// Timeout ends the process, with SIGTERM and after Grace with SIGKILL; 0
	// lets it run.
	Timeout, Grace time.Duration
}

// Run runs a command in this process's place: the same process, so that
// signals, terminals and exit codes are the command's own. Where that cannot
// be, as process 1 of a container and where the command has a time limit, it
// runs as a child with this process's standard streams: every signal goes to
// it, its exit code is returned, and process 1 collects the processes that it
// leaves behind. Run returns only from a child, or when nothing was run.
func Run(c Command) (int, error) {
	path, err := lookPath(c)
	if err == nil {
		path, err = c.enter(path)
	}
	if err == nil {
		if os.Getpid() != 1 && c.Timeout == 0 {
			err = syscall.Exec(path, c.Args, c.Environ)
		} else {
			return c.runChild(path)
		}
	}
	return notStarted(err), fmt.Errorf("cannot run %s: %w", c.Args[0], err)
}

// enter goes to the command's folder. A path that is relative to the old one
// is made absolute.
func (c Command) enter(path string) (string, error) {
	if c.Dir == "" {
		return path, nil
	}
	path, err := filepath.Abs(path)
	if err == nil {
		err = os.Chdir(c.Dir)
	}
	return path, err
}

func (c Command) runChild(path string) (int, error) {
	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	defer signal.Stop(signals)
	pid, err := syscall.ForkExec(path, c.Args, &syscall.ProcAttr{Env: c.Environ, Files: []uintptr{0, 1, 2}})
	if err != nil {
		return notStarted(err), fmt.Errorf("cannot run %s: %w", c.Args[0], err)
	}
	over := make(chan ended, 1)
	go func() { over <- await(pid, os.Getpid() == 1) }()
	return c.attend(pid, signals, over)
}

// ended is how a process ended.
type ended struct {
	status syscall.WaitStatus
	err    error
}

// attend passes signals on until the process is over.
func (c Command) attend(pid int, signals <-chan os.Signal, over <-chan ended) (int, error) {
	var late, kill <-chan time.Time
	if c.Timeout > 0 {
		late = time.After(c.Timeout)
	}
	for {
		select {
		case e := <-over:
			return exitCode(e.status), e.err
		case s := <-signals:
			if sig, ok := s.(syscall.Signal); ok && passesOn(sig) {
				send(pid, sig)
			}
		case <-late:
			send(pid, syscall.SIGTERM)
			kill = time.After(c.Grace)
		case <-kill:
			send(pid, syscall.SIGKILL)
		}
	}
}

// passesOn leaves out the signals that are about this process itself: its
// children, Go's own preemption, and writing to a closed pipe.
func passesOn(s syscall.Signal) bool {
	return s != syscall.SIGCHLD && s != syscall.SIGURG && s != syscall.SIGPIPE
}

// send gives a signal to a process that may be over already.
func send(pid int, s syscall.Signal) {
	if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		fmt.Fprintf(os.Stderr, "reconciler: signal %v could not be passed on: %v\n", s, err)
	}
}

// await collects one process, or, as process 1, every one until it is over.
func await(pid int, first bool) ended {
	wanted := pid
	if first {
		wanted = -1
	}
	for {
		var status syscall.WaitStatus
		got, err := syscall.Wait4(wanted, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return ended{err: fmt.Errorf("wait for process %d: %w", pid, err)}
		case got == pid:
			return ended{status: status}
		}
	}
}

func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return ExitSignal + int(status.Signal())
	}
	return status.ExitStatus()
}

// notStarted is the exit code of a command that could not be run.
func notStarted(err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return ExitNotFound
	}
	return ExitNotExecutable
}

// lookPath finds a program as a shell would, with the PATH that the process
// itself gets.
func lookPath(c Command) (string, error) {
	name := c.Args[0]
	if strings.ContainsRune(name, filepath.Separator) {
		return name, nil
	}
	for _, dir := range filepath.SplitList(c.Environ.get("PATH")) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}
