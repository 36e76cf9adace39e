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
	"ecs-reconciler/pkg/spec/load/mapping"
)

// secretText is what is stored of a source, with what it defines.
type secretText struct {
	value  spec.Secret
	keys   []string // names only
	unread bool     // the source was not asked
}

// text reads a source and makes of it what is stored.
func (r *resolver) text(o origin, from spec.Source, output string) (secretText, error) {
	c, err := r.asked(o, from)
	if errors.Is(err, errUnread) {
		return secretText{unread: true}, nil
	}
	if err != nil || from.Generate != nil {
		return secretText{}, err
	}
	data, err := r.checked(from, c)
	if err != nil {
		return secretText{}, err
	}
	if output == "" || output == from.Format {
		r.interpolation(from, data, c.at)
		return r.asItIs(from.Format, c, data)
	}
	names, err := r.parsed(from.Format, c, data)
	if err != nil {
		return secretText{}, err
	}
	value, err := converted(names, output)
	if err != nil {
		return secretText{}, &spec.Error{At: o.here(), Path: dotted(o.pointer), Message: fmt.Sprintf("%s cannot be stored as %s: %v", c.what, output, err),
			Hint: "store it as it is, or as json", Cause: err}
	}
	return secretText{value: value, keys: names.Names()}, nil
}

func converted(m mapping.Mapping, output string) (spec.Secret, error) {
	if output == "dotenv" {
		return m.Dotenv()
	}
	return m.JSON()
}

// asItIs is what is stored byte for byte.
func (r *resolver) asItIs(format string, c content, data []byte) (secretText, error) {
	text := secretText{value: spec.NewSecret(string(data))}
	if format == "text" || format == "binary" {
		return text, nil
	}
	var err error
	if text.keys, err = dotenv.Keys(dotenv.Format(format), data); err != nil {
		return text, malformed(format, c, err)
	}
	if format == "json" {
		r.repeated(c, data)
	}
	return text, nil
}

// checked is the content without what trim leaves out, after a look at whether
// it can be what its format says.
func (r *resolver) checked(s spec.Source, c content) ([]byte, error) {
	if s.Format == "binary" {
		return c.data, nil
	}
	if err := isText(c); err != nil {
		return nil, err
	}
	data := c.data
	if s.Trim {
		data = bytes.TrimRightFunc(data, unicode.IsSpace)
	}
	if s.Format != "dotenv" {
		return data, nil
	}
	problems := dotenv.Parse(data).Check("")
	for _, p := range problems {
		p.At = c.at(p.At.Line, p.At.Column)
	}
	return data, problems.OrNil()
}

// parsed is the content as names and values.
func (r *resolver) parsed(format string, c content, data []byte) (m mapping.Mapping, err error) {
	switch format {
	case "dotenv":
		return mapping.FromDotenv(dotenv.Parse(data).Entries)
	case "json":
		m, err = mapping.FromJSON(data)
		r.repeated(c, data)
	default:
		m, err = mapping.FromYAML(data)
	}
	if err != nil {
		return nil, malformed(format, c, err)
	}
	return m, nil
}

// isText refuses a source that no process could read as text.
func isText(c content) error {
	if i := bytes.IndexByte(c.data, 0); i >= 0 {
		return &spec.Error{At: c.at(dotenv.Place(c.data, i)), Message: c.what + " holds a NUL byte", Hint: "a secret that a process reads as text has none"}
	}
	if !utf8.Valid(c.data) {
		return &spec.Error{At: c.at(dotenv.Place(c.data, validUpTo(c.data))), Message: c.what + " is not valid UTF-8", Hint: "save it as UTF-8"}
	}
	return nil
}

func malformed(format string, c content, err error) error {
	line, column, message := 1, 1, err.Error()
	var syntax *dotenv.SyntaxError
	if errors.As(err, &syntax) {
		line, column, message = syntax.Line, syntax.Column, syntax.Message
	}
	return &spec.Error{At: c.at(line, column), Message: fmt.Sprintf("%s is not %s: %s", c.what, format, message), Hint: "say what it is in from.format"}
}

// repeated warns of names that a JSON source has twice.
func (r *resolver) repeated(c content, data []byte) {
	again := dotenv.Repeated(data)
	for _, key := range slices.Sorted(maps.Keys(again)) {
		r.warn(c.at(dotenv.Place(data, again[key])), key, "remove one of them", "the name is in this JSON twice, and the process sees the last value alone")
	}
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

// interpolation warns of what python-dotenv expands in the running task.
func (r *resolver) interpolation(from spec.Source, data []byte, at func(line, column int) spec.Position) {
	if from.Format != "dotenv" {
		return
	}
	for _, e := range dotenv.Parse(data).Entries {
		if e.Interpolates {
			r.warn(at(e.Line, 1), e.Key, "python-dotenv has no escape for it; `output: json` keeps the text as it is",
				"proc_wrapper expands ${…} in this value, even in single quotes")
		}
	}
}
