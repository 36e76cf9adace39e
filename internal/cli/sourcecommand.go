package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// sourceGrace is how long what a command left behind may hold its output open.
const sourceGrace = time.Second

// Output is what a command prints. What it says to standard error goes to ours
// as it comes, for it may be a question; standard output is never shown.
func (s *outside) Output(ctx context.Context, argv []string, dir string, timeout time.Duration) ([]byte, error) {
	environ, err := s.environ(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out := &limited{left: maxSource}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, environ, sourceGrace
	cmd.Stdout, cmd.Stderr = out, s.Stderr
	leadGroup(cmd)
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%s did not end within %s", argv[0], timeout)
	case out.left < 0:
		return nil, fmt.Errorf("%s prints more than %d MB", argv[0], maxSource>>20)
	case errors.Is(err, exec.ErrWaitDelay):
		if left := killGroup(cmd); left != nil && !errors.Is(left, os.ErrProcessDone) {
			err = errors.Join(err, left)
		}
		return nil, fmt.Errorf("%s ended, and a process that it started holds its output open: %w", argv[0], err)
	case errors.As(err, &ended):
		return nil, fmt.Errorf("%s failed: %w", argv[0], err)
	case err != nil:
		return nil, fmt.Errorf("cannot run %w", err)
	}
	return out.kept, nil
}

// leadGroup lets cmd end with everything that it starts. Where a terminal
// controls this process the command stays in its group, since another one could
// not put a question there, nor be interrupted from there; it is killed alone.
func leadGroup(cmd *exec.Cmd) {
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err != nil || tty.Close() != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	cmd.Cancel = func() error { return killGroup(cmd) }
}

// killGroup kills what leadGroup was given, and its group where it leads one.
func killGroup(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		return cmd.Process.Kill()
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return os.ErrProcessDone
}

// environ is what a command gets: this process's environment, and the name of
// the deployment's. The region is the spec's, and the credentials are those of
// the role where one is assumed, so that a command reads where the deployment
// is, as S3 and SSM are read.
func (s *outside) environ(ctx context.Context) ([]string, error) {
	out := append(slices.Clone(s.Environ), "DEPLOYMENT_ENVIRONMENT="+s.environment)
	if s.region != "" {
		out = append(out, "AWS_REGION="+s.region, "AWS_DEFAULT_REGION="+s.region)
	}
	if !s.assumed {
		return out, nil
	}
	role, err := s.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	// A profile in the environment would outrank the keys in some SDKs.
	out = slices.DeleteFunc(out, func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return name == "AWS_PROFILE" || name == "AWS_DEFAULT_PROFILE"
	})
	return append(out, "AWS_ACCESS_KEY_ID="+role.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+role.SecretAccessKey, "AWS_SESSION_TOKEN="+role.SessionToken), nil
}

// limited keeps what is written to it until it is too much.
type limited struct {
	kept []byte
	left int // below 0 when more came than there was room for
}

// Write fails when there is no room left, which ends the writer.
func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, io.ErrShortWrite
	}
	l.kept = append(l.kept, p...)
	return len(p), nil
}
