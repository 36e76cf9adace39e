package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// project is a folder with a deploy_config, for one account.
type project struct {
	dir string
	env []string
}

// write puts a project of its own on disk; ACCOUNT_ID in a file becomes the
// account's number.
func (c *cloud) write(t testing.TB, files map[string]string) *project {
	t.Helper()
	p := &project{dir: t.TempDir()}
	p.env = append(c.environ(), "PATH="+os.Getenv("PATH"), "HOME="+p.dir, "RECONCILER_LIMITS=off")
	for name, text := range files {
		p.file(t, name, strings.ReplaceAll(text, "ACCOUNT_ID", c.account))
	}
	return p
}

func (p *project) file(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// outcome is how a run of the program ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// runLimit is far beyond what any run takes, so that a hang fails.
const runLimit = 2 * time.Minute

// run runs the program in the project's folder and waits for its end.
func (p *project) run(t testing.TB, args ...string) outcome {
	t.Helper()
	cmd := p.command(t, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(runLimit, func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Logf("kill a run that hangs: %v", err)
		}
	})
	defer limit.Stop()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (p *project) command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(reconciler(t), args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return cmd
}

// ok runs the program and wants exit code 0.
func (p *project) ok(t testing.TB, args ...string) outcome {
	t.Helper()
	return p.exits(t, 0, args...)
}

func (p *project) exits(t testing.TB, code int, args ...string) outcome {
	t.Helper()
	got := p.run(t, args...)
	if got.code != code {
		t.Fatalf("reconciler %s exits %d, want %d\n%s%s", strings.Join(args, " "), got.code, code, got.stdout, got.stderr)
	}
	return got
}

// plan is what `plan -o json` prints, as far as tests look at it.
type plan struct {
	Summary  map[string]int `json:"summary"`
	Changes  []change       `json:"changes"`
	Warnings []string       `json:"warnings"`
	AWSCalls map[string]int `json:"aws_calls"`
}

type change struct {
	Kind   string
	Name   string
	Action string
	Reason string
	Note   string
	Fields []struct{ Path string }
}

func (p *project) plan(t testing.TB, args ...string) plan {
	t.Helper()
	var out plan
	decode(t, p.ok(t, append([]string{"plan", "staging", "-o", "json"}, args...)...).stdout, &out)
	return out
}

// applied is what `apply -o json` prints, as far as tests look at it.
type applied struct {
	Results []struct {
		Kind, Name, Action, Status string
		Error                      *struct{ Class, Message, Hint string }
	}
	Summary  map[string]int
	AWSCalls map[string]int `json:"aws_calls"`
}

func (p *project) apply(t testing.TB, args ...string) applied {
	t.Helper()
	var out applied
	decode(t, p.ok(t, append([]string{"apply", "staging", "--yes", "-o", "json"}, args...)...).stdout, &out)
	return out
}

func decode(t testing.TB, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
}
