package manifest

import "ecs-reconciler/pkg/spec"

// Project is the document in reconciler.yaml.
type Project struct {
	APIVersion string      `json:"apiVersion"`
	Kind       string      `json:"kind"`
	Metadata   Metadata    `json:"metadata"`
	Spec       ProjectSpec `json:"spec"`
}

// ProjectSpec holds what all tasks share.
type ProjectSpec struct {
	RequiredVersion string                 `json:"required_version,omitempty"` // such as ">= 0.1"
	Environments    map[string]Environment `json:"environments,omitempty"`
	Variables       map[string]any         `json:"variables,omitempty"` // for expressions
}

// Environment is one place that tasks are deployed to.
type Environment struct {
	AccountID     string `json:"account_id,omitempty"` // twelve digits
	Region        string `json:"region,omitempty"`
	AssumeRoleARN string `json:"assume_role_arn,omitempty"`
	// AssumeRoleExternalID and AssumeRoleSessionTags are sent when a role is
	// assumed, whatever names it.
	AssumeRoleExternalID  string            `json:"assume_role_external_id,omitempty"`
	AssumeRoleSessionTags map[string]string `json:"assume_role_session_tags,omitempty"`
	// ExecutionRoleARN, as ARN or name, is that of CloudReactor's tasks whose
	// files name none: what its Run Environment would tell.
	ExecutionRoleARN string              `json:"execution_role_arn,omitempty"`
	OnSecretChange   spec.OnSecretChange `json:"on_secret_change,omitempty"` // of tasks that do not say
	TrustedAccounts  []string            `json:"trusted_accounts,omitempty"` // other accounts whose ARNs may be referred to
	Tags             map[string]string   `json:"tags,omitempty"`
	Variables        map[string]any      `json:"variables,omitempty"` // for expressions; win over the project's
}
