package load

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

const (
	webRole  = "arn:aws:iam::012345678901:role/shop-web"
	execRole = "arn:aws:iam::012345678901:role/exec"
)

// TestRoleSettings: role_arn alone converges a role with the defaults.
func TestRoleSettings(t *testing.T) {
	web := func(lines ...string) *spec.Deployment {
		return files{"tasks/web.yaml": task("web", append([]string{definitionLine, "env_locations: ['AWS_SM:a.env']"}, lines...)...)}.mustLoad(t, process{})
	}
	role, ok := web(roleLine).Role(webRole)
	if !ok || !role.Grant || len(role.GrantLocations) != 1 || role.TrustPolicy != nil || role.TrustOnCreate || role.ManagedPolicies != nil || role.InlinePolicies != nil {
		t.Errorf("the defaults are %+v", role)
	}
	role, _ = web(roleLine, "role: {grant_env_locations: false, trust_policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: ecs-tasks.amazonaws.com}}]},",
		"  inline_policies: {gone: null}, managed_policies: [], permissions_boundary: '', description: d, max_session_duration: 7200, tags: {a: b}}").Role(webRole)
	if role.Grant || role.GrantLocations != nil || role.TrustPolicy["Version"] != "2012-10-17" {
		t.Errorf("trust and grant are %+v", role)
	}
	if policy, named := role.InlinePolicies["gone"]; !named || policy != nil {
		t.Error("a policy that is null is not marked for removal")
	}
	if role.ManagedPolicies == nil || len(role.ManagedPolicies) > 0 || *role.PermissionsBoundary != "" || *role.Description != "d" || *role.MaxSessionDuration != 7200 {
		t.Errorf("settings are %+v", role)
	}
	if d := web(roleLine, "role: {manage: false}"); len(d.Roles) != 0 {
		t.Errorf("manage: false leaves %v", d.Roles)
	}
	if d := web(); len(d.Roles) != 0 || d.Tasks[0].TaskDefinition["taskRoleArn"] != nil {
		t.Error("a task without a role has one")
	}
}

// TestRolesAreUnited: tasks that wear one role share it.
func TestRolesAreUnited(t *testing.T) {
	load := func(a, b string) files {
		return files{
			"tasks/a.yaml": task("a", roleLine, "env_locations: ['AWS_SM:a.env', 'AWS_SM:both.env']", a),
			"tasks/b.yaml": task("b", roleLine, "env_locations: ['AWS_SM:b.env', 'AWS_SM:both.env']", b),
		}
	}
	d := load("role: {description: d}", "role: {tags: {x: y}}").mustLoad(t, process{})
	role := d.Roles[0]
	var locations []string
	for _, l := range role.GrantLocations {
		locations = append(locations, l.Text)
	}
	if diff := cmp.Diff([]string{"AWS_SM:a.env", "AWS_SM:b.env", "AWS_SM:both.env"}, locations); diff != "" || len(d.Roles) != 1 {
		t.Errorf("what the role may read (-want +got):\n%s", diff)
	}
	if *role.Description != "d" || role.Tags["x"] != "y" || !cmp.Equal(role.Tasks, []string{"a", "b"}) {
		t.Errorf("united to %+v", role)
	}
	for _, pair := range [][2]string{{"role: {description: d}", "role: {description: e}"}, {"role: {max_session_duration: 3600}", "role: {max_session_duration: 7200}"},
		{"role: {tags: {x: y}}", "role: {tags: {x: z}}"}, {"role: {permissions_boundary: ''}", "role: {permissions_boundary: 'arn:aws:iam::aws:policy/x'}"},
		{"drift: report", "drift: ignore"}} {
		wantText(t, load(pair[0], pair[1]).complaints(t, process{}), "tasks/b.yaml:", `role "`+webRole+`" is given`, "tasks/a.yaml:5:13")
	}
}

// TestRoleComplaints: what cannot be is told with its place and its path.
func TestRoleComplaints(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  []string
	}{
		{[]string{"role: {description: d}"}, []string{"web.yaml:5:9: spec.role: there are settings for a role", "(set role_arn)"}},
		{[]string{"execution_role: {description: d}"}, []string{"web.yaml:5:19: spec.execution_role: there are settings", "(set executionRoleArn"}},
		{[]string{"role_arn: shop-web"}, []string{"web.yaml:5:13: spec.role_arn: ", "is not an ARN"}},
		{[]string{"role_arn: arn:aws:iam::999999999999:role/theirs"}, []string{"web.yaml:5:13: spec.role_arn: the role is in account 999999999999", "manage: false under spec.role"}},
		{[]string{roleLine, "role: {description: \"" + strings.Repeat("x", 1001) + "\"}"}, []string{"web.yaml:6:23: spec.role.description: ", "1001 characters"}},
		{[]string{roleLine, "role: {max_session_duration: 60}"}, []string{"web.yaml:6:32: spec.role.max_session_duration: "}},
		{[]string{roleLine, "role: {max_session_duration: 99999999999}"}, []string{"web.yaml:6:32: spec.role.max_session_duration: the number is too large"}},
		{[]string{roleLine, "task_definition: {taskRoleArn: 'arn:aws:iam::012345678901:role/other'}"}, []string{"spec.task_definition.taskRoleArn: taskRoleArn is not role_arn"}},
		{[]string{"ignore: [/role/description, /roles, /role/]"}, []string{`spec.ignore[1]: "/roles" cannot be ignored`, `spec.ignore[2]: "/role/" cannot be ignored`}},
	} {
		wantText(t, files{"tasks/web.yaml": task("web", c.lines...)}.complaints(t, process{}), c.want...)
	}
	trusted := task("web", "role_arn: arn:aws:iam::999999999999:role/theirs", "role: {manage: false}")
	if got := (files{"tasks/web.yaml": trusted}).complaints(t, process{}); got != "" {
		t.Errorf("a trusted account's role may be referred to: %s", got)
	}
}

// TestExecutionRole is converged by default only where ECS reads the secrets,
// and then keeps its own trust.
func TestExecutionRole(t *testing.T) {
	load := func(lines ...string) *spec.Deployment {
		return files{"a.json": `{"A": "1", "B": "2"}`, "tasks/web.yaml": task("web", append([]string{definitionLine, roleLine,
			"env_locations: [{secret: a.json, from: {file: a.json}, kms_key_id: alias/k}]"}, lines...)...)}.mustLoad(t, process{})
	}
	d := load()
	if _, ok := d.Role(execRole); ok {
		t.Error("the execution role is converged without being asked to")
	}
	d = load("inject: ecs_secrets")
	exec, ok := d.Role(execRole)
	if !ok || !exec.TrustOnCreate || len(exec.GrantLocations) != 1 || !cmp.Equal(exec.GrantKMSKeys, []string{"alias/k"}) {
		t.Errorf("the execution role is %+v", exec)
	}
	if web, _ := d.Role(webRole); len(web.GrantLocations) != 0 {
		t.Error("the task role may read what ECS reads")
	}
	d = load("inject: ecs_secrets", "execution_role: {manage: false}")
	if _, ok := d.Role(execRole); ok {
		t.Error("manage: false is not heeded")
	}
	wantText(t, warnings(d), "executionRoleArn: "+execRole+" is not managed here: it must allow secretsmanager:GetSecretValue")
	exec, ok = load("execution_role: {description: d}").Role(execRole)
	if !ok || len(exec.GrantLocations) != 0 || *exec.Description != "d" {
		t.Errorf("with settings it is %+v", exec)
	}
}

// TestExecutionRoleElsewhere: it is a warning where the role is only named,
// and an error where it would have to be converged.
func TestExecutionRoleElsewhere(t *testing.T) {
	theirs := strings.Replace(definitionLine, execRole, "arn:aws:iam::111111111111:role/exec", 1)
	f := func(lines ...string) files {
		return files{"a.env": "A=1\n", "tasks/web.yaml": task("web", append([]string{theirs, "env_locations: [{secret: a, from: {file: a.env}}]"}, lines...)...)}
	}
	wantText(t, warnings(f("inject: none").mustLoad(t, process{})), "executionRoleArn: the execution role is in account 111111111111 and this is 012345678901")
	wantText(t, f("inject: ecs_secrets").complaints(t, process{}), "executionRoleArn: the role is in account 111111111111 and cannot be converged", "manage: false under spec.execution_role")
}

func TestIgnoredFieldsOfRoles(t *testing.T) {
	d := files{"tasks/web.yaml": task("web", roleLine, definitionLine, "execution_role: {}",
		"ignore: [/role/description, /execution_role/tags/a, /task_definition/cpu]")}.mustLoad(t, process{})
	web, _ := d.Role(webRole)
	exec, _ := d.Role(execRole)
	if !cmp.Equal(web.Ignore, []string{"/description"}) || !cmp.Equal(exec.Ignore, []string{"/tags/a"}) {
		t.Errorf("ignored are %v and %v", web.Ignore, exec.Ignore)
	}
}
