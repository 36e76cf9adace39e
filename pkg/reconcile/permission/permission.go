// Package permission writes the least IAM policy with which a caller can plan
// or apply one deployment.
//
// It guarantees that every operation reconciler sends is allowed, that every
// write is narrowed to what the deployment declares, and nothing else.
package permission

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// Use is what the policy is for.
type Use string

// The uses. A daemon needs what apply needs.
const (
	Plan   Use = "plan"
	Apply  Use = "apply"
	Daemon Use = "daemon"
)

// Policy is an IAM policy document.
type Policy struct {
	Version   string
	Statement []Statement
}

// Statement is one statement of a Policy.
type Statement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string `json:",omitempty"`
}

// For is the policy that a use of d needs. d tells its account, region and
// partition.
func For(d *spec.Deployment, use Use) Policy {
	w := writer{d}
	p := Policy{Version: "2012-10-17", Statement: []Statement{
		allow("ReadLists", []string{
			"ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions",
			"iam:GetAccountAuthorizationDetails", "iam:ListRoles",
			"secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets", "tag:GetResources",
		}, "*"),
	}}
	p.add(allow("ReadSecrets", []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, w.secrets()...))
	p.add(w.decrypt())
	if use == Plan {
		return p
	}
	p.add(w.writeSecrets(), w.writeRoles(), w.writeTaskDefinitions(), w.passRoles())
	p.add(w.encrypt())
	return p
}

func allow(sid string, actions []string, resources ...string) Statement {
	return Statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources}
}

// add leaves out statements that would speak of nothing.
func (p *Policy) add(statements ...Statement) {
	for _, s := range statements {
		if len(s.Resource) > 0 {
			p.Statement = append(p.Statement, s)
		}
	}
}

type writer struct{ d *spec.Deployment }

func (w writer) arn(service, region, resource string) string {
	return spec.ARN{Partition: w.d.Partition, Service: service, Region: region, AccountID: w.d.AccountID, Resource: resource}.String()
}

// secrets are the managed ones and the fingerprint key. Six characters follow
// every name (AWS Secrets Manager, "Resource ARN").
func (w writer) secrets() []string {
	var out []string
	for _, s := range w.d.Secrets {
		out = append(out, w.arn("secretsmanager", w.d.Region, "secret:"+s.Name+"-??????"))
	}
	if len(out) > 0 {
		out = append(out, w.arn("secretsmanager", w.d.Region, "secret:"+spec.FingerprintKeyName(w.d.Owner())+"-??????"))
	}
	return out
}

func (w writer) keys() []string {
	var out []string
	for _, s := range w.d.Secrets {
		if s.KMSKeyID != nil && strings.HasPrefix(*s.KMSKeyID, "arn:") {
			out = append(out, *s.KMSKeyID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (w writer) decrypt() Statement {
	return allow("ReadEncrypted", []string{"kms:Decrypt"}, w.keys()...)
}

func (w writer) encrypt() Statement {
	return allow("WriteEncrypted", []string{"kms:GenerateDataKey"}, w.keys()...)
}

func (w writer) writeSecrets() Statement {
	return allow("WriteSecrets", []string{
		"secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:PutSecretValue",
		"secretsmanager:RestoreSecret", "secretsmanager:TagResource", "secretsmanager:UntagResource",
		"secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage",
	}, w.secrets()...)
}

func (w writer) roles() []string {
	var out []string
	for _, r := range w.d.Roles {
		out = append(out, r.ARN)
	}
	return out
}

func (w writer) writeRoles() Statement {
	return allow("WriteRoles", []string{
		"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy",
		"iam:DetachRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole",
		"iam:ListRolePolicies", "iam:ListRoleTags", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole",
		"iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
	}, w.roles()...)
}

func (w writer) writeTaskDefinitions() Statement {
	var families []string
	for _, t := range w.d.Tasks {
		if family, ok := t.TaskDefinition["family"].(string); ok {
			families = append(families, w.arn("ecs", w.d.Region, "task-definition/"+family+":*"))
		}
	}
	return allow("WriteTaskDefinitions", []string{"ecs:DeregisterTaskDefinition", "ecs:RegisterTaskDefinition", "ecs:TagResource"}, families...)
}

// passRoles lets task definitions name their roles, and nothing else be given
// them.
func (w writer) passRoles() Statement {
	var roles []string
	for _, t := range w.d.Tasks {
		for _, key := range []string{"taskRoleArn", "executionRoleArn"} {
			if arn, ok := t.TaskDefinition[key].(string); ok && arn != "" {
				roles = append(roles, arn)
			}
		}
	}
	slices.Sort(roles)
	s := allow("PassRoles", []string{"iam:PassRole"}, slices.Compact(roles)...)
	s.Condition = map[string]map[string][]string{"StringEquals": {"iam:PassedToService": {"ecs-tasks.amazonaws.com"}}}
	return s
}
