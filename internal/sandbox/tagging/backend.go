package tagging

import (
	"maps"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// Source lists the resources of one backend that have, or once had, tags: tags
// by key, by ARN. Tags are asked for where they are needed alone: a list has many
// pages, and each looks at all that there is.
type Source func() map[string]func() map[string]string

// State is empty: everything that is tagged lies in other backends.
type State struct{}

// Backend is the tagging API of one account and region.
type Backend struct {
	// Owners change tags. What a source lists and no owner has can be found,
	// but not tagged.
	Owners []Owner

	env     *awsenv.Env
	sources []Source
	state   State
}

// New makes a tagging API over backends of the same account and region. AWS's
// covers every service here but IAM, whose roles it does not find.
func New(env *awsenv.Env, sources ...Source) *Backend { return &Backend{env: env, sources: sources} }

// State is the backend's whole memory, which is empty.
func (b *Backend) State() any { return &b.state }

// tagged unites what the sources list.
func (b *Backend) tagged() map[string]func() map[string]string {
	out := map[string]func() map[string]string{}
	for _, source := range b.sources {
		maps.Copy(out, source())
	}
	return out
}

func invalidParameter(format string, args ...any) *awserr.Error {
	return awserr.New("InvalidParameterException", format, args...)
}
