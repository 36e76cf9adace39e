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
	python := testtool.Python(t)
	server := newTestServer(t, Options{})
	address := serveForTest(t, server)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, "testdata/boto3_check.py", "http://"+address).CombinedOutput()
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
