package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"ecs-reconciler/internal/cli"
	"ecs-reconciler/internal/sandbox"
)

// slowAWS is a sandbox that holds the first call of one operation back until
// release is closed.
type slowAWS struct {
	url     string
	reached chan struct{} // closed when the call has come
	release chan struct{}
	server  *sandbox.Server
}

func newSlowAWS(t *testing.T, operation string) *slowAWS {
	t.Helper()
	s := &slowAWS{reached: make(chan struct{}), release: make(chan struct{})}
	var first sync.Once
	server, err := sandbox.New(sandbox.Options{Account: account, Region: region,
		Intercept: func(service, op string, next func() (any, error)) (any, error) {
			if service+":"+op == operation {
				first.Do(func() {
					close(s.reached)
					<-s.release
				})
			}
			return next()
		}})
	must(t, err)
	listening := httptest.NewServer(http.Handler(server))
	t.Cleanup(func() {
		listening.Close()
		must(t, server.Close())
	})
	s.url, s.server = listening.URL, server
	return s
}

// start runs the program against s in a process of its own.
func (s *slowAWS) start(t *testing.T, args ...string) (cmd *exec.Cmd, stdout *bytes.Buffer, stderr *watch) {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, project())
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, "reconciler", args...)
	stdout, stderr = &bytes.Buffer{}, &watch{want: "interrupted: finishing the calls in hand", seen: make(chan struct{})}
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, stdout, stderr
	cmd.Env = []string{"AWS_ENDPOINT_URL=" + s.url, "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=example", "HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	must(t, cmd.Start())
	return cmd, stdout, stderr
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	if exited == nil {
		return 0
	}
	return exited.ExitCode()
}

// TestInterruptedPlan: the first interrupt ends a plan.
func TestInterruptedPlan(t *testing.T) {
	t.Parallel()
	aws := newSlowAWS(t, "iam:GetAccountAuthorizationDetails")
	cmd, stdout, stderr := aws.start(t, "plan", "staging")
	<-aws.reached
	must(t, cmd.Process.Signal(os.Interrupt))
	code := exitCode(t, cmd.Wait())
	close(aws.release)
	if code != 130 || stdout.Len() > 0 {
		t.Errorf("exit code %d, stdout %q, stderr:\n%s", code, stdout, stderr.text())
	}
}

// TestInterruptedApply: the call in hand is finished, no other is started,
// everything is accounted for, and the next run converges.
func TestInterruptedApply(t *testing.T) {
	t.Parallel()
	aws := newSlowAWS(t, "secretsmanager:CreateSecret")
	cmd, stdout, stderr := aws.start(t, "apply", "staging", "--yes", "-o", "json", "--limits", "off", "--parallelism", "1")
	<-aws.reached
	must(t, cmd.Process.Signal(os.Interrupt))
	<-stderr.seen
	close(aws.release)
	if code := exitCode(t, cmd.Wait()); code != 130 {
		t.Errorf("exit code %d, stderr:\n%s", code, stderr.text())
	}
	var outcome struct {
		Results []struct{ Name, Status string }
		Summary struct{ Done, Failed, Skipped int }
	}
	must(t, json.Unmarshal(stdout.Bytes(), &outcome))
	if len(outcome.Results) != 3 || outcome.Summary.Failed != 0 || outcome.Summary.Skipped == 0 {
		t.Errorf("not all is accounted for: %+v\n%s", outcome, stdout)
	}

	again, stdout, stderr := aws.start(t, "apply", "staging", "--yes", "--limits", "off")
	if code := exitCode(t, again.Wait()); code != 0 {
		t.Errorf("the next run exits with %d:\n%s%s", code, stdout, stderr.text())
	}
	if n := aws.server.Calls()["ecs:RegisterTaskDefinition"]; n != 1 {
		t.Errorf("%d revisions were registered, want 1", n)
	}
}

// TestTimeoutOfApply: when the time is over, the call in hand is finished and
// nothing else is started; that is a failure and no interrupt.
func TestTimeoutOfApply(t *testing.T) {
	t.Parallel()
	aws := newSlowAWS(t, "secretsmanager:CreateSecret")
	cmd, stdout, stderr := aws.start(t, "apply", "staging", "--yes", "--limits", "off", "--parallelism", "1", "--timeout", "2s")
	<-aws.reached
	time.Sleep(2 * time.Second)
	close(aws.release)
	if code := exitCode(t, cmd.Wait()); code != 1 || !strings.Contains(stdout.String(), "skipped") {
		t.Errorf("exit code %d:\n%s%s", code, stdout, stderr.text())
	}
}

// TestInterruptedQuestion: an interrupt while apply waits for an answer ends
// it, and nothing is written.
func TestInterruptedQuestion(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, project())
	answer, _ := io.Pipe() // nobody ever writes
	asked := make(chan struct{})
	ended := make(chan outcome, 1)
	stderr := &watch{want: "Only", seen: asked}
	go func() {
		ended <- run(dir, func(p *cli.Process) {
			p.Stdin, p.InIsTerminal, p.Stderr = answer, true, stderr
		}, "apply", "staging", "--sandbox")
	}()
	<-asked
	self, err := os.FindProcess(os.Getpid())
	must(t, err, self.Signal(os.Interrupt))
	if got := <-ended; got.code != 130 || got.stdout != "" {
		t.Errorf("exit code %d, stdout %q", got.code, got.stdout)
	}
	if _, after, _ := strings.Cut(stderr.text(), "does it: "); after != "\ninterrupted; nothing was written\n" {
		t.Errorf("it says %q", after)
	}
	wantsChanges(t, dir, true)
}

// watch tells when a text is written.
type watch struct {
	want string
	seen chan struct{}
	once sync.Once
	mu   sync.Mutex // guards all
	all  bytes.Buffer
}

func (w *watch) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

func (w *watch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all.Write(p)
	if strings.Contains(w.all.String(), w.want) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(p), nil
}

// TestInterruptedSandbox: an interrupt is how a sandbox that serves is ended.
func TestInterruptedSandbox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	serving := &watch{want: "serving AWS account 111122223333 on http://127.0.0.1:", seen: make(chan struct{})}
	cmd := exec.CommandContext(ctx, "reconciler", "sandbox", "--listen", "127.0.0.1:0", "--account", "111122223333")
	cmd.Dir, cmd.Stderr = dir, serving
	must(t, cmd.Start())
	<-serving.seen
	must(t, cmd.Process.Signal(os.Interrupt))
	if code := exitCode(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}
