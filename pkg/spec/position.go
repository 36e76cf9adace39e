package spec

import (
	"fmt"
	"strings"
)

// Position is a place in an input file. Line and Column count from 1; zero
// means unknown. File is the path as the user would type it.
type Position struct {
	File   string
	Line   int
	Column int
}

// String is file:line:column, without the parts that are unknown.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
}

// Error is one complaint about the input.
type Error struct {
	At      Position
	Path    string // in the document, dotted: spec.env_locations[1]; may be empty
	Message string
	Hint    string // what to do about it; may be empty
	Cause   error  // may be nil; its text is not repeated in the message
}

// Error is "file:line:column: path: message (hint)".
func (e *Error) Error() string {
	var b strings.Builder
	for _, part := range []string{e.At.String(), e.Path} {
		if part != "" {
			b.WriteString(part + ": ")
		}
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errors are all complaints about one input, in the order they were found.
type Errors []*Error

// Error is the complaints, one a line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a single complaint.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// OrNil is nil when there is no complaint, so that an empty list is no error.
func (es Errors) OrNil() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

// Warning is something in the input that is accepted but may not be meant.
type Warning struct {
	At      Position
	Path    string
	Message string
	Hint    string
}

// String has the form of an Error.
func (w Warning) String() string {
	return (&Error{At: w.At, Path: w.Path, Message: w.Message, Hint: w.Hint}).Error()
}
