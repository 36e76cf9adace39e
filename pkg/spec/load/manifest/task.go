package manifest

import "ecs-reconciler/pkg/spec"

// APIVersion is the only one there is.
const APIVersion = "ecs-reconciler/v1"

// The kinds of document.
const (
	KindProject = "Project"
	KindTask    = "Task"
)

// Task is one program that ECS runs.
type Task struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Spec       TaskSpec `json:"spec"`
}

// Metadata names a document.
type Metadata struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels,omitempty"`
}

// TaskSpec is what is wanted of a task. Keys that are AWS's blocks hold
// documents in AWS's camelCase.
type TaskSpec struct {
	Environments   []string      `json:"environments,omitempty"`  // default: all
	EnvLocations   []EnvLocation `json:"env_locations,omitempty"` // in the order the process reads them
	RoleARN        string        `json:"role_arn,omitempty"`
	Role           *Role         `json:"role,omitempty"`           // settings of role_arn
	ExecutionRole  *Role         `json:"execution_role,omitempty"` // settings of task_definition.executionRoleArn
	Inject         spec.Inject   `json:"inject,omitempty"`         // default: proc_wrapper
	TaskDefinition spec.Document `json:"task_definition,omitempty"`
	Service        spec.Document `json:"service,omitempty"`
	Schedule       spec.Document `json:"schedule,omitempty"`
	Drift          spec.Drift    `json:"drift,omitempty"` // default: correct
	// OnSecretChange; default: the environment's, and without that, report
	// in the run that changes the value.
	OnSecretChange spec.OnSecretChange `json:"on_secret_change,omitempty"`
	Ignore         []string            `json:"ignore,omitempty"`
}

// EnvLocation is a text that names a place, or an object that declares a
// managed secret or parameter: exactly one of the fields is set. In YAML the
// first form is a plain string; the JSON methods see to that.
type EnvLocation struct {
	Location  string
	Secret    *Secret
	Parameter *Parameter
}

// Secret declares a Secrets Manager secret that is converged to its source.
type Secret struct {
	Secret             string            `json:"secret"` // its name
	From               Source            `json:"from"`
	Output             string            `json:"output,omitempty"` // dotenv, json or binary: what it is converted to
	Description        *string           `json:"description,omitempty"`
	KMSKeyID           *string           `json:"kms_key_id,omitempty"`
	Replicas           *[]Replica        `json:"replicas,omitempty"`       // [] removes all
	ResourcePolicy     Removable         `json:"resource_policy,omitzero"` // null removes it
	Tags               map[string]string `json:"tags,omitempty"`
	RecoveryWindowDays *int              `json:"recovery_window_days,omitempty"`
	CreateOnly         bool              `json:"create_only,omitempty"`
	Drift              spec.Drift        `json:"drift,omitempty"`
}

// Parameter declares a parameter of Parameter Store that is converged to its
// source.
type Parameter struct {
	Parameter      string             `json:"parameter"` // its name
	From           Source             `json:"from"`
	Output         string             `json:"output,omitempty"`    // dotenv or json: what it is converted to
	Type           spec.ParameterType `json:"type,omitempty"`      // default: SecureString
	Sensitive      *bool              `json:"sensitive,omitempty"` // default: true; false lets plans show a String
	Tier           spec.ParameterTier `json:"tier,omitempty"`
	DataType       string             `json:"data_type,omitempty"`
	AllowedPattern *string            `json:"allowed_pattern,omitempty"`
	Description    *string            `json:"description,omitempty"`
	KMSKeyID       *string            `json:"kms_key_id,omitempty"`
	Tags           map[string]string  `json:"tags,omitempty"`
	CreateOnly     bool               `json:"create_only,omitempty"`
	Drift          spec.Drift         `json:"drift,omitempty"`
	// Variable is what the value becomes with inject: ecs_secrets; default: the
	// last part of the name.
	Variable string `json:"variable,omitempty"`
}

// Role is what is wanted of a role. What is absent is unmanaged.
type Role struct {
	Manage              *bool                    `json:"manage,omitempty"`              // default: true
	GrantEnvLocations   *bool                    `json:"grant_env_locations,omitempty"` // default: true
	TrustPolicy         spec.Document            `json:"trust_policy,omitempty"`
	InlinePolicies      map[string]spec.Document `json:"inline_policies,omitempty"` // null removes one
	ManagedPolicies     *[]string                `json:"managed_policies,omitempty"`
	PermissionsBoundary *string                  `json:"permissions_boundary,omitempty"` // "" removes it
	Description         *string                  `json:"description,omitempty"`
	MaxSessionDuration  *int32                   `json:"max_session_duration,omitempty"` // seconds
	Tags                map[string]string        `json:"tags,omitempty"`
}
