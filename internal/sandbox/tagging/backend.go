package tagging

import (
	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// Source yields the resources of one backend that have, or once had, tags: the
// ARN, and tags by key. Tags are asked for where they are needed alone: a list
// has many pages, and each looks at all that there is.
type Source func(yield func(arn string, tags func() map[string]string) bool)

// Few is the source of a backend that lists its few resources: tags by key, by
// ARN.
func Few(list func() map[string]map[string]string) Source {
	return func(yield func(string, func() map[string]string) bool) {
		for arn, tags := range list() {
			if !yield(arn, func() map[string]string { return tags }) {
				return
			}
		}
	}
}

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

// tagged yields what the sources do.
func (b *Backend) tagged(yield func(arn string, tags func() map[string]string) bool) {
	for _, source := range b.sources {
		for arn, tags := range source {
			if !yield(arn, tags) {
				return
			}
		}
	}
}

func invalidParameter(format string, args ...any) *awserr.Error {
	return awserr.New("InvalidParameterException", format, args...)
}
