package terraform

import (
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// Options say what is not in a state.
type Options struct {
	Environment string // the one that the state is of
	Project     string // its name
}

// Result is what a state declares.
type Result struct {
	Project manifest.Project
	Tasks   []manifest.Task // sorted by name
	Values  []Value         // what is secret in them, in that order
	Remarks []Remark        // what is not taken over, or not quite
}

// Value is a text of a state that must not be written in the clear.
type Value struct {
	Secret   string // the secret that has it; "" for a variable
	File     string // where the secret's source belongs, relative to deploy_config
	Variable string // the variable of reconciler.yaml that has it; "" for a secret
	At       string // address and attribute in the state
	Text     spec.Secret
}

// Remark is about one resource of the state, or several of one type.
type Remark struct{ Address, Message string }

// String is the remark as a line.
func (r Remark) String() string { return r.Address + ": " + r.Message }
