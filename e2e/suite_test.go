package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"ecs-reconciler/internal/testtool"

	// A cached result is never that of other code than the program's.
	_ "ecs-reconciler/internal/cli"
)

// shared is what all tests use and what is made when the first of them does.
var shared = &suite{}

func TestMain(m *testing.M) {
	if settings := os.Getenv(memberVariable); settings != "" {
		os.Exit(runMember(settings))
	}
	os.Exit(shared.run(m))
}

// suite is the built program, the emulators and the judge.
type suite struct {
	mu          sync.Mutex
	folder      string
	program     string
	interpreter string
	emulators   map[string]*emulator
	oracle      *judge
	accounts    int
}

func (s *suite) run(m *testing.M) int {
	defer s.stop()
	return m.Run()
}

func (s *suite) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.emulators {
		e.stop()
	}
	if s.oracle != nil {
		s.oracle.stop()
	}
	if err := os.RemoveAll(s.folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// scratch is a folder that is removed after the last test.
func (s *suite) scratch(t testing.TB) string {
	t.Helper()
	if s.folder == "" {
		folder, err := os.MkdirTemp("", "reconciler-e2e-") //nolint:usetesting // it outlives the test that asks first
		if err != nil {
			t.Fatal(err)
		}
		s.folder = folder
	}
	return s.folder
}

// reconciler is the path of the program, built as it is released.
func reconciler(t testing.TB) string {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.program != "" {
		return shared.program
	}
	path := filepath.Join(shared.scratch(t), "reconciler")
	build := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-o", path, "./cmd/reconciler")
	build.Dir = testtool.Root(t)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	shared.program = path
	return path
}

// python is an interpreter that has what the judges import.
func python(t testing.TB) string {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.interpreter != "" {
		return shared.interpreter
	}
	path := testtool.Python(t)
	const modules = "import boto3, moto, ministack, proc_wrapper"
	if out, err := exec.Command(path, "-c", modules).CombinedOutput(); err != nil {
		t.Fatalf("%s lacks a package of tools/requirements.txt; run: make tools\n%v\n%s", path, err, out)
	}
	shared.interpreter = path
	return path
}
