package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sameCalls(t testing.TB, reported map[string]int, calls []call) {
	t.Helper()
	if diff := cmp.Diff(count(calls), reported); diff != "" {
		t.Errorf("aws_calls differs from what was sent (-sent +reported):\n%s", diff)
	}
}

func TestApplyCreatesOnceAndThenWritesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.reports(t)
		var planned plan
		calls := c.during(func() { planned = p.plan(t) })
		if wrote := writesOf(calls); len(wrote) > 0 {
			t.Errorf("the plan sends %v", wrote)
		}
		sameCalls(t, planned.AWSCalls, calls)
		if got := planned.Summary["create"]; got != reportObjects || len(planned.Changes) != reportObjects {
			t.Errorf("the plan creates %d of %d objects: %+v", got, reportObjects, planned)
		}
		p.exits(t, 2, "plan", "staging", "--detailed-exitcode")

		var done applied
		calls = c.during(func() { done = p.apply(t) })
		sameCalls(t, done.AWSCalls, calls)
		if done.Summary["done"] != reportObjects || done.Summary["failed"]+done.Summary["skipped"] != 0 {
			t.Fatalf("the apply did %v", done.Summary)
		}
		c.settled(t, p)
		c.holdsReports(t)
	})
}

// holdsReports checks with boto3 that the account has what testdata/reports
// declares.
func (c *cloud) holdsReports(t testing.TB) {
	t.Helper()
	c.catchUp()
	for name, file := range map[string]string{nightlyEnv: "env/.env.staging", serviceJSON: "env/service.json"} {
		if c.secret(t, name) != source(t, file) {
			t.Errorf("the secret %s is not byte for byte its file", name)
		}
	}
	role := c.boto3(t, "iam", "get_role", arguments{"RoleName": nightlyRole})["Role"].(map[string]any)
	if role["Arn"] != c.roleARN(nightlyRole) || role["Description"] != "Runs the nightly report" {
		t.Errorf("the role is %v", role)
	}
	policies := c.boto3(t, "iam", "list_role_policies", arguments{"RoleName": nightlyRole})["PolicyNames"]
	if diff := cmp.Diff([]any{"ecs-reconciler", "reports-bucket"}, policies); diff != "" {
		t.Errorf("inline policies (-want +got):\n%s", diff)
	}
	definition := c.definition(t, nightlyFamily)
	if definition["taskRoleArn"] != c.roleARN(nightlyRole) || definition["memory"] != "1024" && definition["memory"] != "1 GB" {
		t.Errorf("the task definition is %v", definition)
	}
}

// secret is a secret's value as boto3 reads it; "" when it cannot be read.
func (c *cloud) secret(t testing.TB, name string) string {
	t.Helper()
	value, _ := c.try(t, "secretsmanager", "get_secret_value",
		arguments{"SecretId": name, "VersionStage": "AWSCURRENT"}).Result["SecretString"].(string)
	return value
}

// definition is the latest revision of a family as boto3 reads it.
func (c *cloud) definition(t testing.TB, family string) map[string]any {
	t.Helper()
	return c.boto3(t, "ecs", "describe_task_definition", arguments{"taskDefinition": family})["taskDefinition"].(map[string]any)
}
