package testtool

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// Ask runs a Python script of the test's testdata folder with a question as
// JSON on its standard input, and reads its answer, JSON too, into answer.
func Ask(t testing.TB, script string, question, answer any) {
	t.Helper()
	input, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(Python(t), filepath.Join("testdata", script))
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
