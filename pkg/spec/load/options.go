package load

import (
	"context"

	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
)

// Options say what to load, and hold everything of the process that loading
// may see.
type Options struct {
	Dir         string                           // the deploy_config folder; "" searches upward from WorkDir
	WorkDir     string                           // absolute
	Environment string                           // such as staging
	Env         func(name string) (string, bool) // the process's environment
	Images      map[string]string                // image by task; "" is for every other task
	Region      string                           // where the spec names none; may be empty
	Account     string                           // where the spec names none; may be empty
	// ExecutionRole is that of CloudReactor's tasks where neither their files
	// nor reconciler.yaml name one; may be empty.
	ExecutionRole string
	Version       string // this program's, for required_version
	// Passwords yields the vault passwords. It is asked at most once, and only
	// when something is encrypted.
	Passwords func(context.Context) ([]ansiblevault.Password, error)
	// Keys yields git-crypt's keys for the files of a folder, absolute. It is
	// asked only when a file is locked.
	Keys func(folder string) ([]gitcrypt.Key, error)
	// Sources reads what secrets are made of outside of the project; nil leaves
	// those secrets without their values.
	Sources Sources
	// Asked tells by its name whether the value of a secret or parameter is
	// wanted from Sources and the process's environment; nil for all.
	Asked func(name string) bool
	// Signature yields the version signature, such as a git commit, when
	// CLOUDREACTOR_TASK_VERSION_SIGNATURE is not set. It is asked only when an
	// expression or an image needs it.
	Signature func(context.Context) (string, error)
}
