package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/pkg/daemon/status"
)

const (
	// farAway is how late every answer of AWS is in what is measured.
	farAway = "kind=latency delay=40ms"
	// promptly is what half of the changes must take at most until they are
	// corrected.
	promptly = 2 * time.Second
)

// telling is an account whose objects are as the spec says, at a sandbox that
// tells of changes, and a daemon that listens. It would look by itself but once
// an hour.
func telling(t *testing.T, flags ...string) (*cloud, *project, *daemon) {
	t.Helper()
	c := &cloud{target: sandbox, account: shared.newAccount()}
	p := c.reports(t)
	state := "--sandbox=" + t.TempDir()
	p.ok(t, "apply", "staging", "--yes", state)
	c.sandbox = serveSandbox(t, c.account, append([]string{state, "--faults", farAway}, flags...)...)
	c.url = c.sandbox.url
	p.env = append(p.env, "AWS_ENDPOINT_URL="+c.url)
	// The daemon is another caller than boto3, or it would take changes for its own.
	c.role(t, "daemon", `{"AWS":"`+c.account+`"}`)
	d := p.daemon(t, "--interval", "1h", "--events", "sqs:"+c.changes(t), "--limits", "aws", "--assume-role-arn", c.roleARN("daemon"))
	d.settled(2)
	return c, p, d
}

// role makes a role that a principal may assume.
func (c *cloud) role(t *testing.T, name, principal string) {
	t.Helper()
	c.boto3(t, "iam", "create_role", arguments{"RoleName": name,
		"AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"}]}`})
}

// changes is a queue that is told of changes: those of IAM by way of us-east-1,
// where they happen.
func (c *cloud) changes(t *testing.T) (url string) {
	t.Helper()
	arn := "arn:aws:sqs:" + region + ":" + c.account + ":changes"
	home := "arn:aws:events:" + region + ":" + c.account + ":event-bus/default"
	url = c.boto3(t, "sqs", "create_queue", arguments{"QueueName": "changes", "Attributes": map[string]any{
		"Policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + arn + `"}]}`,
	}})["QueueUrl"].(string)
	c.role(t, "forwarder", `{"Service":"events.amazonaws.com"}`)
	c.boto3(t, "iam", "put_role_policy", arguments{"RoleName": "forwarder", "PolicyName": "forward",
		"PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"events:PutEvents","Resource":"` + home + `"}]}`})
	for in, target := range map[string]map[string]any{region: {"Id": "queue", "Arn": arn}, "us-east-1": {"Id": "home", "Arn": home, "RoleArn": c.roleARN("forwarder")}} {
		c.boto3In(t, in, "events", "put_rule", arguments{"Name": "changes", "EventPattern": `{"source":["aws.secretsmanager","aws.ecs","aws.iam"]}`})
		c.boto3In(t, in, "events", "put_targets", arguments{"Rule": "changes", "Targets": []any{target}})
	}
	return url
}

// handmade are five changes, each of an object of its own, with the name of it.
func (c *cloud) handmade(t *testing.T) []handmade {
	secret := func(name string) handmade {
		return handmade{"secret " + name, func() {
			c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": name, "SecretString": "by hand"})
		}}
	}
	role := func(name string) handmade {
		return handmade{"role " + name, func() {
			c.boto3(t, "iam", "update_assume_role_policy", arguments{"RoleName": name, "PolicyDocument": openTrust})
		}}
	}
	return []handmade{secret(serviceJSON), role(nightlyRole), secret(nightlyEnv), role(purgeRole),
		{"task_definition " + nightlyFamily, func() { c.registerByHand(t, nightlyFamily, "registry.example.com/reports:hotfix") }}}
}

type handmade struct {
	object string
	change func()
}

// corrections measures from before each change until its correction is done, by
// the daemon's own word, which boto3 confirms.
func (c *cloud) corrections(t *testing.T, d *daemon) []time.Duration {
	t.Helper()
	var took []time.Duration
	for _, h := range c.handmade(t) {
		began := time.Now()
		h.change()
		var done []status.Record
		d.until(h.object+" is put back", func() bool { done = told(d.now(), status.Corrected)[h.object]; return len(done) == 1 })
		took = append(took, done[0].At.Sub(began))
		if !strings.Contains(done[0].Who, "user sandbox") && !strings.Contains(done[0].Who, "user/sandbox") {
			t.Errorf("%s was changed by %q", h.object, done[0].Who)
		}
	}
	if c.secret(t, serviceJSON) != source(t, "env/service.json") || c.secret(t, nightlyEnv) != source(t, "env/.env.staging") ||
		!strings.Contains(text(c.definition(t, nightlyFamily)), "reports:1.2.3") ||
		strings.Contains(text(c.boto3(t, "iam", "get_role", arguments{"RoleName": purgeRole})), "ec2.amazonaws.com") {
		t.Error("what was told to be put back is not")
	}
	return took
}

// TestEventToCorrected measures how long a change by hand lasts.
func TestEventToCorrected(t *testing.T) {
	c, _, d := telling(t)
	prompt(t, "from a change to its correction", c.corrections(t, d))
}

// TestEventToCorrectedWithLateLists: lists that do not show a change yet do not
// hide it from an event.
func TestEventToCorrectedWithLateLists(t *testing.T) {
	c, _, d := telling(t, "--lag", "30s")
	prompt(t, "from a change to its correction, with lists 30 s late", c.corrections(t, d))
}

// TestEditToDeployed measures how long an edit takes to be AWS's.
func TestEditToDeployed(t *testing.T) {
	_, p, d := telling(t)
	var took []time.Duration
	for i, before := range []string{"1.2.3", "1.2.4", "1.2.5", "1.2.6", "1.2.7"} {
		began := time.Now()
		p.edit(t, reportsTask, "reports:"+before+"\n", fmt.Sprintf("reports:1.2.%d\n", i+4))
		var done []status.Record
		d.until("it is deployed", func() bool {
			done = told(d.now(), status.Applied)["task_definition "+nightlyFamily]
			return len(done) == i+1
		})
		took = append(took, done[i].At.Sub(began))
	}
	prompt(t, "from an edit to its deployment", took)
}

// prompt wants the median to be short. A busy machine may hold up some.
func prompt(t *testing.T, what string, took []time.Duration) {
	t.Helper()
	slices.Sort(took)
	t.Logf("%s: %s", what, took)
	if median := took[len(took)/2]; median >= promptly {
		t.Errorf("%s: half of them take %s or more, want less than %s", what, median, promptly)
	}
}
