package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// editing is a run of vault edit whose editor waits, and may not let itself be
// ended.
type editing struct {
	cmd     *exec.Cmd
	dir     string // the working directory, with a.env
	runtime string // the folder in memory
	before  []byte
	stderr  bytes.Buffer
}

// startEditing returns when the editor holds the plaintext and has left a copy
// of it beside its file.
func startEditing(t *testing.T, ignores string) *editing {
	t.Helper()
	e := &editing{dir: t.TempDir(), runtime: t.TempDir()}
	writeFiles(t, e.dir, map[string]string{"a.env": vault(t, "pw"), "editor": "#!/bin/sh\ntrap '' " + ignores + "\ncp \"$1\" \"$1~\"\ntouch ready\nwhile [ ! -e done ]; do sleep 0.05; done\n"})
	must(t, os.Chmod(filepath.Join(e.dir, "editor"), 0o700))
	var err error
	e.before, err = os.ReadFile(filepath.Join(e.dir, "a.env"))
	must(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	e.cmd = exec.CommandContext(ctx, "reconciler", "vault", "edit", "a.env")
	e.cmd.Dir, e.cmd.Stderr = e.dir, &e.stderr
	e.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "EDITOR=./editor", "ANSIBLE_VAULT_PASSWORD=pw", "XDG_RUNTIME_DIR=" + e.runtime}
	must(t, e.cmd.Start())
	t.Cleanup(func() { must(t, os.WriteFile(filepath.Join(e.dir, "done"), nil, 0o600)) }) // for an editor that outlives its parent
	for {
		if _, err := os.Stat(filepath.Join(e.dir, "ready")); err == nil {
			return e
		}
		if ctx.Err() != nil {
			t.Fatalf("the editor did not start: %s", e.stderr.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// holders are the files below dir that hold the canary.
func holders(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	for path, text := range filesIn(t, dir) {
		if strings.Contains(text, canary) {
			found = append(found, path)
		}
	}
	return found
}

// TestEditEndedBySignals: whichever signal ends an edit, no plaintext stays, and
// the file is as it was.
func TestEditEndedBySignals(t *testing.T) {
	for name, c := range map[string]struct {
		signal  syscall.Signal
		ignores string // what the editor does not end by
	}{
		"SIGINT": {syscall.SIGINT, "USR1"}, "SIGTERM": {syscall.SIGTERM, "USR1"}, "SIGHUP": {syscall.SIGHUP, "USR1"}, "SIGQUIT": {syscall.SIGQUIT, "USR1"},
		"an editor that goes on": {syscall.SIGTERM, "TERM INT HUP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := startEditing(t, c.ignores)
			if len(holders(t, e.runtime)) != 2 || len(holders(t, e.dir)) != 0 {
				t.Errorf("the plaintext is in %v and %v", holders(t, e.runtime), holders(t, e.dir))
			}
			must(t, e.cmd.Process.Signal(c.signal))
			if code := exitCode(t, e.cmd.Wait()); code != 130 {
				t.Errorf("exit code %d: %s", code, e.stderr.String())
			}
			e.wantUntouched(t)
			if left, err := os.ReadDir(e.runtime); err != nil || len(left) > 0 {
				t.Errorf("%d entries are left, error %v", len(left), err)
			}
		})
	}
}

func (e *editing) wantUntouched(t *testing.T) {
	t.Helper()
	after, err := os.ReadFile(filepath.Join(e.dir, "a.env"))
	must(t, err)
	if !bytes.Equal(after, e.before) {
		t.Error("the file was changed")
	}
	if found := holders(t, e.dir); len(found) > 0 {
		t.Errorf("the plaintext is in %v", found)
	}
	if strings.Contains(e.stderr.String(), canary) {
		t.Error("the plaintext is on stderr")
	}
}

// TestEditKilled: nothing can clean up after SIGKILL, so what is left is in the
// folder in memory alone, where nobody else may enter.
func TestEditKilled(t *testing.T) {
	t.Parallel()
	e := startEditing(t, "USR1")
	must(t, e.cmd.Process.Kill())
	must(t, os.WriteFile(filepath.Join(e.dir, "done"), nil, 0o600)) // its stderr is the editor's, too
	if err := e.cmd.Wait(); err == nil {
		t.Error("it ended well")
	}
	e.wantUntouched(t)
	for _, path := range holders(t, e.runtime) {
		info, err := os.Stat(filepath.Dir(path))
		must(t, err)
		if info.Mode().Perm() != 0o700 {
			t.Errorf("others may enter %s: %v", filepath.Dir(path), info.Mode())
		}
	}
}
