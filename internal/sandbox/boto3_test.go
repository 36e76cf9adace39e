package sandbox

import (
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ecs-reconciler/internal/testtool"
)

// TestBoto3 lets a client that nobody here wrote judge the answers.
func TestBoto3(t *testing.T) { judgedByBoto3(t, "boto3_check.py") }

// TestBoto3SeesFaults as it would see AWS's.
func TestBoto3SeesFaults(t *testing.T) { judgedByBoto3(t, "boto3_faults.py") }

func judgedByBoto3(t *testing.T, script string) {
	t.Helper()
	python := testtool.Python(t)
	server := newTestServer(t, Options{})
	address := serveForTest(t, server)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, filepath.Join("testdata", script), "http://"+address).CombinedOutput()
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
