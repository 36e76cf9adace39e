package vaultpass

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	defaultTimeout = time.Minute
	// grace is how long a killed script's children may hold its output open.
	grace = time.Second
	// shownStderr bounds how much of a failed script's complaint is shown.
	shownStderr = 2 << 10
)

// run is what the script at path prints.
func (s *Sources) run(ctx context.Context, p place, path string) ([]byte, error) {
	limit := s.Timeout
	if limit == 0 {
		limit = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	stdout, stderr := &bounded{limit: maxSize}, &bounded{limit: shownStderr}
	cmd := exec.CommandContext(ctx, path, p.arguments(path)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = s.Dir, s.scriptEnviron(), grace
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, p.failure(fmt.Sprintf("the vault password script did not end within %s", limit), stderr.hint(), ctx.Err())
	case err != nil:
		return nil, p.failed(err, stderr)
	case stdout.cut:
		return nil, p.failure(fmt.Sprintf("the vault password script prints more than %d bytes", maxSize), "", nil)
	}
	return stdout.kept, nil
}

func (p place) failed(err error, stderr *bounded) error {
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case !ended:
		return p.failure("the vault password script cannot be run: "+reason(err), "if it is no script, take its executable bit away", err)
	case exit.ExitCode() == unknownID && p.id != "" && isClient(p.file):
		return p.failure(fmt.Sprintf("the vault password script has no password for the id %q", p.id), stderr.hint(), err)
	default:
		return p.failure("the vault password script failed: "+err.Error(), stderr.hint(), err)
	}
}

// unknownID is the exit status of a client script that has no password for
// the id it was told
// (https://docs.ansible.com/ansible/latest/vault_guide/vault_managing_passwords.html).
const unknownID = 2

func (p place) arguments(path string) []string {
	if p.id == "" || !isClient(path) {
		return nil
	}
	return []string{"--vault-id", p.id}
}

func isClient(path string) bool {
	return strings.HasSuffix(strings.TrimSuffix(path, filepath.Ext(path)), "-client")
}

func (s *Sources) scriptEnviron() []string {
	environ := append([]string{}, s.Environ...)
	if s.Environment != "" {
		environ = append(environ, "DEPLOYMENT_ENVIRONMENT="+s.Environment)
	}
	return environ
}

// bounded keeps the first limit bytes written to it. It takes the rest too,
// so that the script does not fail of it.
type bounded struct {
	limit int
	kept  []byte
	cut   bool
}

// Write never fails.
func (b *bounded) Write(p []byte) (int, error) {
	room := min(len(p), b.limit-len(b.kept))
	b.kept = append(b.kept, p[:room]...)
	b.cut = b.cut || room < len(p)
	return len(p), nil
}

func (b *bounded) hint() string {
	said := strings.TrimSpace(string(b.kept))
	if said == "" {
		return ""
	}
	return "it says: " + said
}
