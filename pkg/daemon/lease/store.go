package lease

import (
	"context"
	"fmt"
)

// Store keeps records, and writes one only over the version that was seen.
type Store interface {
	// List reads every record, each as new as it is.
	List(ctx context.Context) ([]Record, error)
	// Put writes r if the record's version is seen, or, where seen is "", if
	// there is none. It fails with a *ConflictError if not. After any other
	// failure the record may have been written.
	Put(ctx context.Context, r Record, seen string) error
	// Delete removes a record of the version that was seen.
	Delete(ctx context.Context, key, seen string) error
}

// ConflictError is a write that was not made: the record is another one.
type ConflictError struct {
	Key string
	Now *Record // nil if there is none
}

// Error names who has the record.
func (e *ConflictError) Error() string {
	if e.Now == nil {
		return fmt.Sprintf("%s is gone", e.Key)
	}
	return fmt.Sprintf("%s was written by %s", e.Key, e.Now.Owner)
}

// SetupError is a table that cannot be used as it is.
type SetupError struct {
	Message string
	Hint    string
	Cause   error
}

// Error says what is wrong and what to do.
func (e *SetupError) Error() string { return fmt.Sprintf("%s: %v\n%s", e.Message, e.Cause, e.Hint) }

// Unwrap is what AWS said.
func (e *SetupError) Unwrap() error { return e.Cause }
