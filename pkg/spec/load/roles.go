package load

import (
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
)

// roles declares the task role and, where ECS itself reads the secrets, the
// execution role.
func (r *resolver) roles(from source.Task, t spec.Task) {
	arn, pointer := t.RoleARN, "/spec/role_arn"
	if written, ok := t.TaskDefinition["taskRoleArn"].(string); arn == "" && ok {
		arn, pointer = written, definition+"/taskRoleArn"
	}
	if arn == "" && from.Doc.Spec.Role != nil {
		r.complain(from.Place("/spec/role"), "spec.role", "set role_arn", "there are settings for a role, and no role_arn names it")
	}
	reads := slices.Concat(t.EnvLocations, r.further(from, t))
	if t.Inject == spec.InjectECSSecrets {
		reads = nil
	}
	r.unmanaged(from, arn, from.Doc.Spec.Role, "/spec/role")
	if arn != "" && managed(from.Doc.Spec.Role, true) {
		r.role(from, t, arn, pointer, from.Doc.Spec.Role, reads, "/role/")
	}
	r.executionRole(from, t)
}

func (r *resolver) executionRole(from source.Task, t spec.Task) {
	arn, _ := t.TaskDefinition["executionRoleArn"].(string)
	injects := t.Inject == spec.InjectECSSecrets && len(t.SecretRefs) > 0
	settings := from.Doc.Spec.ExecutionRole
	pointer := definition + "/executionRoleArn"
	if parsed, err := spec.ParseARN(arn); err == nil && r.d.AccountID != "" && parsed.AccountID != r.d.AccountID {
		r.warn(from.Place(pointer), dotted(pointer), "", fmt.Sprintf("the execution role is in account %s and this is %s: ECS takes a role of its own account alone", parsed.AccountID, r.d.AccountID))
	}
	r.unmanaged(from, arn, settings, "/spec/execution_role")
	switch {
	case injects && arn == "":
		r.complain(from.Place(definition), dotted(pointer), "ECS reads the secrets with it before the container starts", "inject: ecs_secrets needs an executionRoleArn")
	case arn == "" && settings != nil:
		r.complain(from.Place("/spec/execution_role"), "spec.execution_role", "set executionRoleArn in task_definition", "there are settings for an execution role, and none is named")
	case arn != "" && managed(settings, injects || settings != nil):
		var reads []spec.EnvLocation
		if injects {
			reads = t.EnvLocations
		}
		reads = slices.Concat(reads, r.granted(from, containersRead(t.TaskDefinition), reads))
		if settings == nil || settings.ManagedPolicies == nil {
			r.warn(from.Place(pointer), dotted(pointer), "list service-role/AmazonECSTaskExecutionRolePolicy in execution_role.managed_policies",
				fmt.Sprintf("if %s has to be made, it may read the secrets and nothing else: neither pull images from ECR nor write logs", arn))
		}
		r.role(from, t, arn, pointer, settings, reads, "/execution_role/")
	case injects:
		r.warn(from.Place(pointer), dotted(pointer), "", fmt.Sprintf("%s is not managed here: it must allow %s of %s", arn, readsOfRefs(t.SecretRefs), t.Name))
	}
}

// role declares one managed role, with the locations that it must let be read.
func (r *resolver) role(from source.Task, t spec.Task, text, pointer string, settings *manifest.Role, reads []spec.EnvLocation, ignore string) {
	at := from.Place(pointer)
	arn, err := spec.ParseARN(text)
	if err != nil {
		r.complain(from.Place(pointer), dotted(pointer), "", err.Error())
		return
	}
	path, name, err := arn.RoleName()
	if err != nil {
		r.complain(from.Place(pointer), dotted(pointer), "", err.Error())
		return
	}
	trusted := r.trusts(arn.AccountID) || ignore == "/execution_role/"
	if trusted && arn.AccountID != r.d.AccountID {
		r.complain(at, dotted(pointer), "only refer to it: manage: false under spec."+strings.Trim(ignore, "/"),
			fmt.Sprintf("the role is in account %s and cannot be converged from account %s", arn.AccountID, r.d.AccountID))
		return
	}
	m := spec.ManagedRole{ARN: text, Path: path, Name: name, Grant: true, Drift: t.Drift, Tasks: []string{t.Name}, At: at, Ignore: under(t.Ignore, ignore),
		TrustOnCreate: pointer == definition+"/executionRoleArn"}
	if settings != nil {
		r.settings(&m, *settings)
	}
	if m.Grant {
		r.grant(&m, reads)
	}
	base := "/spec" + strings.TrimSuffix(ignore, "/")
	r.policiesElsewhere(from, m, arn.Partition, base)
	if r.note(located(from, base, m.Check())) {
		r.note(located(from, base, r.d.AddRole(m)))
	}
}

func (r *resolver) settings(m *spec.ManagedRole, s manifest.Role) {
	m.Grant = s.GrantEnvLocations == nil || *s.GrantEnvLocations
	m.TrustPolicy, m.InlinePolicies = s.TrustPolicy, s.InlinePolicies
	m.TrustOnCreate = m.TrustOnCreate && s.TrustPolicy == nil
	if s.ManagedPolicies != nil {
		m.ManagedPolicies = append([]string{}, *s.ManagedPolicies...)
	}
	m.PermissionsBoundary, m.Description, m.MaxSessionDuration, m.Tags = s.PermissionsBoundary, s.Description, s.MaxSessionDuration, s.Tags
}

// policiesElsewhere refuses policies of another partition than the role's.
func (r *resolver) policiesElsewhere(from source.Task, m spec.ManagedRole, partition, base string) {
	check := func(text, pointer string) {
		if arn, err := spec.ParseARN(text); err == nil && arn.Partition != partition {
			r.complain(from.Place(pointer), dotted(pointer), "write arn:"+partition+":iam::…",
				fmt.Sprintf("the policy is in the partition %s, and the role %s in %s", arn.Partition, m.ARN, partition))
		}
	}
	for i, text := range m.ManagedPolicies {
		check(text, fmt.Sprintf("%s/managed_policies/%d", base, i))
	}
	if m.PermissionsBoundary != nil {
		check(*m.PermissionsBoundary, base+"/permissions_boundary")
	}
}

// grant names what the derived policy must allow.
func (r *resolver) grant(m *spec.ManagedRole, reads []spec.EnvLocation) {
	for _, l := range reads {
		loc, err := spec.ParseLocation(l.Location)
		if err != nil {
			continue // complained about where it stands
		}
		m.GrantLocations = append(m.GrantLocations, loc)
		if s, ok := r.d.Secret(l.Secret); ok && s.KMSKeyID != nil && *s.KMSKeyID != "" {
			m.GrantKMSKeys = append(m.GrantKMSKeys, *s.KMSKeyID)
		}
		if p, ok := r.d.Parameter(l.Parameter); ok && p.KMSKeyID != nil && *p.KMSKeyID != "" {
			m.GrantParameterKeys = append(m.GrantParameterKeys, *p.KMSKeyID)
		}
	}
}

// under keeps the pointers below prefix, as pointers into what stands there.
func under(pointers []string, prefix string) []string {
	var out []string
	for _, p := range pointers {
		if rest, ok := strings.CutPrefix(p, prefix); ok {
			out = append(out, "/"+rest)
		}
	}
	return out
}
