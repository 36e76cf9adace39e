package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

const (
	maxBinary  = 45 << 20 // bytes
	maxStartup = 30 * time.Millisecond
)

// TestBinary builds the program as it is released: it keeps to its size and
// says its version at once. The quickest of some starts is taken, since a busy
// machine only ever adds to it.
func TestBinary(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "reconciler")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, ".") // as make build does
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	content, err := os.ReadFile(binary)
	must(t, err)
	if len(content) > maxBinary {
		t.Errorf("the binary has %d bytes, want at most %d", len(content), maxBinary)
	}
	if bytes.Contains(content, []byte("text/template.(*state).")) {
		t.Error("something runs templates, which makes the linker keep every method of every type: go build -ldflags=-dumpdep 2>&1 | grep ReflectMethod tells what (docs/adr/0020-html-without-templates.md)")
	}
	var took []time.Duration
	for range 20 {
		start := time.Now()
		must(t, exec.Command(binary, "version").Run())
		took = append(took, time.Since(start))
	}
	t.Logf("binary %.1f MB, version in %v", float64(len(content))/(1<<20), slices.Min(took))
	if slices.Min(took) > maxStartup {
		t.Errorf("version took %v, want at most %v", slices.Min(took), maxStartup)
	}
}
