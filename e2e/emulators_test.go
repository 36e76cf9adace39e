package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"ecs-reconciler/internal/testtool"
)

// The emulators.
const (
	moto      = "moto"
	ministack = "ministack"
	dynalite  = "dynalite" // plays DynamoDB alone
	sandbox   = "sandbox"
	troubled  = "troubled" // the sandbox with faults and lag
)

// startWait is long because a busy machine takes its time to import an emulator.
const startWait = 90 * time.Second

// emulator is a server that plays AWS, for as many accounts as are asked for.
type emulator struct {
	url   string
	pid   int
	stdin io.Closer
	done  chan error
	log   *lockedBuffer
}

// running returns the one emulator of a name, started the first time.
func (s *suite) running(t testing.TB, name string) *emulator {
	t.Helper()
	interpreter := python(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.emulators[name]; ok {
		return e
	}
	recipe := recipe(t, name, freePort(t), s.scratch(t))
	if recipe.program == nil {
		recipe.program = []string{interpreter, "emulator.py"}
	}
	e := start(t, recipe)
	if s.emulators == nil {
		s.emulators = map[string]*emulator{}
	}
	s.emulators[name] = e
	return e
}

// server says how an emulator is started, and where it answers once it is up.
type server struct {
	program []string // runs argv until stdin ends; emulator.py if there is none
	argv    []string
	env     []string
	url     string
	health  string
}

func recipe(t testing.TB, name string, port int, scratch string) server {
	t.Helper()
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	switch name {
	case moto:
		return server{url: url, health: url + "/moto-api/data.json",
			argv: []string{testtool.Tool(t, "moto_server"), "-H", "127.0.0.1", "-p", strconv.Itoa(port)},
			env:  []string{"MOTO_IAM_LOAD_MANAGED_POLICIES=true", "MOTO_ECS_SERVICE_RUNNING=1"}}
	case ministack:
		return server{url: url, health: url + "/_ministack/health",
			argv: []string{testtool.Tool(t, "ministack")},
			env: []string{"GATEWAY_PORT=" + strconv.Itoa(port), "BIND_HOST=127.0.0.1", "IOT_MTLS_ENABLED=0",
				"STATE_DIR=" + filepath.Join(scratch, "ministack"), "TMPDIR=" + scratch, "LOG_LEVEL=WARNING"}}
	case dynalite:
		return server{url: url, health: url, program: []string{testtool.System(t, "node"), "emulator.js"},
			argv: []string{testtool.Dynalite(t), strconv.Itoa(port)}}
	default:
		t.Fatalf("nobody knows how to start %q", name)
		return server{}
	}
}

func start(t testing.TB, s server) *emulator {
	t.Helper()
	e := &emulator{url: s.url, done: make(chan error, 1), log: &lockedBuffer{}}
	cmd := exec.Command(s.program[0], append(slices.Clone(s.program[1:]), s.argv...)...)
	cmd.Env = append(os.Environ(), s.env...)
	cmd.Stdout, cmd.Stderr = e.log, e.log
	var err error
	if e.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", s.argv[0], err)
	}
	e.pid = cmd.Process.Pid
	go func() { e.done <- cmd.Wait() }()
	e.awaitHealth(t, s)
	return e
}

func (e *emulator) awaitHealth(t testing.TB, s server) {
	t.Helper()
	for deadline := time.Now().Add(startWait); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-e.done:
			t.Fatalf("%s ended at once: %v\n%s", s.argv[0], err, e.log)
		default:
		}
		if answers(s.health) {
			return
		}
	}
	t.Fatalf("%s does not answer at %s after %s\n%s", s.argv[0], s.health, startWait, e.log)
}

func answers(url string) bool {
	response, err := http.Get(url)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

func (e *emulator) stop() {
	if err := e.stdin.Close(); err != nil {
		return
	}
	if err := <-e.done; err != nil {
		fmt.Fprintf(os.Stderr, "an emulator ended badly: %v\n", err)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// lockedBuffer is a bytes.Buffer that may be read while it is written.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
