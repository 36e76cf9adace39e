package e2e

import (
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	abroad    = "eu-west-1"
	policyKey = "ResourcePolicy"
)

// nightlyDeclares is the reports project with more said of one secret, wherever
// it is declared.
func (c *cloud) nightlyDeclares(t testing.TB, more string) *project {
	t.Helper()
	files := folder(t, "testdata/reports")
	for name, text := range files {
		files[name] = strings.ReplaceAll(text, "      description: What nightly reads at start\n",
			"      description: What nightly reads at start\n"+more)
	}
	return c.write(t, files)
}

func (c *cloud) describe(t testing.TB, name string) map[string]any {
	t.Helper()
	return c.boto3(t, "secretsmanager", "describe_secret", arguments{"SecretId": name})
}

func (c *cloud) secretPolicy(t testing.TB, name string) string {
	t.Helper()
	policy, _ := c.boto3(t, "secretsmanager", "get_resource_policy", arguments{"SecretId": name})[policyKey].(string)
	return policy
}

// onTwo runs a test on the emulators that copy secrets to other regions, keep
// the version ids that they are given, and list what was just written.
func onTwo(t *testing.T, test func(*testing.T, *cloud)) {
	t.Helper()
	for _, target := range []string{moto, sandbox} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			test(t, newCloud(t, target))
		})
	}
}

func TestCopiesAndPolicyOfASecret(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, c *cloud) {
		p := c.nightlyDeclares(t, "      replicas: [{region: "+abroad+"}]\n      resource_policy: {Version: \"2012-10-17\", "+
			"Statement: [{Effect: Allow, Principal: {AWS: \"arn:aws:iam::ACCOUNT_ID:root\"}, Action: \"secretsmanager:GetSecretValue\", Resource: \"*\"}]}\n")
		p.apply(t)
		c.settled(t, p)
		if got := text(c.describe(t, nightlyEnv)["ReplicationStatus"]); !strings.Contains(got, abroad) {
			t.Errorf("the copies are %s", got)
		}
		if got := c.secretPolicy(t, nightlyEnv); !strings.Contains(got, "secretsmanager:GetSecretValue") {
			t.Errorf("the policy is %q", got)
		}

		c.boto3(t, "secretsmanager", "delete_resource_policy", arguments{"SecretId": nightlyEnv})
		c.boto3(t, "secretsmanager", "remove_regions_from_replication", arguments{"SecretId": nightlyEnv, "RemoveReplicaRegions": []string{abroad}})
		planned := p.plan(t)
		if len(planned.Changes) != 1 || planned.Changes[0].Reason != "drift" || len(planned.Changes[0].Fields) != 2 {
			t.Fatalf("what was removed by hand is planned as %+v", planned.Changes)
		}
		p.apply(t)
		c.settled(t, p)

		for name, text := range folder(t, p.dir) {
			if strings.HasPrefix(name, "deploy_config/tasks/") {
				p.file(t, name, withoutCopies(text))
			}
		}
		p.apply(t)
		c.settled(t, p)
		if got := text(c.describe(t, nightlyEnv)["ReplicationStatus"]); strings.Contains(got, abroad) {
			t.Errorf("the copies are still %s", got)
		}
		if got := c.secretPolicy(t, nightlyEnv); got != "" {
			t.Errorf("the policy is still %q", got)
		}
	})
}

// withoutCopies declares that there are to be none, and no policy.
func withoutCopies(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "      replicas:"):
			line = "      replicas: []\n"
		case strings.HasPrefix(line, "      resource_policy:"):
			line = "      resource_policy: null\n"
		}
		out = append(out, line)
	}
	return strings.Join(out, "")
}

func TestAnotherKeyOfASecret(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	p := c.nightlyDeclares(t, "      kms_key_id: alias/reports\n")
	p.apply(t)
	c.settled(t, p)
	c.boto3(t, "secretsmanager", "update_secret", arguments{"SecretId": nightlyEnv, "KmsKeyId": "alias/mine"})
	if planned := p.plan(t); len(planned.Changes) != 1 || planned.Changes[0].Fields[0].Path != "/kms_key_id" {
		t.Fatalf("another key is planned as %+v", planned.Changes)
	}
	p.apply(t)
	c.settled(t, p)
	if got := text(c.describe(t, nightlyEnv)["KmsKeyId"]); !strings.Contains(got, "alias/reports") {
		t.Errorf("the key is %s", got)
	}
}

// current is the id of a secret's current version.
func (c *cloud) current(t testing.TB, name string) string {
	t.Helper()
	for id, labels := range c.describe(t, name)["VersionIdsToStages"].(map[string]any) {
		if strings.Contains(text(labels), "AWSCURRENT") {
			return id
		}
	}
	t.Fatalf("%s has no current version", name)
	return ""
}

// rotation is what `fingerprint rotate -o json` prints, as far as tests look.
type rotation struct {
	Key      string
	Moved    []string
	Finished bool
}

func (p *project) rotate(t testing.TB, args ...string) rotation {
	t.Helper()
	var out rotation
	decode(t, p.ok(t, append([]string{"fingerprint", "rotate", "staging", "--yes", "--rate", "100", "-o", "json"}, args...)...).stdout, &out)
	return out
}

// registrations counts the revisions that a family has.
func (c *cloud) registrations(t testing.TB, family string) int {
	t.Helper()
	return len(c.boto3(t, "ecs", "list_task_definitions", arguments{"familyPrefix": family})["taskDefinitionArns"].([]any))
}

func TestFingerprintKeyIsRotated(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, c *cloud) {
		p := c.reports(t)
		if got := p.rotate(t); got.Key != "absent" {
			t.Errorf("without a key: %+v", got)
		}
		p.apply(t)
		before := map[string]string{nightlyEnv: c.current(t, nightlyEnv), serviceJSON: c.current(t, serviceJSON)}
		if got := p.rotate(t); got.Key != "new" || len(got.Moved) != 2 || !got.Finished {
			t.Fatalf("the rotation: %+v", got)
		}
		for name, id := range before {
			if now := c.current(t, name); now[:8] == id[:8] {
				t.Errorf("%s is still on %s", name, now)
			}
		}
		if c.secret(t, nightlyEnv) != source(t, "env/.env.staging") {
			t.Error("the rotation changed a value")
		}
		c.settled(t, p)
		if n := c.registrations(t, nightlyFamily); n != 1 {
			t.Errorf("the rotation made %d revisions of one", n)
		}
		var again rotation
		calls := c.during(func() { again = p.rotate(t) })
		if wrote := writesOf(calls); len(wrote) > 0 || again.Key != "recent" {
			t.Errorf("the second run sends %v and says %+v", wrote, again)
		}
	})
}

// Killed at any write, a rotation leaves a plan without changes, and the next
// run moves what is left.
func TestKilledRotationIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	c := newCloud(t, sandbox)
	p := c.generated(t, killedTasks)
	for seed := range uint64(5) {
		if seed == 0 {
			p.apply(t)
		}
		random := rand.New(rand.NewPCG(seed, 3))
		cmd := p.command(t, "fingerprint", "rotate", "staging", "--yes", "--again", "--rate", "1000")
		k := &killer{cmd: cmd, upstream: c.upstream, left: 1 + random.IntN(2*killedTasks+1), after: random.IntN(2) == 1}
		c.breakWith(k.strike)
		if err := cmd.Run(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("the rotation was not killed: %v", err)
		}
		c.breakWith(nil)
		t.Log(k.what)
		c.settled(t, p)
		if got := p.rotate(t); got.Key != "resumed" && got.Key != "recent" && got.Key != "new" {
			t.Errorf("the next run: %+v", got)
		}
		c.settled(t, p)
		if len(strings.Fields(c.fingerprintKey(t))) != 1 {
			t.Error("the former key is still there")
		}
	}
}

// A secret that somebody keeps changing is left alone after three corrections.
func TestQuarrelOverASecret(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.reports(t)
		p.apply(t)
		change := func(value string) {
			c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": nightlyEnv, "SecretString": value})
			c.catchUp()
		}
		for _, value := range []string{"A=1\n", "A=2\n", "A=3\n"} {
			change(value)
			p.apply(t)
		}
		change("A=4\n")
		const why = "another writer keeps changing it"
		if got := p.exits(t, 1, "plan", "staging"); !strings.Contains(got.stdout, why) {
			t.Errorf("the plan does not say why it is left alone:\n%s", got.stdout)
		}
		if got := p.exits(t, 1, "apply", "staging", "--yes"); !strings.Contains(got.stdout+got.stderr, why) || c.secret(t, nightlyEnv) != "A=4\n" {
			t.Errorf("apply did not leave it alone:\n%s%s", got.stdout, got.stderr)
		}
		p.ok(t, "apply", "staging", "--yes", "--force")
		if c.secret(t, nightlyEnv) != source(t, "env/.env.staging") {
			t.Error("it is not corrected by force")
		}
		c.settled(t, p)
	})
}
