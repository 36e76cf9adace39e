package yaml11_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// python is the interpreter that has the real thing installed: the one named
// by RECONCILER_TEST_PYTHON, the repository's own, or the system's.
func python(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("RECONCILER_TEST_PYTHON"); path != "" {
		return path
	}
	own, err := filepath.Abs("../../../../.cache/venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(own); err == nil {
		return own
	}
	return "python3"
}

// ask runs a script of testdata with a question as JSON and reads its answer.
func ask(t *testing.T, script string, question, answer any) {
	t.Helper()
	input, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python(t), filepath.Join("testdata", script))
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s\nIf a Python package is missing, run: make tools", script, err, stderr.Bytes())
	}
	if err := json.Unmarshal(output, answer); err != nil {
		t.Fatalf("%s answered %q: %v", script, output, err)
	}
}
