// Package ssm plays the Parameter Store of AWS Systems Manager in one region.
//
// It guarantees what AWS documents of parameters: every put makes a version, of
// which the newest hundred stay; a label sits on one version; a parameter keeps
// its type, and its tier never sinks; and the text of a SecureString is told to
// nobody who does not ask for its decryption. The words of its refusals are
// AWS's.
package ssm

import (
	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// Backend is the Parameter Store in one account and region. It is not safe for
// concurrent use; the frame serves one call at a time.
type Backend struct {
	// KMSKeys are the customer managed keys that exist: ids, ARNs, aliases, or
	// "*" for any of good form. The key aws/ssm always exists.
	KMSKeys []string

	env   *awsenv.Env
	state State
}

// New makes a Parameter Store without parameters.
func New(env *awsenv.Env) *Backend {
	return &Backend{env: env, state: State{Parameters: map[string]*Parameter{}}}
}

// State is the backend's whole memory, a *State that survives encoding/json.
func (b *Backend) State() any { return &b.state }

func invalid(format string, args ...any) *awserr.Error {
	return awserr.New("ValidationException", format, args...)
}

// notFound has no words, as AWS's has none.
func notFound() *awserr.Error { return awserr.New("ParameterNotFound", "") }
