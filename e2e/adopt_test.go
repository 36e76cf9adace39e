package e2e

import (
	"strings"
	"testing"
)

// madeByHand makes objects with the names of testdata/reports as somebody does
// who does not know of owner tags.
func (c *cloud) madeByHand(t testing.TB) {
	t.Helper()
	c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": nightlyEnv, "SecretString": "DATABASE_URL=by-hand\n"})
	c.boto3(t, "iam", "create_role", arguments{"RoleName": nightlyRole, "AssumeRolePolicyDocument": openTrust})
	c.boto3(t, "ecs", "register_task_definition", arguments{"family": nightlyFamily, "containerDefinitions": []any{
		map[string]any{"name": "main", "image": "by-hand", "memory": 128}}})
}

func TestWhatOthersMadeIsTakenOverOnlyOnRequest(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.reports(t)
		c.madeByHand(t)
		adopted := 0
		for _, change := range p.plan(t).Changes {
			if change.Reason == "adopted" {
				adopted++
			}
		}
		if adopted != 3 {
			t.Errorf("the plan adopts %d objects, want 3", adopted)
		}

		refused := p.exits(t, 1, "apply", "staging", "--yes")
		if !strings.Contains(refused.stdout+refused.stderr, "--adopt") {
			t.Errorf("the refusal does not name the way out:\n%s%s", refused.stdout, refused.stderr)
		}
		if c.secret(t, nightlyEnv) != "DATABASE_URL=by-hand\n" || !strings.Contains(text(c.definition(t, nightlyFamily)), "by-hand") {
			t.Error("what is not ours was written")
		}

		p.ok(t, "apply", "staging", "--yes", "--adopt")
		c.holdsReports(t)
		c.settled(t, p)
	})
}
