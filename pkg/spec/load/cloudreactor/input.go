// Package cloudreactor reads deploy_config folders written for CloudReactor's
// deployer, of schema 4 and of the schemas before it.
//
// It guarantees what that deployer's code does, not what its documentation
// says: the same merge order, expressions, names and defaults. Where the
// deployer has a defect, the result is what was plainly meant. It reads
// nothing itself; all files come through Input.
package cloudreactor

import (
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// RunEnvironment is where an environment is; "" is what is not known.
type RunEnvironment struct{ AccountID, Region, ExecutionRoleARN string }

// Input is a folder as far as it is read.
type Input struct {
	Common, Stem *yaml11.Node // vars/common.yml and vars/<stem>.yml
	StemName     string       // CONFIG_FILENAME_STEM, else the environment
	Environment  string
	Env          func(name string) (string, bool)
	Expressions  expr.Options
	Signature    func() (string, error) // version signature; asked only when needed
	Images       map[string]string      // --image by task; "" is for every other task
	Region       string                 // of the process's environment; may be empty
	// RunEnvironment is what CloudReactor's server would say of the environment
	// and reconciler.yaml says instead. The files' own settings win over it.
	RunEnvironment RunEnvironment
	Folder         string // deploy_config, absolute
	WorkDir        string // absolute
	// Hooks parses hooks/<name>.yml; nil without such a file.
	Hooks func(name string) (*yaml11.Node, error)
	// Read yields a file by its path in the folder, decrypted when the whole of
	// it is a vault text.
	Read func(file string, at spec.Position) (data []byte, encrypted bool, err error)
}
