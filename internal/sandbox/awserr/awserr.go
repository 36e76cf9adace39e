// Package awserr holds a failure as AWS reports it, whatever the protocol.
//
// It guarantees that a backend states only what AWS states (a code, a message,
// a status and who is at fault) and that the protocol layer alone decides how
// those words are laid out in JSON or XML.
package awserr

import (
	"errors"
	"fmt"
	"net/http"
)

// Fault says whose mistake a failure is, in the words of the awsQuery protocol.
type Fault string

// The two faults that AWS knows. The zero value reads as Sender.
const (
	Sender   Fault = "Sender"
	Receiver Fault = "Receiver"
)

// Error is a failure as AWS reports it; the protocol layer writes it.
type Error struct {
	// Code is the error's shape name, such as ResourceNotFoundException.
	Code string
	// Message is what AWS would tell the caller. It never holds a secret.
	Message string
	// Status is the HTTP status; zero means 400, or 500 for a Receiver fault.
	Status int
	// Fault is Sender unless set.
	Fault Fault
}

// New makes a sender's fault of status 400.
func New(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// WithStatus returns a copy of the error with another HTTP status.
func (e *Error) WithStatus(status int) *Error {
	out := *e
	out.Status = status
	if status >= http.StatusInternalServerError {
		out.Fault = Receiver
	}
	return &out
}

// Error gives the code and the message on one line.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// HTTPStatus is the status to answer with.
func (e *Error) HTTPStatus() int {
	switch {
	case e.Status != 0:
		return e.Status
	case e.Fault == Receiver:
		return http.StatusInternalServerError
	default:
		return http.StatusBadRequest
	}
}

// WhoseFault is the fault, Sender when none was set.
func (e *Error) WhoseFault() Fault {
	if e.Fault == "" {
		return Sender
	}
	return e.Fault
}

// From finds the AWS failure in a chain of errors. Any other error becomes an
// InternalFailure (500), which is how AWS words its own defects.
func From(err error) *Error {
	var found *Error
	if errors.As(err, &found) {
		return found
	}
	return &Error{
		Code:    "InternalFailure",
		Message: err.Error(),
		Status:  http.StatusInternalServerError,
		Fault:   Receiver,
	}
}
