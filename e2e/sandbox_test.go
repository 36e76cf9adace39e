package e2e

import (
	"bufio"
	"io"
	"os/exec"
	"regexp"
	"testing"
)

// served is a `reconciler sandbox` that plays one account.
type served struct {
	url string
	pid int
	dir string // of its state
	log *lockedBuffer
}

// serveSandbox runs the program's own emulator until the test ends.
func serveSandbox(t testing.TB, account string, flags ...string) *served {
	t.Helper()
	s := &served{dir: t.TempDir(), log: &lockedBuffer{}}
	args := append([]string{"sandbox", "--listen", "127.0.0.1:0", "--account", account, "--sandbox=" + s.dir}, flags...)
	cmd := exec.Command(reconciler(t), args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.pid = cmd.Process.Pid
	s.url = listening(t, stderr, s.log)
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Error("the sandbox ended before it was stopped")
		}
	})
	return s
}

// listening reads the address from the first line, and keeps reading.
func listening(t testing.TB, stderr io.Reader, log io.Writer) string {
	t.Helper()
	lines := bufio.NewReader(io.TeeReader(stderr, log))
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("the sandbox said %q and then: %v", first, err)
	}
	url := regexp.MustCompile(`http://[0-9.:]+`).FindString(first)
	if url == "" {
		t.Fatalf("the sandbox does not say where it listens: %q", first)
	}
	go func() {
		// Ends with the process; what it reads is in the log.
		if _, err := io.Copy(io.Discard, lines); err != nil {
			return
		}
	}()
	return url
}
