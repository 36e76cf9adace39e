package ecs

import (
	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// Backend is ECS in one account and region. It is not safe for concurrent use;
// the frame serves one call at a time.
type Backend struct {
	// CheckRole, when set, is asked for each role of a registration after its
	// form was checked, and for a service's: whether the caller may pass the
	// role to ECS. Its error is returned as it is.
	CheckRole func(roleARN string) error

	env   *awsenv.Env
	state State
}

// New makes an empty ECS.
func New(env *awsenv.Env) *Backend {
	return &Backend{env: env, state: State{
		Families: map[string]*Family{},
		Clusters: map[string]*Cluster{},
	}}
}

// State is the backend's whole memory, a *State that survives encoding/json.
func (b *Backend) State() any { return &b.state }

// clientError is how ECS refuses most of what the caller got wrong.
func clientError(format string, args ...any) *awserr.Error {
	return awserr.New("ClientException", format, args...)
}

// invalidParameter is how ECS refuses a parameter of the wrong form.
func invalidParameter(format string, args ...any) *awserr.Error {
	return awserr.New("InvalidParameterException", format, args...)
}

// resourceInUse is how ECS refuses to take away what something needs.
func resourceInUse(message string) *awserr.Error {
	return awserr.New("ResourceInUseException", "%s", message)
}

// firstError returns the first failure of checks that ran in AWS's order.
func firstError(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}
