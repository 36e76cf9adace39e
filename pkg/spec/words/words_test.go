package words_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/spec/words"
)

// splits are lines whose words Python's shlex is asked for.
func splits() []string {
	return []string{
		"", " ", "a", " a  b\tc\nd\r\n", "'a b'", `"a b"`, `a'b'c"d"e`, "''", `""`, "a '' b", `\a`, `\ a`, `a\ b`, `"a\"b"`, `"a\\b"`, `"a\nb"`, `"\$"`,
		`'a\'b`, `'a\b'`, "'", `"`, `"a`, `\`, `a \`, `"\`, "a#b", "# a", "a # b", "é ☃", "--vault-id dev@~/x --extra-vars '{\"a\": 1}'", `a"b c"d`, "a=b c='d e'",
		"a\\\nb", "\"a\\\nb\"", "\x0b", "a\u00a0b",
	}
}

func TestSplitIsShlex(t *testing.T) {
	input, err := json.Marshal(splits())
	if err != nil {
		t.Fatal(err)
	}
	const program = `
import json, shlex, sys
def words(line):
    try:
        return shlex.split(line)
    except ValueError:
        return None
json.dump([words(line) for line in json.load(sys.stdin)], sys.stdout)
`
	cmd := exec.CommandContext(t.Context(), testtool.Python(t), "-c", program)
	cmd.Stdin = bytes.NewReader(input)
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers [][]string
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	for i, line := range splits() {
		got, err := words.Split(line)
		if (err != nil) != (answers[i] == nil) {
			t.Errorf("%q: our error is %v, shlex makes %q of it", line, err, answers[i])
			continue
		}
		if diff := cmp.Diff(answers[i], append([]string{}, got...)); err == nil && diff != "" {
			t.Errorf("%q (-shlex +ours):\n%s", line, diff)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, line := range splits() {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if parts, err := words.Split(line); err != nil && parts != nil {
			t.Fatal("both words and an error")
		}
	})
}
