package expr_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"ecs-reconciler/internal/testtool"
)

// ask runs a script of testdata with a question as JSON and reads its answer.
func ask(t *testing.T, script string, question, answer any) {
	t.Helper()
	input, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(testtool.Python(t), filepath.Join("testdata", script))
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
