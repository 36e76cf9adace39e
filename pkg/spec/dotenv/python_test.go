package dotenv

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/testtool"
)

// statement is what python-dotenv's parser makes of one.
type statement struct {
	Key       *string `json:"key"`
	Value     *string `json:"value"`
	Malformed bool    `json:"malformed"`
	Line      int     `json:"line"`
}

type reference struct {
	Statements []statement  `json:"statements"`
	Expanded   [][2]*string `json:"expanded"`
}

// outer is the environment that testdata/reference.py expands in.
func outer(name string) (string, bool) {
	text, ok := map[string]string{"OUTER": "outside", "A": "outer a", "EMPTY": ""}[name]
	return text, ok
}

func TestReadsAsPythonDotenvReads(t *testing.T) {
	texts := append(written(), random(6000)...)
	for i, want := range ask(t, texts) {
		if diff := cmp.Diff(want, ours(texts[i])); diff != "" {
			t.Errorf("%q (-python +ours):\n%s", texts[i], diff)
		}
	}
}

func ask(t *testing.T, texts []string) []reference {
	t.Helper()
	input, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), testtool.Python(t), "testdata/reference.py")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("python-dotenv did not answer: %v\n%s", err, stderr.Bytes())
	}
	var answers []reference
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != len(texts) {
		t.Fatalf("%d answers to %d texts", len(answers), len(texts))
	}
	return answers
}

func ours(text string) reference {
	file := Parse([]byte(text))
	found := reference{Statements: []statement{}, Expanded: [][2]*string{}}
	malformed := file.Malformed
	for _, entry := range file.Entries {
		for len(malformed) > 0 && malformed[0] < entry.Line {
			found.Statements = append(found.Statements, statement{Malformed: true, Line: malformed[0]})
			malformed = malformed[1:]
		}
		found.Statements = append(found.Statements, statement{Key: &entry.Key, Value: valueOf(entry), Line: entry.Line})
	}
	for _, line := range malformed {
		found.Statements = append(found.Statements, statement{Malformed: true, Line: line})
	}
	for _, entry := range Unique(Expand(file.Entries, outer)) {
		found.Expanded = append(found.Expanded, [2]*string{&entry.Key, valueOf(entry)})
	}
	return found
}

func valueOf(entry Entry) *string {
	if !entry.HasValue {
		return nil
	}
	text := entry.Value.Reveal()
	return &text
}

// random texts are made of the pieces that mean something to the parser. The
// seed is fixed, so that a failure can be repeated.
func random(n int) []string {
	pieces := []string{
		"A", "B", "KEY", "export", "export ", "=", "=", "=", " ", "  ", "\t", "\n", "\n", "\n", "\r\n", "\r", "#", " #", "'", "'", `"`, `"`,
		`\`, `\n`, `\'`, `\"`, `\\`, `\t`, `\x`, "$", "${", "}", ":-", ":", "${A}", "${B:-x}", "${OUTER}", "value", "two words", "é", "☃",
		"\u00a0", "\u2028", "\u0085", "\x1c", "\x0b", "\x0c", "\ufeff", "'A'", "-", ".", ",", "{", "[", "A=b", "\nA=", "\nB='", "\nKEY=\"",
	}
	source := rand.New(rand.NewPCG(20, 26))
	texts := make([]string, n)
	for i := range texts {
		var text strings.Builder
		for range 1 + source.IntN(14) {
			text.WriteString(pieces[source.IntN(len(pieces))])
		}
		texts[i] = text.String()
	}
	return texts
}

// written are texts as people write them, and the corners of the grammar.
func written() []string {
	return []string{
		"", "\n", "\r\n\r\n", "\ufeffA=1", "\ufeff\ufeffA=1", "# comment", "#", " # indented comment\n", "A", "A\n", "A # comment", "export A",
		"A=1", "A=1\n", "A=1\r\n", "A=1\rB=2\r", " A = 1 ", "\tA\t=\t1\t", "A=", "A= ", "A=\nB=2", "A==1", "A=1=2", "=1", "= 1\nA=2",
		"A=1 # comment", "A=1# no comment", "A=# value", "A= # comment", "A=\t# comment", "A=#", "A= #", "A=a  \u00a0# comment", "A=a #b #c",
		"A='single'", "A='it\\'s'", "A='a\\nb'", "A='a\\\\'", "A='a\\\\'b'", "A='multi\nline'", "A='multi\r\nline'\nB=2", "A=''", "A='x' # c", "A='x'# c",
		"A='x' junk\nB=2", "A='x'y\nB=2", "A='unterminated\nB=2", "A='unterminated\\", "A='", "A=\"", "'A", "''=1", "'A'=1", "'A B'=1", "'A\nB'=1", "'A=B' = 1", "'A'B=1",
		`A="double"`, `A="a\nb\tc\\d\"e\'f\a\b\f\r\v\z\0\u00e9"`, "A=\"multi\n# not a comment\nline\"", `A=""`, `A="x" # c`, `A="x"y`, `A="unterminated`, `A="a\"`, `A="a\\"`,
		"A=un'quo\"ted", "A=a\\nb", "A=a b  c", "A=a\u2028b", "A=a\u0085", "A=a\x1c", "A=a\x0b#b", "\x0bA=1", "\u00a0A=1",
		"export A=1", "export  A=1", "export\tA=1", "exportA=1", "export=1", "export export=1", "export\nA=1", "export", "export ", "export #A=1", "export 'A'=1", "export =1",
		"A B=1", "A-B=1", "A.B=1", "A#B=1", "1A=1", "é=ü", "☃", "A:1", "A: 1", "{\"a\": 1}", "{", "}", "[1, 2]", "---\na: 1\n", "<xml/>", "-----BEGIN KEY-----\nabc==\n-----END KEY-----",
		"A=1\nA=2", "A=1\nB=2\nA=3", "A\nA=1", "A=1\nA", "good=1\nbad line\ngood2=2", "bad one\r\nbad two\r\nA=1", "\n\n\nbad one\n\n\nA='x\n\n' junk\nB=1",
		"A=$A", "A=$$", "A=${A}", "A='${A}'", `A="${A}"`, "A=\\${A}", "A=$${A}", "A=${}", "A=${:-x}", "A=${A", "A=${A:-", "A=${A:}", "A=${A:+x}", "A=${A:B}", "A=${A:-}",
		"A=${MISSING}", "A=${MISSING:-x y}", "A=${MISSING:-a:b}", "A=${MISSING:-${OUTER}}", "A=${EMPTY:-x}", "A=${OUTER:-x}", "A=${A${B}}", "A=${ A }", "A='${A\n}'", "A='${MISSING:-a\nb}'",
		"B=${A}\nA=inner\nC=${A}", "A=1\nA=${A}2\nA=${A}3", "A\nB=${A:-x}", "A=${B}\nB=${A}", "OUTER=in\nB=${OUTER}", "A='${OUTER}' # ${OUTER}", "B='x${OUTER}y${OUTER}z'",
		"DATABASE_URL=postgres://u:p@h:5432/d?x=1#frag", "JSON={\"a\": \"b # c\"}", "JSON='{\"a\": \"b # c\"}'", "CERT=\"-----BEGIN-----\nabc\n-----END-----\"\n",
	}
}
