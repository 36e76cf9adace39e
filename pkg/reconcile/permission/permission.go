// Package permission writes the least IAM policy with which a caller can plan
// or apply one deployment.
//
// It guarantees that every operation reconciler sends is allowed, that every
// write is narrowed to what the deployment declares, and nothing else.
package permission

import (
	"cmp"
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

// For is the policy that a use of d needs, with every resource by its name. d
// tells its account, region and partition. Passwords are the addresses that
// vault passwords are fetched from: s3://BUCKET/KEY or secretsmanager:NAME.
func For(d *spec.Deployment, use Use, passwords ...string) Policy {
	return newWriter(d, passwords).policy(use)
}

func (w *writer) policy(use Use) Policy {
	p := Policy{Version: "2012-10-17"}
	p.add(w.list(), w.describe(), w.readValues(), w.readParameters(), w.readPolicies())
	p.add(w.encrypted("Read", "kms:Decrypt")...)
	p.add(w.decryptParameters()...)
	p.add(w.readPasswords())
	p.add(w.readSources()...)
	if use == Plan {
		return p
	}
	p.add(w.writeSecrets(), w.writeParameters(), w.writeRoles(), w.writeTaskDefinitions(), w.passRoles(), w.redeploy(), w.retire(), w.prune())
	p.add(w.replicate(), w.rekeyReplicas(), w.writePolicies())
	p.add(w.encryptReplicas()...)
	p.add(w.encrypted("Write", "kms:Encrypt", "kms:GenerateDataKey")...)
	p.add(w.encryptParameters()...)
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

// writer holds what d declares as resources of IAM.
type writer struct {
	d                                            *spec.Deployment
	secrets, parameters, roles, families, passed []string
	passwords                                    []string // addresses
}

func newWriter(d *spec.Deployment, passwords []string) *writer {
	w := &writer{d: d, passwords: passwords}
	for _, s := range d.Secrets {
		w.secrets = append(w.secrets, w.secret(s.Name))
	}
	for _, p := range d.Parameters {
		w.parameters = append(w.parameters, w.parameter(p.Name))
	}
	for _, r := range d.Roles {
		w.roles = append(w.roles, r.ARN)
	}
	for _, t := range d.Tasks {
		if family, ok := t.TaskDefinition["family"].(string); ok {
			w.families = append(w.families, w.arn("ecs", d.Region, "task-definition/"+family+":*"))
		}
	}
	w.passed = w.rolesOfTasks()
	return w
}

// anySuffix is the six characters that follow every secret's name (AWS Secrets
// Manager, "Resource ARN").
const anySuffix = "-??????"

func (w *writer) secret(name string) string {
	return w.arn("secretsmanager", w.d.Region, "secret:"+name+anySuffix)
}

func (w *writer) arn(service, region, resource string) string {
	return spec.ARN{Partition: w.d.Partition, Service: service, Region: region, AccountID: w.d.AccountID, Resource: resource}.String()
}

// list is what takes no narrower resource (AWS Service Authorization Reference).
func (w *writer) list() Statement {
	return allow("List", []string{
		"ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:DescribeTasks", "ecs:ListClusters", "ecs:ListServices", "ecs:ListTaskDefinitions", "ecs:ListTasks",
		"events:ListRuleNamesByTarget", "events:ListTargetsByRule",
		"iam:GetAccountAuthorizationDetails", "iam:ListRoles",
		"scheduler:GetSchedule", "scheduler:ListSchedules",
		"secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets",
		"ssm:DescribeParameters",
		"tag:GetResources",
	}, "*")
}

// describe is of every role, secret and parameter, since what is no longer declared is
// looked at before it is pruned. It shows no value.
func (w *writer) describe() Statement {
	return allow("Describe", []string{
		"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies",
		"secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds", "ssm:ListTagsForResource",
	}, w.anything()...)
}

// anything is every role, secret and parameter of the account.
func (w *writer) anything() []string {
	return []string{w.arn("iam", "", "role/*"), w.arn("secretsmanager", w.d.Region, "secret:*"), w.parameter("*")}
}

func (w *writer) readValues() Statement {
	return allow("ReadValues", []string{"secretsmanager:GetSecretValue"}, w.managedSecrets()...)
}

// managedSecrets are the declared ones and the fingerprint key.
func (w *writer) managedSecrets() []string {
	if len(w.secrets) == 0 {
		return nil
	}
	return append(slices.Clone(w.secrets), w.secret(spec.FingerprintKeyName(w.d.Owner())))
}

// encrypted allows actions on the keys that secrets are encrypted with; a
// changed key needs kms:Encrypt too, or the versions that are there keep the
// former one (AWS Secrets Manager, UpdateSecret).
func (w *writer) encrypted(sid string, actions ...string) []Statement {
	var ids []string
	for _, s := range w.d.Secrets {
		ids = append(ids, text(s.KMSKeyID))
	}
	return w.keys(sid+"Encrypted", actions, ids)
}

// keys allows actions on keys. IAM takes no alias for a resource, so those are
// a condition (AWS KMS, "Use aliases to control access").
func (w *writer) keys(sid string, actions, ids []string) []Statement {
	var keys, aliases []string
	for _, id := range ids {
		_, alias, named := strings.Cut(":"+id, ":alias/")
		switch {
		case id == "":
		case named:
			aliases = append(aliases, "alias/"+alias)
		case strings.HasPrefix(id, "arn:"):
			keys = append(keys, id)
		default:
			keys = append(keys, w.arn("kms", w.d.Region, "key/"+id))
		}
	}
	statements := []Statement{allow(sid, actions, unique(keys)...)}
	if len(aliases) > 0 {
		byAlias := allow(sid+"ByAlias", actions, w.arn("kms", w.d.Region, "key/*"))
		byAlias.Condition = map[string]map[string][]string{"ForAnyValue:StringEquals": {"kms:ResourceAliases": unique(aliases)}}
		statements = append(statements, byAlias)
	}
	return statements
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func unique(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

func (w *writer) writeSecrets() Statement {
	return allow("WriteSecrets", []string{
		"secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:RestoreSecret",
		"secretsmanager:TagResource", "secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage",
	}, w.managedSecrets()...)
}

func (w *writer) writeRoles() Statement {
	return allow("WriteRoles", []string{
		"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy",
		"iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole",
		"iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
	}, w.roles...)
}

func (w *writer) writeTaskDefinitions() Statement {
	return allow("WriteTaskDefinitions", []string{"ecs:RegisterTaskDefinition", "ecs:TagResource"}, w.families...)
}

// redeploy is of services that AWS names: those of the cluster that the spec
// names for a task, else any.
func (w *writer) redeploy() Statement {
	var services []string
	for _, t := range w.d.Tasks {
		if t.OnSecretChange == spec.SecretChangeRedeploy {
			services = append(services, w.arn("ecs", w.d.Region, "service/"+cmp.Or(clusterOf(t), "*")+"/*"))
		}
	}
	return allow("Redeploy", []string{"ecs:UpdateService"}, unique(services)...)
}

// clusterOf is the name of the cluster that the spec gives a task; "" without.
func clusterOf(t spec.Task) string {
	for _, doc := range []spec.Document{t.Service, t.Schedule} {
		if cluster, ok := doc["cluster"].(string); ok && cluster != "" {
			return cluster[strings.LastIndex(cluster, "/")+1:]
		}
	}
	return ""
}

// retire has no narrower resource, nor a condition, unlike a registration (AWS
// Service Authorization Reference, Amazon ECS).
func (w *writer) retire() Statement {
	return allow("RetireTaskDefinitions", []string{"ecs:DeregisterTaskDefinition"}, "*")
}

// prune lets go of what carries our owner tag, whether or not it is declared.
func (w *writer) prune() Statement {
	s := allow("Prune", []string{
		"iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
		"secretsmanager:DeleteSecret", "secretsmanager:RemoveRegionsFromReplication", "ssm:DeleteParameter",
	}, w.anything()...)
	s.Condition = map[string]map[string][]string{"StringEquals": {"aws:ResourceTag/" + spec.TagOwner: {w.d.Owner()}}}
	return s
}

// passRoles lets task definitions name their roles, and nothing else be given
// them.
func (w *writer) passRoles() Statement {
	s := allow("PassRoles", []string{"iam:PassRole"}, w.passed...)
	s.Condition = map[string]map[string][]string{"StringEquals": {"iam:PassedToService": {"ecs-tasks.amazonaws.com"}}}
	return s
}

func (w *writer) rolesOfTasks() []string {
	var roles []string
	for _, t := range w.d.Tasks {
		if t.TaskDefinition == nil {
			continue
		}
		for _, role := range []any{t.RoleARN, t.TaskDefinition["taskRoleArn"], t.TaskDefinition["executionRoleArn"]} {
			if name, ok := role.(string); ok && name != "" {
				roles = append(roles, w.role(name))
			}
		}
	}
	return unique(roles)
}

// role is the ARN of a role, which a task definition may name by that alone.
func (w *writer) role(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return w.arn("iam", "", "role/"+name)
}
