package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// asFirst is a command that is process 1 of a container of its own.
func asFirst(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Fatal("unshare is missing; install it (Debian: apt-get install util-linux)")
	}
	flags := []string{"--pid", "--fork", "--mount-proc"}
	if os.Getuid() != 0 {
		flags = append(flags, "--map-root-user")
	}
	return exec.CommandContext(t.Context(), unshare, append(append(flags, reconciler(t), "exec", "--"), args...)...)
}

func TestExecAsProcessOneCollectsWhatIsLeftBehind(t *testing.T) {
	const script = `
for i in 1 2 3; do (sleep 0.1 &); done
sleep 0.6
echo "own=$$ parent=$PPID zombies=$(grep -l '^State:.*Z' /proc/[0-9]*/status | wc -l)"
exit 9`
	out, err := asFirst(t, "sh", "-c", script).Output()
	if !strings.HasSuffix(string(out), " parent=1 zombies=0\n") {
		t.Errorf("it prints %q", out)
	}
	if got := exitCode(err); got != 9 {
		t.Errorf("it ends with %d, not with the command's 9", got)
	}
}

func TestExecAsProcessOnePassesSignalsOn(t *testing.T) {
	cmd := asFirst(t, "sh", "-c", `trap 'echo got it; exit 5' TERM; echo ready; while :; do sleep 0.05; done`)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		t.Fatalf("it says %q, %v", line, err)
	}
	if err := syscall.Kill(childOf(t, cmd.Process.Pid), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if line, err := lines.ReadString('\n'); line != "got it\n" {
		t.Errorf("after SIGTERM it says %q, %v", line, err)
	}
	if got := exitCode(cmd.Wait()); got != 5 {
		t.Errorf("it ends with %d, not with the command's 5", got)
	}
}

// exitCode is that of a command that ran, -1 for one that did not.
func exitCode(err error) int {
	var failed *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &failed):
		return failed.ExitCode()
	default:
		return -1
	}
}

func childOf(t testing.TB, pid int) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	return child
}
