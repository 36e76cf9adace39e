package main

import (
	"errors"
	"strings"
	"testing"

	"ecs-reconciler/internal/cli"
)

// onTerminal is a process whose user answers with text.
func onTerminal(text string) func(*cli.Process) {
	return func(p *cli.Process) {
		p.Stdin, p.InIsTerminal, p.ErrIsTerminal = strings.NewReader(text), true, true
	}
}

// TestApplyAsks: only "yes" does it, and no other answer writes anything.
func TestApplyAsks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, answer string
		code         int
		stdout       string
	}{
		{"yes", "yes\n", 0, "Applied: 3 done"},
		{"yes at the end of the input", "yes", 0, "Applied: 3 done"},
		{"yes among blanks", "  yes \r\n", 0, "Applied: 3 done"},
		{"no", "no\n", 1, ""},
		{"only y", "y\n", 1, ""},
		{"nothing", "\n", 1, ""},
		{"end of the input", "", 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFiles(t, dir, project())
			got := run(dir, onTerminal(c.answer), "apply", "staging", "--sandbox")
			if got.code != c.code || !strings.Contains(got.stdout, c.stdout) || c.stdout == "" && got.stdout != "" {
				t.Errorf("exit code %d, stdout:\n%s", got.code, got.stdout)
			}
			if !strings.Contains(got.stderr, `Do this in account 012345678901? Only "yes" does it: `) || !strings.Contains(got.stderr, "Plan: 3 to create") {
				t.Errorf("it did not ask:\n%s", got.stderr)
			}
			if refused := strings.Contains(got.stderr, "Nothing was written."); refused != (c.code != 0) {
				t.Errorf("what became of it is not told:\n%s", got.stderr)
			}
			wantsChanges(t, dir, c.code != 0)
		})
	}
}

func wantsChanges(t *testing.T, dir string, pending bool) {
	t.Helper()
	got := run(dir, nil, "plan", "staging", "--sandbox", "--detailed-exitcode")
	if want := map[bool]int{true: 2, false: 0}[pending]; got.code != want {
		t.Errorf("a plan afterwards exits with %d, want %d", got.code, want)
	}
}

// TestProgressOnTerminal: one line that is rewritten, and gone at the end.
func TestProgressOnTerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, project())
	got := run(dir, onTerminal(""), "apply", "staging", "--sandbox", "--yes")
	if got.code != 0 || strings.Contains(got.stderr, "\n") || !strings.HasSuffix(got.stderr, "\r\x1b[K") || !strings.Contains(got.stderr, "[3/3] create") {
		t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
	}
}

// TestColorOnTerminal: a terminal is painted unless it says that it is dumb.
func TestColorOnTerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, project())
	for term, want := range map[string]bool{"xterm": true, "dumb": false, "": true} {
		got := run(dir, func(p *cli.Process) { p.OutIsTerminal, p.Environ = true, []string{"TERM=" + term} }, "plan", "staging", "--sandbox=state-"+term)
		if painted := strings.Contains(got.stdout, "\x1b["); painted != want {
			t.Errorf("TERM=%q: painted is %t", term, painted)
		}
	}
}

// TestUnwritableStdout: a result that cannot be printed is a failure.
func TestUnwritableStdout(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, project())
	for _, args := range [][]string{{"plan", "staging", "--sandbox"}, {"plan", "staging", "--sandbox", "-o", "json"}, {"render", "staging"},
		{"validate", "staging"}, {"schema"}, {"version"}, {"iam-policy", "plan", "staging"}} {
		got := run(dir, func(p *cli.Process) { p.Stdout = full{} }, args...)
		if got.code != 1 || !strings.Contains(got.stderr, "no space") {
			t.Errorf("%v: exit code %d, stderr %q", args, got.code, got.stderr)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestDumpOnTerminal: a terminal sees secrets only where that is asked for.
func TestDumpOnTerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, project())
	if got := run(dir, nil, "apply", "staging", "--sandbox=state", "--yes"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	terminal := func(p *cli.Process) { p.OutIsTerminal = true }
	got := run(dir, terminal, "sandbox", "dump", "--sandbox=state")
	if got.code != 64 || got.stdout != "" || !strings.Contains(got.stderr, "a dump holds secrets in the clear (name a file, or - to see it on this terminal)") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if got := run(dir, terminal, "sandbox", "dump", "-", "--sandbox=state"); got.code != 0 || !strings.HasPrefix(got.stdout, `{"format":2,`) {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
}
