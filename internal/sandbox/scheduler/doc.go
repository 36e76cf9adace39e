// Package scheduler plays Amazon EventBridge Scheduler in one region. It keeps
// schedules and never runs them.
//
// It guarantees that a schedule which AWS refuses for its expression, its zone,
// its window, its target or its role is refused, that an update replaces all that
// a schedule is, and that schedules carry no tags: groups do. The words of its
// refusals are AWS's where AWS's are known.
package scheduler

import (
	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// Backend is EventBridge Scheduler in one account and region. It is not safe for
// concurrent use; the frame serves one call at a time.
type Backend struct {
	// Assumable, when set, is asked for a target's role: whether the service may
	// assume it on behalf of a schedule of this group.
	Assumable func(roleARN, groupARN string) bool
	// KMSKeys are the customer managed keys that exist: ids, ARNs, aliases, or
	// "*" for any of good form.
	KMSKeys []string

	env   *awsenv.Env
	state State
}

// New makes a Scheduler with the group that every account has.
func New(env *awsenv.Env) *Backend {
	return &Backend{env: env, state: State{Groups: map[string]*Group{}, Schedules: map[string]*Schedule{}}}
}

// State is the backend's whole memory, a *State that survives encoding/json.
func (b *Backend) State() any { return &b.state }

func invalid(format string, args ...any) *awserr.Error {
	return awserr.New("ValidationException", format, args...)
}

func notFound(format string, args ...any) *awserr.Error {
	return awserr.New("ResourceNotFoundException", format, args...)
}

func conflict(format string, args ...any) *awserr.Error {
	return awserr.New("ConflictException", format, args...)
}
