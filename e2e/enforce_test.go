package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// exampleAccount is the account of the example's staging.
const exampleAccount = "012345678901"

// enforcing is an account in which callers may do what their policies allow.
func enforcing(t testing.TB) *cloud {
	t.Helper()
	c := &cloud{target: sandbox, account: exampleAccount, sandbox: serveSandbox(t, exampleAccount, "--enforce-iam")}
	c.url = c.sandbox.url
	c.admin = keys{id: "AKIASANDBOXROOTAAAAA", secret: "sandbox/administrator/of/no/real/account"}
	return c
}

// example is the example project.
func (c *cloud) example(t testing.TB) *project {
	t.Helper()
	files := map[string]string{}
	for name, text := range folder(t, "../deploy_config") {
		files["deploy_config/"+name] = text
	}
	return c.write(t, files)
}

// as runs a project as another caller.
func (p *project) as(c *cloud, k keys) *project {
	return &project{dir: p.dir, env: append(slices.Clone(p.env), c.environOf(k)...)}
}

// policy is one that iam-policy prints.
type policy struct {
	Version   string
	Statement []map[string]any
}

func (p *project) policy(t testing.TB, use string, flags ...string) policy {
	t.Helper()
	var out policy
	decode(t, p.ok(t, append([]string{"iam-policy", use, "staging"}, flags...)...).stdout, &out)
	return out
}

// without leaves out the statements that have a Sid.
func (p policy) without(sid string) policy {
	p.Statement = slices.DeleteFunc(slices.Clone(p.Statement), func(s map[string]any) bool { return s["Sid"] == sid })
	return p
}

// sids are the statements' names.
func (p policy) sids() []string {
	var out []string
	for _, s := range p.Statement {
		out = append(out, s["Sid"].(string))
	}
	return out
}

// caller makes a user who may do what a policy allows.
func (c *cloud) caller(t testing.TB, name string, p policy) keys {
	t.Helper()
	document, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	c.boto3(t, "iam", "create_user", arguments{"UserName": name})
	made := c.boto3(t, "iam", "create_policy", arguments{"PolicyName": name, "PolicyDocument": string(document)})
	arn := made["Policy"].(map[string]any)["Arn"]
	c.boto3(t, "iam", "attach_user_policy", arguments{"UserName": name, "PolicyArn": arn})
	key := c.boto3(t, "iam", "create_access_key", arguments{"UserName": name})["AccessKey"].(map[string]any)
	return keys{id: key["AccessKeyId"].(string), secret: key["SecretAccessKey"].(string)}
}

// session assumes a role that may do what a policy allows, as a caller who may
// do nothing else.
func (c *cloud) session(t testing.TB, name string, p policy) keys {
	t.Helper()
	user := c.caller(t, name+"-user", policy{Version: "2012-10-17", Statement: []map[string]any{
		{"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}}})
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + c.account + `:user/` + name + `-user"},"Action":"sts:AssumeRole"}]}`
	c.boto3(t, "iam", "create_role", arguments{"RoleName": name, "AssumeRolePolicyDocument": trust})
	document, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	c.boto3(t, "iam", "put_role_policy", arguments{"RoleName": name, "PolicyName": "p", "PolicyDocument": string(document)})
	assumed := *c
	assumed.admin = user
	made := assumed.boto3(t, "sts", "assume_role", arguments{"RoleArn": c.roleARN(name), "RoleSessionName": "run"})["Credentials"].(map[string]any)
	return keys{id: made["AccessKeyId"].(string), secret: made["SecretAccessKey"].(string), token: made["SessionToken"].(string)}
}

// TestPrintedPoliciesSuffice applies the example with exactly the policy that
// the program prints for it, as a user and in a role's session.
func TestPrintedPoliciesSuffice(t *testing.T) {
	t.Parallel()
	for name, caller := range map[string]func(*cloud, testing.TB, string, policy) keys{
		"user": (*cloud).caller, "session": (*cloud).session,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := enforcing(t)
			p := c.example(t)
			planner := p.as(c, caller(c, t, "planner", p.policy(t, "plan")))
			applier := p.as(c, caller(c, t, "applier", p.policy(t, "apply")))
			if got := planner.plan(t); got.Summary["create"] == 0 {
				t.Fatalf("nothing to create: %v", got.Summary)
			}
			c.refusesWrites(t, planner)
			applier.apply(t)
			if got := planner.plan(t); len(got.Changes) > 0 {
				t.Errorf("after the apply: %v", got.Changes)
			}
			c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": "reports/staging/features.json", "SecretString": "{}"})
			c.boto3(t, "iam", "update_assume_role_policy", arguments{"RoleName": "reports-api-staging", "PolicyDocument": openTrust})
			if got := applier.apply(t); len(got.Results) < 2 {
				t.Errorf("what drifted: %v", got.Results)
			}
			if err := os.Remove(p.dir + "/deploy_config/tasks/api.yaml"); err != nil {
				t.Fatal(err)
			}
			applier.apply(t, "--prune")
			if got := applier.plan(t, "--prune"); len(got.Changes) > 0 {
				t.Errorf("after the prune: %v", got.Changes)
			}
		})
	}
}

// TestPrintedPolicyFetchesVaultPasswords: the policy that is printed for a vault
// password in AWS lets it be fetched, by the statement that is for it.
func TestPrintedPolicyFetchesVaultPasswords(t *testing.T) {
	t.Parallel()
	c := enforcing(t)
	const password = "of-the-vault"
	c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": "vault/staging", "SecretString": password})
	p := c.example(t)
	p.file(t, "deploy_config/env/.env.staging", encrypted(t, password, "A=1\n"))
	from := []string{"--vault-password-from", "secretsmanager:vault/{{env}}"}
	whole := p.policy(t, "plan", from...)
	p.as(c, c.caller(t, "whole", whole)).plan(t, from...)
	less := p.as(c, c.caller(t, "less", whole.without("ReadVaultPasswords")))
	if got := less.exits(t, 64, append([]string{"plan", "staging"}, from...)...); !strings.Contains(got.stderr, "not authorized to perform: secretsmanager:GetSecretValue") {
		t.Errorf("without the statement it says %s", got.stderr)
	}
}

// refusesWrites holds that a plan's policy lets nothing be changed.
func (c *cloud) refusesWrites(t testing.TB, planner *project) {
	t.Helper()
	got := planner.run(t, "apply", "staging", "--yes")
	if got.code == 0 || !strings.Contains(got.stdout+got.stderr, "reconciler iam-policy apply") {
		t.Errorf("an apply by who may plan exits %d and does not tell the way out:\n%s%s", got.code, got.stdout, got.stderr)
	}
	secrets := c.boto3(t, "secretsmanager", "list_secrets", nil)["SecretList"].([]any)
	families := c.boto3(t, "ecs", "list_task_definitions", nil)["taskDefinitionArns"].([]any)
	if roles := text(c.boto3(t, "iam", "list_roles", nil)); len(secrets)+len(families) > 0 || strings.Contains(roles, "role/reports-") {
		t.Errorf("who may plan made %v, %v, %s", secrets, families, roles)
	}
}

// TestEveryStatementIsNeeded takes statements away one by one.
func TestEveryStatementIsNeeded(t *testing.T) {
	t.Parallel()
	c := enforcing(t)
	p := c.example(t)
	whole := p.policy(t, "apply")
	for _, sid := range whole.sids() {
		p := c.example(t)
		c.reset(t)
		if sid == "RetireTaskDefinitions" || sid == "Prune" {
			p.apply(t)
			if err := os.Remove(p.dir + "/deploy_config/tasks/api.yaml"); err != nil {
				t.Fatal(err)
			}
		}
		less := p.as(c, c.caller(t, "less", whole.without(sid)))
		got := less.run(t, "apply", "staging", "--yes", "--prune", "--no-wait")
		hints := []string{"not authorized to perform", "reconciler iam-policy apply"}
		if sid == "PassRoles" {
			hints = []string{"or the caller has no iam:PassRole on it"} // the role is new: it may be that
		}
		for _, hint := range hints {
			if out := got.stdout + got.stderr; got.code == 0 || !strings.Contains(out, hint) {
				t.Errorf("without %s, apply exits %d and does not say %q:\n%s", sid, got.code, hint, out)
			}
		}
	}
}

// TestPrintedPolicyMendsDrift corrects all that others do by hand, with exactly
// the policy that the program prints.
func TestPrintedPolicyMendsDrift(t *testing.T) {
	t.Parallel()
	c := enforcing(t)
	p := c.reports(t)
	applier := p.as(c, c.caller(t, "applier", p.policy(t, "apply")))
	applier.apply(t)
	for _, d := range drifts() {
		d.by(t, c)
		applier.apply(t)
		if !d.mended(t, c) {
			t.Errorf("%s is not mended", d.name)
		}
	}
	if got := applier.plan(t); len(got.Changes) > 0 {
		t.Errorf("after all: %v", got.Changes)
	}
}
