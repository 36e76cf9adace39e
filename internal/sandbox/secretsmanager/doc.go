// Package secretsmanager plays AWS Secrets Manager in one region.
//
// It guarantees what AWS documents of versions and staging labels: a version's
// value never changes; a token names one version; each label sits on at most one
// version; AWSCURRENT leaves AWSPREVIOUS behind; and a label moves only from the
// version that the caller says it is on. The words of its refusals are AWS's.
package secretsmanager

import (
	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// Backend is Secrets Manager in one account and region. It is not safe for
// concurrent use; the frame serves one call at a time.
type Backend struct {
	// Peer is Secrets Manager in another region, for replicas. Unset, no
	// region can hold a replica.
	Peer func(region string) *Backend
	// KMSKeys are the customer managed keys that exist: ids, ARNs, aliases, or
	// "*" for any of good form. The key aws/secretsmanager always exists.
	KMSKeys []string
	// MayRead refuses to read one secret of a batch. Unset, all may be read.
	MayRead func(id string) error

	env   *awsenv.Env
	state State
}

// New makes a Secrets Manager without secrets.
func New(env *awsenv.Env) *Backend {
	return &Backend{env: env, state: State{Secrets: map[string]*Secret{}}}
}

// State is the backend's whole memory, a *State that survives encoding/json.
func (b *Backend) State() any { return &b.state }

func invalidParameter(format string, args ...any) *awserr.Error {
	return awserr.New("InvalidParameterException", format, args...)
}

func invalidRequest(format string, args ...any) *awserr.Error {
	return awserr.New("InvalidRequestException", format, args...)
}

func notFound(format string, args ...any) *awserr.Error {
	return awserr.New("ResourceNotFoundException", format, args...)
}
