package yaml11

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec"

	"go.yaml.in/yaml/v3"
)

// Limits bound what Parse accepts. A zero field stands for its default.
type Limits struct {
	Bytes int // of the file; default 10 MiB
	Depth int // of nested lists and mappings, aliases followed; default 100
	Nodes int // in the file with every alias written out; default 500,000
	// UniqueKeys refuses a key that appears twice in a mapping, where otherwise
	// a warning tells of it and the last one counts.
	UniqueKeys bool
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = 10 << 20
	}
	if l.Depth == 0 {
		l.Depth = 100
	}
	if l.Nodes == 0 {
		l.Nodes = 500_000
	}
	return l
}

// Parse reads all documents of a file; file names it in positions. Without
// any document (nothing but comments) the result is empty, while an empty
// document is a Null. Warnings name keys that appear twice and keys that are
// not read as written. An error is a *spec.Error.
func Parse(file string, data []byte, lim Limits) ([]*Node, []spec.Warning, error) {
	lim = lim.withDefaults()
	if err := checkBytes(file, data, lim); err != nil {
		return nil, nil, err
	}
	documents, err := syntax(file, data)
	if err != nil {
		return nil, nil, err
	}
	c := &converter{file: file, limits: lim, done: map[*yaml.Node]*converted{}}
	var nodes []*Node
	for _, d := range documents {
		n, err := c.document(d)
		if err != nil {
			return nil, nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, c.warnings, nil
}

// checkBytes refuses what is no YAML text before a parser sees it.
func checkBytes(file string, data []byte, lim Limits) error {
	switch {
	case len(data) > lim.Bytes:
		return &spec.Error{At: spec.Position{File: file},
			Message: fmt.Sprintf("the file is larger than %d bytes", lim.Bytes),
			Hint:    "split it, or check that it is the file you mean"}
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		return &spec.Error{At: spec.Position{File: file, Line: 1, Column: 1},
			Message: "the file is in UTF-16", Hint: "save it as UTF-8"}
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return &spec.Error{At: positionAt(file, data, i), Message: "the file holds a NUL byte",
			Hint: "it is no text file: it may be encrypted (git-crypt) or cut off"}
	}
	if i := firstInvalid(data); i >= 0 {
		return &spec.Error{At: positionAt(file, data, i), Message: "the file is not valid UTF-8",
			Hint: "save it as UTF-8; it may also be encrypted (git-crypt) or binary"}
	}
	if n := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte(",")); n > max(lim.Nodes, minSeparators) {
		return &spec.Error{At: spec.Position{File: file},
			Message: fmt.Sprintf("the file has %d lines and commas, more than %d", n, lim.Nodes),
			Hint:    "split it, or check that it is the file you mean"}
	}
	return checkConflict(file, data)
}

// minSeparators is what any file may have: only counting what is parsed tells
// values from commas in a text, but takes memory.
const minSeparators = 10_000

// firstInvalid is the offset of the first byte that is no UTF-8, -1 without.
func firstInvalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func positionAt(file string, data []byte, offset int) spec.Position {
	line := bytes.Count(data[:offset], []byte("\n")) + 1
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	return spec.Position{File: file, Line: line, Column: utf8.RuneCount(data[start:offset]) + 1}
}

// checkConflict finds what git leaves in a file that it could not merge.
func checkConflict(file string, data []byte) error {
	begin, end := lineStart(data, "<<<<<<< "), lineStart(data, ">>>>>>> ")
	if begin < 0 || end < begin {
		return nil
	}
	return &spec.Error{At: positionAt(file, data, begin), Message: "git's conflict markers are in the file",
		Hint: "resolve the merge conflict, then try again"}
}

func lineStart(data []byte, prefix string) int {
	if bytes.HasPrefix(data, []byte(prefix)) {
		return 0
	}
	if i := bytes.Index(data, []byte("\n"+prefix)); i >= 0 {
		return i + 1
	}
	return -1
}

// syntax runs the YAML parser over data.
func syntax(file string, data []byte) ([]*yaml.Node, error) {
	lines := &lineReader{}
	documents, err := decodeAll(data, func(text []byte) io.Reader {
		lines.rest = text
		return lines
	})
	if err != nil {
		return nil, syntaxError(file, data, err, lines.given)
	}
	return documents, nil
}

func decode(r io.Reader) (documents []*yaml.Node, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("yaml: the parser gave up on this input")
		}
	}()
	for d := yaml.NewDecoder(r); ; {
		n := new(yaml.Node)
		switch err := d.Decode(n); {
		case errors.Is(err, io.EOF):
			return documents, nil
		case err != nil:
			return nil, err
		}
		documents = append(documents, n)
	}
}

// lineReader hands out one line at a time and counts them, which bounds where
// the parser was when it failed.
type lineReader struct {
	rest  []byte
	given int
}

func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := bytes.IndexByte(r.rest, '\n') + 1
	if n == 0 {
		n = len(r.rest)
	}
	n = copy(p, r.rest[:n])
	if r.rest[n-1] == '\n' || n == len(r.rest) {
		r.given++
	}
	r.rest = r.rest[n:]
	return n, nil
}
