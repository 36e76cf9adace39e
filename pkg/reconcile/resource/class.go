package resource

import (
	"errors"
	"fmt"
)

// Class says what kind of failure an error is, and so what to do about it.
type Class string

// The classes.
const (
	Terminal  Class = "terminal"  // trying again will not help
	Retryable Class = "retryable" // a passing failure
	Throttled Class = "throttled" // AWS asked us to slow down
	NotFound  Class = "not_found" // the object is gone
	Conflict  Class = "conflict"  // the object is somebody else's, or moved under us
)

// Error is a failure with its class and a way out. It never holds a secret.
type Error struct {
	Class   Class
	Message string
	Hint    string // what the user can do; may be empty
	Cause   error  // may be nil
}

// Error is the message, the cause and the hint.
func (e *Error) Error() string {
	text := e.Message
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Conflictf is a conflict with a hint.
func Conflictf(hint, format string, args ...any) *Error {
	return &Error{Class: Conflict, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// ClassOf finds the class of the outermost Error in err's chain, Terminal when
// there is none.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return Terminal
}
