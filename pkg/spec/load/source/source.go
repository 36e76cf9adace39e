// Package source is what reading a project comes to, whichever way it is
// written: its tasks as manifests, and the secrets it uploads.
package source

import (
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// Project is everything that was read for one environment. What the project
// does not tell is empty.
type Project struct {
	Name            string
	AccountID       string
	Region          string
	AssumeRoleARN   string
	AssumeRole      spec.AssumeRole
	ExecutionRole   string              // ARN or name, where tasks name none
	OnSecretChange  spec.OnSecretChange // where tasks do not say
	TrustedAccounts []string
	Tags            map[string]string
	Tasks           []Task
	Uploads         []Upload
	Undeployed      []string // named, and not deployed in this environment
	Selected        []string // what TASK_NAMES names; nil for all
	Warnings        []spec.Warning
}

// Task is a manifest with the places its parts were written at.
type Task struct {
	Doc manifest.Task
	At  spec.Position
	// Place finds where a JSON pointer into the document was written, or the
	// nearest place above it; never nil.
	Place func(pointer string) spec.Position
	// Vaulted are JSON pointers into spec.task_definition of values that came
	// out of a vault.
	Vaulted []string
	// Sensitive tells whether what stands at a JSON pointer into the document
	// came out of a vault, so that no complaint may quote it; nil for never.
	Sensitive func(pointer string) bool
	// Outside tells whether what stands at a JSON pointer into the document was
	// looked up in the process's environment or in a file, so that no complaint
	// about it may quote it; nil for never.
	Outside func(pointer string) bool
	// Reads are places besides env_locations that the process reads by itself,
	// written alike; its role must allow it.
	Reads []string
	// Complete tells that the task definition already holds what inject and
	// role_arn would add, so that nothing is filled in.
	Complete bool
}

// Upload is a secret that a project stores by itself, before any task is
// registered. Tasks refer to it by name or ARN.
type Upload struct {
	Name   string
	Value  spec.Secret
	File   string // where the value was read from, relative to deploy_config; "" when it was made
	Format string // dotenv, json, yaml or text
	Tags   map[string]string
	At     spec.Position
	Tasks  []string // that are known to read it, besides those whose env_locations name it
	// Nil is unmanaged.
	Description, KMSKeyID *string
}
