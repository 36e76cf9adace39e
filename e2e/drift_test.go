package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// drift is something done by hand to what testdata/reports declares.
type drift struct {
	name   string
	kind   string
	object string
	by     func(testing.TB, *cloud)
	mended func(testing.TB, *cloud) bool
}

const (
	openTrust  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	openPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

func drifts() []drift {
	return []drift{
		{"a secret's value", "secret", nightlyEnv,
			func(t testing.TB, c *cloud) {
				c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": nightlyEnv, "SecretString": "DATABASE_URL=elsewhere\n"})
			},
			func(t testing.TB, c *cloud) bool { return c.secret(t, nightlyEnv) == source(t, "env/.env.staging") }},
		{"a secret's description", "secret", nightlyEnv,
			func(t testing.TB, c *cloud) {
				c.boto3(t, "secretsmanager", "update_secret", arguments{"SecretId": nightlyEnv, "Description": "mine now"})
			},
			func(t testing.TB, c *cloud) bool {
				return c.boto3(t, "secretsmanager", "describe_secret", arguments{"SecretId": nightlyEnv})["Description"] == "What nightly reads at start"
			}},
		{"a secret deleted with a recovery window", "secret", serviceJSON,
			func(t testing.TB, c *cloud) {
				c.boto3(t, "secretsmanager", "delete_secret", arguments{"SecretId": serviceJSON, "RecoveryWindowInDays": 7})
			},
			func(t testing.TB, c *cloud) bool { return c.secret(t, serviceJSON) == source(t, "env/service.json") }},
		{"a trust policy", "role", nightlyRole,
			func(t testing.TB, c *cloud) {
				c.boto3(t, "iam", "update_assume_role_policy", arguments{"RoleName": nightlyRole, "PolicyDocument": openTrust})
			},
			func(t testing.TB, c *cloud) bool {
				return strings.Contains(text(c.boto3(t, "iam", "get_role", arguments{"RoleName": nightlyRole})), "ecs-tasks.amazonaws.com")
			}},
		{"the derived inline policy", "role", nightlyRole,
			func(t testing.TB, c *cloud) { c.putPolicy(t, "ecs-reconciler", openPolicy) },
			func(t testing.TB, c *cloud) bool { return c.policyMentions(t, "ecs-reconciler", serviceJSON) }},
		{"a declared inline policy", "role", nightlyRole,
			func(t testing.TB, c *cloud) { c.putPolicy(t, "reports-bucket", openPolicy) },
			func(t testing.TB, c *cloud) bool { return c.policyMentions(t, "reports-bucket", "reports-staging") }},
		{"an inline policy removed", "role", nightlyRole,
			func(t testing.TB, c *cloud) {
				c.boto3(t, "iam", "delete_role_policy", arguments{"RoleName": nightlyRole, "PolicyName": "reports-bucket"})
			},
			func(t testing.TB, c *cloud) bool { return c.policyMentions(t, "reports-bucket", "reports-staging") }},
		{"a managed policy detached", "role", nightlyRole,
			func(t testing.TB, c *cloud) {
				c.boto3(t, "iam", "detach_role_policy", arguments{"RoleName": nightlyRole, "PolicyArn": readOnlyPolicy})
			},
			func(t testing.TB, c *cloud) bool {
				attached := c.boto3(t, "iam", "list_attached_role_policies", arguments{"RoleName": nightlyRole})
				return strings.Contains(text(attached), readOnlyPolicy)
			}},
		{"a revision registered by hand", "task_definition", nightlyFamily,
			func(t testing.TB, c *cloud) { c.registerByHand(t, nightlyFamily, "registry.example.com/reports:mine") },
			func(t testing.TB, c *cloud) bool {
				return strings.Contains(text(c.definition(t, nightlyFamily)), "reports:1.2.3")
			}},
	}
}

const readOnlyPolicy = "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"

func (c *cloud) putPolicy(t testing.TB, name, document string) {
	t.Helper()
	c.boto3(t, "iam", "put_role_policy", arguments{"RoleName": nightlyRole, "PolicyName": name, "PolicyDocument": document})
}

func (c *cloud) policyMentions(t testing.TB, name, what string) bool {
	t.Helper()
	return strings.Contains(text(c.try(t, "iam", "get_role_policy", arguments{"RoleName": nightlyRole, "PolicyName": name})), what)
}

// registerByHand puts a revision with another image on top of a family's, as
// somebody does who edits it in the console: tags are not carried over.
func (c *cloud) registerByHand(t testing.TB, family, image string) {
	t.Helper()
	definition := c.definition(t, family)
	for _, key := range []string{"taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy"} {
		delete(definition, key)
	}
	definition["containerDefinitions"].([]any)[0].(map[string]any)["image"] = image
	c.boto3(t, "ecs", "register_task_definition", arguments(definition))
}

func TestDriftIsPlannedAsSuchAndCorrected(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.reports(t)
		p.apply(t)
		for _, d := range drifts() {
			t.Run(d.name, func(t *testing.T) { c.corrects(t, p, d) })
		}
	})
}

func (c *cloud) corrects(t *testing.T, p *project, d drift) {
	d.by(t, c)
	c.catchUp()
	if d.mended(t, c) {
		t.Fatal("what was done by hand did nothing")
	}
	planned := p.plan(t)
	if len(planned.Changes) != 1 {
		t.Fatalf("the plan has %d changes, not one: %+v", len(planned.Changes), planned.Changes)
	}
	got := planned.Changes[0]
	if got.Kind != d.kind || got.Name != d.object || got.Reason != "drift" || len(got.Fields) == 0 {
		t.Errorf("planned is %+v, not the drift of %s %s", got, d.kind, d.object)
	}
	p.exits(t, 2, "plan", "staging", "--detailed-exitcode")
	if done := p.apply(t); done.Summary["done"] != 1 || done.Summary["failed"] > 0 {
		t.Errorf("the apply did %+v", done)
	}
	c.catchUp()
	if !d.mended(t, c) {
		t.Error("the drift is still there")
	}
	c.settled(t, p)
}

func TestAllDriftAtOnceIsOneApply(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.reports(t)
		p.apply(t)
		objects := map[string]bool{}
		for _, d := range drifts() {
			d.by(t, c)
			c.catchUp() // a role with a new trust cannot be registered with at once
			objects[d.object] = true
		}
		planned := p.plan(t)
		got := map[string]bool{}
		for _, change := range planned.Changes {
			got[change.Name] = true
			if change.Reason != "drift" {
				t.Errorf("%s %s: the reason is %s", change.Kind, change.Name, change.Reason)
			}
		}
		if !maps.Equal(got, objects) {
			t.Errorf("planned are %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(objects)))
		}
		p.apply(t)
		c.catchUp()
		for _, d := range drifts() {
			if !d.mended(t, c) {
				t.Errorf("%s is still there", d.name)
			}
		}
		c.settled(t, p)
	})
}
