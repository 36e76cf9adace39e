package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/testtool"
)

// twoTasks are tasks with sources of their own, and one that they share.
const twoTasks = `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: web, labels: {team: shop}}
spec:
  env_locations:
    - {secret: s/web, from: {exec: [./ask, web]}}
    - {secret: s/shared, from: {exec: [./ask, shared]}}
---
apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: batch}
spec:
  env_locations:
    - {secret: s/batch, from: {exec: [./ask, batch]}}
    - {secret: s/parameter, from: {ssm: /nosuch}}
    - {secret: s/object, from: {s3: s3://nosuch/x}}
    - {secret: s/state, from: {tfstate: {s3: s3://nosuch/state, output: x}}}
    - {secret: s/variable, from: {env: NOSUCH_4711}}
    - {secret: s/merged, from: {merge: [{ssm: /nosuch.json}]}}
    - {secret: s/shared, from: {exec: [./ask, shared]}}
---
apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: reader}
spec:
  env_locations: [arn:aws:secretsmanager:us-west-2:ACCOUNT_ID:secret:s/web]
`

// TestSourcesOfOtherTasksAreNotAsked: a run that is narrowed to tasks asks
// nothing of what only other tasks read.
func TestSourcesOfOtherTasksAreNotAsked(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	files := sourcesProject()
	files["deploy_config/tasks/web.yaml"] = twoTasks
	files["deploy_config/ask"] = "#!/bin/sh\necho \"$1\" >>asked\necho value\n"
	p := c.write(t, files)
	p.executable(t, "deploy_config/ask")
	asked := func() string {
		text, err := os.ReadFile(filepath.Join(p.dir, "deploy_config", "asked"))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		p.file(t, "deploy_config/asked", "")
		return strings.Join(strings.Fields(string(text)), " ")
	}
	for name, run := range map[string]struct {
		args []string
		env  string
		want string
	}{
		"by name":                {[]string{"plan", "staging", "--task", "web"}, "", "shared web"},
		"by label":               {[]string{"plan", "staging", "-l", "team=shop"}, "", "shared web"},
		"by variable":            {[]string{"plan", "staging"}, "TASK_NAMES=web", "shared web"},
		"by what another stores": {[]string{"plan", "staging", "--task", "reader"}, "", "web"},
	} {
		narrowed := &project{dir: p.dir, env: append(append([]string{}, p.env...), run.env)}
		calls := c.during(func() { narrowed.ok(t, run.args...) })
		if got := asked(); got != run.want || strings.Contains(text(count(calls)), "s3:") || strings.Contains(text(count(calls)), "ssm:") {
			t.Errorf("%s: asked are %q and %v, want %q", name, got, count(calls), run.want)
		}
	}
	p.ok(t, "plan", "staging", "--task", "web", "--out", "web.plan")
	asked()
	batch := &project{dir: p.dir, env: append(append([]string{}, p.env...), "TASK_NAMES=batch")}
	batch.ok(t, "apply", "staging", "--plan", "web.plan")
	if got := asked(); got != "shared web" || c.secret(t, "s/web") != "value\n" {
		t.Errorf("a saved plan asks %q and stores %q", got, c.secret(t, "s/web"))
	}
	if got := p.exits(t, 1, "plan", "staging"); !strings.Contains(got.stderr, "the parameter /nosuch") {
		t.Errorf("all tasks: it says %s", got.stderr)
	}
}

// TestCommandsEndWithWhatTheyStarted: no process of a command goes on after it
// was killed, or has ended without them.
func TestCommandsEndWithWhatTheyStarted(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	const late = 2 * time.Second
	for name, test := range map[string]struct{ from, want string }{
		"it takes too long": {`{exec: [sh, -c, "(sleep 2; touch late) & wait"], timeout: 300ms}`, "sh did not end within 300ms"},
		"it ends before":    {`{exec: [sh, -c, "(sleep 2; touch late) & echo A"]}`, "sh ended, and a process that it started holds its output open"},
	} {
		files := sourcesProject()
		files["deploy_config/tasks/web.yaml"] = "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: web}\nspec:\n  env_locations: [{secret: s/one, from: " + test.from + "}]\n"
		p := c.write(t, files)
		cmd := p.command(t, "plan", "staging")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), test.want) {
			t.Errorf("%s: %v, and it says %s", name, err, out)
		}
		time.Sleep(late)
		if _, err := os.Stat(filepath.Join(p.dir, "deploy_config", "late")); err == nil {
			t.Errorf("%s: what it started goes on", name)
		}
	}
}

// TestCommandsAreTheDeployments: the real AWS CLI, run as a source, is the role
// that is assumed, in the spec's region, whatever the environment says.
func TestCommandsAreTheDeployments(t *testing.T) {
	t.Parallel()
	c := newCloud(t, sandbox)
	c.boto3(t, "iam", "create_role", arguments{"RoleName": "deployer", "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + c.account + `:root"},"Action":"sts:AssumeRole"}]}`})
	files := sourcesProject()
	files["deploy_config/tasks/web.yaml"] = "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: web}\nspec:\n  env_locations:\n" +
		"    - {secret: s/caller, from: {exec: [aws, sts, get-caller-identity, --query, Arn, --output, text], trim: true}}\n" +
		"    - {secret: s/place, from: {exec: [sh, -c, 'echo $AWS_REGION $AWS_DEFAULT_REGION $AWS_PROFILE.']}}\n"
	p := c.write(t, files)
	p.env = append(p.env, "PATH="+filepath.Dir(testtool.Tool(t, "aws"))+":"+os.Getenv("PATH"), "AWS_REGION=eu-west-1")
	p.apply(t)
	own := c.secret(t, "s/caller")
	if strings.Contains(own, "assumed-role") || c.secret(t, "s/place") != "us-west-2 us-west-2 .\n" {
		t.Errorf("without a role it is %s at %s", own, c.secret(t, "s/place"))
	}
	p.apply(t, "--assume-role-arn", c.roleARN("deployer"))
	if diff := cmp.Diff("arn:aws:sts::"+c.account+":assumed-role/deployer/reconciler", c.secret(t, "s/caller")); diff != "" {
		t.Errorf("with a role (-want +got):\n%s", diff)
	}
}
