package yaml11

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
)

var lineInMessage = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxError words the parser's complaint. Names of anchors and tags are left
// out: an unquoted password may begin with * or !.
func syntaxError(file string, data []byte, err error, linesRead int) *spec.Error {
	message := lineInMessage.ReplaceAllString(err.Error(), "")
	line := 1
	if m := lineInMessage.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	hint := "quote texts that hold YAML's signs, and indent with spaces"
	switch {
	case strings.HasPrefix(message, "unknown anchor"):
		line = failingLine(data, linesRead, line)
		message, hint = "an alias (*name) has no anchor (&name) above it", "quote a value that begins with *"
	case strings.HasPrefix(message, "did not find expected"):
		line = failingLine(data, linesRead, line+1)
	case strings.Contains(message, "tab") || strings.Contains(message, "cannot start any token"):
		hint = "indent with spaces, and quote values that begin with @ ` % or a tab"
	}
	return &spec.Error{At: lineBegin(file, data, line), Message: "not valid YAML: " + message, Hint: hint}
}

// tries bounds the search of failingLine; the parser reads a few lines ahead.
const tries = 40

// failingLine is the line after the longest beginning of the file that parses:
// the parser itself names the start of the enclosing block, which may be far
// above. It searches upward from the last line the parser has seen.
func failingLine(data []byte, linesRead, fallback int) int {
	ends := lineEnds(data, linesRead)
	for i := len(ends) - 1; i >= 0 && i > len(ends)-tries; i-- {
		if _, err := decode(bytes.NewReader(data[:ends[i]])); err == nil {
			return i + 2
		}
	}
	if len(ends) <= tries {
		return 1
	}
	return fallback
}

// lineEnds are the offsets behind the first n lines, the last line left out.
func lineEnds(data []byte, n int) []int {
	var ends []int
	for i, c := range data {
		if c == '\n' && len(ends) < n-1 {
			ends = append(ends, i+1)
		}
	}
	return ends
}

// lineBegin is the position of a line's first character that is no space.
func lineBegin(file string, data []byte, line int) spec.Position {
	lines := bytes.SplitN(data, []byte("\n"), line+1)
	if line < 1 || line > len(lines) {
		return spec.Position{File: file, Line: max(line, 1)}
	}
	text := lines[line-1]
	indent := len(text) - len(bytes.TrimLeft(text, " "))
	return spec.Position{File: file, Line: line, Column: indent + 1}
}
