package load

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
)

// secretText is the content of a source with what it defines.
type secretText struct {
	value spec.Secret
	keys  []string // names only
}

// text reads a source once, however many secrets are made of it.
func (r *resolver) text(m spec.ManagedSecret, at spec.Position) (secretText, error) {
	id := fmt.Sprintf("%s\x00%s\x00%s\x00%t", m.From.File, m.From.Format, m.Output, m.From.Trim)
	if text, ok := r.files[id]; ok {
		return text, nil
	}
	data, _, err := r.content(m.From.File, at)
	if err != nil {
		return secretText{}, err
	}
	text, err := r.convert(m, data)
	if err == nil {
		r.files[id] = text
	}
	return text, err
}

// convert checks that the content is what its format says, and makes of it
// what is stored.
func (r *resolver) convert(m spec.ManagedSecret, data []byte) (secretText, error) {
	name := r.folder.name(m.From.File)
	if err := isText(name, data); err != nil {
		return secretText{}, err
	}
	if m.From.Trim {
		data = bytes.TrimRightFunc(data, unicode.IsSpace)
	}
	text := secretText{value: spec.NewSecret(string(data))}
	if m.From.Format == "text" {
		return text, nil
	}
	if m.From.Format == "dotenv" {
		return r.fromDotenv(m, name, data)
	}
	var err error
	text.keys, err = dotenv.Keys(dotenv.Format(m.From.Format), data)
	if err != nil {
		return text, malformed(m, name, err)
	}
	if m.From.Format == "json" {
		r.repeated(name, data)
	}
	return text, nil
}

// isText refuses a source that no process could read as text.
func isText(name string, data []byte) error {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return &spec.Error{At: placeIn(name, data, i), Message: "the file holds a NUL byte", Hint: "a secret that a process reads as text has none"}
	}
	if !utf8.Valid(data) {
		return &spec.Error{At: placeIn(name, data, validUpTo(data)), Message: "the file is not valid UTF-8", Hint: "save it as UTF-8"}
	}
	return nil
}

func malformed(m spec.ManagedSecret, name string, err error) error {
	at, message := spec.Position{File: name, Line: 1, Column: 1}, err.Error()
	var syntax *dotenv.SyntaxError
	if errors.As(err, &syntax) {
		at.Line, at.Column, message = syntax.Line, syntax.Column, syntax.Message
	}
	return &spec.Error{At: at, Message: fmt.Sprintf("the file is not %s: %s", m.From.Format, message), Hint: "say what it is in from.format"}
}

// repeated warns of names that a JSON source has twice.
func (r *resolver) repeated(name string, data []byte) {
	again := dotenv.Repeated(data)
	for _, key := range slices.Sorted(maps.Keys(again)) {
		r.warn(placeIn(name, data, again[key]), key, "remove one of them", "the name is in this JSON twice, and the process sees the last value alone")
	}
}

// placeIn is where an offset in bytes is.
func placeIn(name string, data []byte, offset int) spec.Position {
	line, column := dotenv.Place(data, offset)
	return spec.Position{File: name, Line: line, Column: column}
}

// validUpTo is the offset of the first byte that is no UTF-8.
func validUpTo(data []byte) int {
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

func (r *resolver) fromDotenv(m spec.ManagedSecret, name string, data []byte) (secretText, error) {
	file := dotenv.Parse(data)
	if problems := file.Check(name); len(problems) > 0 {
		return secretText{}, problems
	}
	r.interpolation(m, name, file)
	text := secretText{value: spec.NewSecret(string(data))}
	for _, e := range dotenv.Unique(file.Entries) {
		text.keys = append(text.keys, e.Key)
	}
	if m.Output == "" || m.Output == "dotenv" {
		return text, nil
	}
	var err error
	text.value, err = dotenv.JSON(file.Entries)
	return text, err
}

// interpolation warns of what python-dotenv expands in the running task.
func (r *resolver) interpolation(m spec.ManagedSecret, name string, file dotenv.File) {
	for _, e := range file.Entries {
		if e.Interpolates && m.Output != "json" {
			r.warn(spec.Position{File: name, Line: e.Line, Column: 1}, e.Key, "python-dotenv has no escape for it; `output: json` keeps the text as it is",
				"proc_wrapper expands ${…} in this value, even in single quotes")
		}
	}
}
