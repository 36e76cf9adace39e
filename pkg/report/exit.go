package report

import (
	"context"
	"errors"
	"strings"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/spec"
)

// The exit codes of the program.
const (
	ExitDone        = 0
	ExitFailed      = 1   // failed, or partly
	ExitChanges     = 2   // plan --detailed-exitcode: changes are pending
	ExitBadInput    = 64  // bad usage or bad spec
	ExitInterrupted = 130 // stopped by a signal
)

// PlanExit is the exit code of a plan that was made.
func PlanExit(d plan.Document, detailed bool) int {
	for _, e := range d.Changes {
		if e.Error != nil {
			return ExitFailed
		}
	}
	s := d.Summary
	if detailed && s.Create+s.Update+s.Replace+s.Delete > 0 {
		return ExitChanges
	}
	return ExitDone
}

// OutcomeExit is the exit code of an apply that was carried out. An object that
// was skipped because another failed is a failure, one that a policy holds back
// is none.
func OutcomeExit(o Outcome, interrupted bool) int {
	if interrupted {
		return ExitInterrupted
	}
	for _, r := range o.Results {
		if r.Status != apply.Done && r.Held == "" {
			return ExitFailed
		}
	}
	return ExitDone
}

// UsageError is a command that was called wrongly.
type UsageError struct{ Message, Hint string }

// Error is the message and the hint.
func (e *UsageError) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// ErrorExit is the exit code of a command that ended in err.
func ErrorExit(err error) int {
	var one *spec.Error
	var many spec.Errors
	var usage *UsageError
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &one), errors.As(err, &many), errors.As(err, &usage):
		return ExitBadInput
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	default:
		return ExitFailed
	}
}

func withoutHint(text, hint string) string {
	if hint == "" {
		return text
	}
	return strings.TrimSuffix(text, " ("+hint+")")
}
