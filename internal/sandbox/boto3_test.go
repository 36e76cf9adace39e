package sandbox

import (
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"ecs-reconciler/internal/testtool"
)

// TestBoto3 lets a client that nobody here wrote judge the answers.
func TestBoto3(t *testing.T) {
	judge(t, Options{}, "testdata/boto3_check.py")
}

// TestBoto3SeesFaults as it would see AWS's.
func TestBoto3SeesFaults(t *testing.T) {
	judge(t, Options{}, "testdata/boto3_faults.py")
}

// TestBoto3Enforced lets it sign, and be refused.
func TestBoto3Enforced(t *testing.T) {
	judge(t, Options{EnforceIAM: true}, "testdata/boto3_enforced.py", AdminKey, AdminSecret)
}

// judge runs a script with the sandbox's endpoint and further arguments.
func judge(t *testing.T, opts Options, script string, args ...string) {
	t.Helper()
	python := testtool.Python(t)
	address := serveForTest(t, newTestServer(t, opts))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args = append([]string{script, "http://" + address}, args...)
	out, err := exec.CommandContext(ctx, python, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// serveForTest serves on a loopback port until the test ends, and returns the
// address.
func serveForTest(t *testing.T, server *Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}
