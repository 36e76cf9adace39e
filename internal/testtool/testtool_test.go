package testtool

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func program(t *testing.T, folder, name string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNamedPythonAndItsNeighboursComeFirst(t *testing.T) {
	venv, path := t.TempDir(), t.TempDir()
	python := program(t, venv, "python")
	want := program(t, venv, "some-tool")
	program(t, path, "some-tool")
	t.Setenv(PythonVariable, python)
	t.Setenv("PATH", path)

	if got := Python(t); got != python {
		t.Errorf("Python is %s, want %s", got, python)
	}
	if got := Tool(t, "some-tool"); got != want {
		t.Errorf("Tool is %s, want %s", got, want)
	}
}

func TestPathIsLast(t *testing.T) {
	path := t.TempDir()
	want := program(t, path, "only-on-path")
	t.Setenv("PATH", path)
	t.Setenv(PythonVariable, "")

	if got := Tool(t, "only-on-path"); got != want {
		t.Errorf("Tool is %s, want %s", got, want)
	}
}

func TestMissingToolNamesTheCommandThatInstallsIt(t *testing.T) {
	_, err := search("no-such-tool-anywhere", []string{t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "make tools") || !strings.Contains(err.Error(), "no-such-tool-anywhere") {
		t.Errorf("error is %v", err)
	}
}

func TestMissingPackageNamesTheCommandThatInstallsIt(t *testing.T) {
	if err := uninstalled("git-crypt", os.ErrNotExist); !strings.Contains(err.Error(), "apt-get install git-crypt") {
		t.Errorf("error is %v", err)
	}
	if got := System(t, "sh"); got == "" {
		t.Error("sh is not found")
	}
}

func TestRootHoldsGoMod(t *testing.T) {
	if _, err := os.Stat(filepath.Join(Root(t), "go.mod")); err != nil {
		t.Error(err)
	}
	if _, err := rootAbove(t.TempDir()); err == nil {
		t.Error("a folder outside any module has a root")
	}
}
