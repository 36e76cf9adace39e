// Package testtool finds the programs of others that tests compare this
// project with: Python and what its virtual environment holds (ansible-vault,
// moto_server, …).
//
// It guarantees that a test never passes for want of a tool: one that is
// missing fails the test, with the command that installs it.
package testtool

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// PythonVariable names the Python to use; its folder is searched for the
// other tools.
const PythonVariable = "RECONCILER_TEST_PYTHON"

// Python is the path of a Python interpreter that has the packages the tests
// need: $RECONCILER_TEST_PYTHON, else .cache/venv/bin/python at the root of
// the repository, else python3 of PATH.
func Python(t testing.TB) string {
	t.Helper()
	if named := os.Getenv(PythonVariable); named != "" {
		return mustRun(t, named)
	}
	root := Root(t)
	if path, err := exec.LookPath(filepath.Join(root, venvFolder, "python")); err == nil {
		return path
	}
	return mustRun(t, "python3")
}

// Tool is the path of the program called name: beside
// $RECONCILER_TEST_PYTHON, else in .cache/venv/bin at the root of the
// repository, else of PATH.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := search(name, folders(t))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// System is the path of a program that Debian has a package of its own name
// for, and that `make tools` installs where it may.
func System(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(uninstalled(name, err))
	}
	return path
}

// Dynalite is the folder in which dynalite is installed, a DynamoDB in Node.js.
func Dynalite(t testing.TB) string {
	t.Helper()
	folder := filepath.Join(Root(t), ".cache", "dynalite")
	if _, err := os.Stat(filepath.Join(folder, "installed")); err != nil {
		t.Fatalf("the test needs dynalite, which was not found: %v; run `make tools`", err)
	}
	return folder
}

func uninstalled(name string, cause error) error {
	return fmt.Errorf("the test needs %s, which was not found: %w; run `make tools` as root, or install it (Debian: apt-get install %s)", name, cause, name)
}

// Root is the folder of the repository: the nearest one upwards of the
// working directory that holds go.mod.
func Root(t testing.TB) string {
	t.Helper()
	start, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root, err := rootAbove(start)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

const venvFolder = ".cache/venv/bin"

func folders(t testing.TB) []string {
	t.Helper()
	found := []string{filepath.Join(Root(t), venvFolder)}
	if named := os.Getenv(PythonVariable); named != "" {
		// A venv's python is a link, and its neighbours are where the link is.
		found = append([]string{filepath.Dir(mustRun(t, named))}, found...)
	}
	return found
}

func mustRun(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(missing(name, err))
	}
	return path
}

func search(name string, folders []string) (string, error) {
	for _, folder := range folders {
		if path, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", missing(name, err)
	}
	return path, nil
}

func missing(name string, cause error) error {
	return fmt.Errorf("the test needs %s, which was not found: %w; run `make tools`, or set %s to the Python of a virtual environment that has it",
		name, cause, PythonVariable)
}

func rootAbove(folder string) (string, error) {
	for at := folder; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no go.mod in %s or above it", folder)
		}
	}
}
