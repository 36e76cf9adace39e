package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/daemon/status"
)

// reportsTask is the file of testdata/reports that says what its tasks are.
const reportsTask = "deploy_config/tasks/nightly.yaml"

// edit replaces a text in a file of the project.
func (p *project) edit(t testing.TB, name, from, to string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil || !strings.Contains(string(data), from) {
		t.Fatalf("no %q in %s: %v", from, name, err)
	}
	p.file(t, name, strings.Replace(string(data), from, to, 1))
}

// lineOf is the number of the first line of a file that holds a text.
func (p *project) lineOf(t testing.TB, name, text string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	before, _, found := strings.Cut(string(data), text)
	if err != nil || !found {
		t.Fatalf("no %q in %s: %v", text, name, err)
	}
	return fmt.Sprint(strings.Count(before, "\n") + 1)
}

// refused waits until the newest spec is refused, and wants the page, the API,
// the log and the history to show why.
func (d *daemon) refused(why string) {
	d.Helper()
	var c status.Condition
	d.until("the spec is refused: "+why, func() bool {
		c = d.condition("", status.SpecLoaded)
		return c.Status == status.False && strings.Contains(c.Message, why)
	})
	d.until("the log and the history tell of it", func() bool {
		bad, records := d.logged(string(status.SpecBad))[" "], told(d.now(), status.SpecBad)[" "]
		return len(bad) > 0 && bad[len(bad)-1].Message == c.Message && len(records) == len(bad) && records[len(records)-1].Message == c.Message
	})
	if body := d.get("/"); !strings.Contains(body, why) {
		d.Errorf("the page does not show %q", why)
	}
	if code, _ := d.ask("/readyz"); code != 200 {
		d.Error("the daemon is not ready, although the last good spec is in force")
	}
}

// memory is what the newest revision of a task's family says.
func (c *cloud) memory(t testing.TB, family string) string {
	t.Helper()
	memory, _ := c.definition(t, family)["memory"].(string)
	return memory
}

// TestDaemonKeepsTheLastGoodSpec: an edit that is wrong is shown with its place,
// the spec before it stays in force, and one that is right is deployed.
func TestDaemonKeepsTheLastGoodSpec(t *testing.T) {
	t.Parallel()
	c := newEmbedded()
	p := c.reports(t)
	d := c.embedded(t, p, "--interval", "2s")
	first := d.settled(2)
	for _, bad := range []struct{ from, to string }{
		{"memory: 1 GB", "memory: \"{{ no_such_variable }}\""},
		{"memory: 1 GB", "memory: [1 GB"},
		{"memory: 1 GB", "memry: 1 GB"},
	} {
		p.edit(t, reportsTask, bad.from, bad.to)
		d.refused("tasks/nightly.yaml:" + p.lineOf(t, reportsTask, bad.to) + ":")
		p.edit(t, reportsTask, bad.to, bad.from)
		d.until("the spec is good again", func() bool { return d.condition("", status.SpecLoaded).Status == status.True })
	}
	p.edit(t, reportsTask, "memory: 1 GB", "memory: [1 GB")
	d.refused("tasks/nightly.yaml:")
	c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": serviceJSON, "SecretString": "by hand"})
	d.until("the last good spec is kept true", func() bool { return c.secret(t, serviceJSON) == source(t, "env/service.json") })
	p.edit(t, reportsTask, "memory: [1 GB", "memory: 2 GB")
	d.until("the new spec is deployed", func() bool { return c.memory(t, nightlyFamily) == "2048" })
	if now := d.settled(2); now.Generation <= first.Generation || len(told(now, status.Applied)["task_definition "+nightlyFamily]) != 2 {
		t.Errorf("generation %d after %d: %v", now.Generation, first.Generation, told(now, status.Applied))
	}
}

// TestDaemonDeploysCommits: each commit of a git repository is deployed, unless
// it is a bad one, which is shown and left.
func TestDaemonDeploysCommits(t *testing.T) {
	t.Parallel()
	c := newEmbedded()
	p := c.reports(t)
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(testtool.System(t, "git"), append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Dir, cmd.Env = p.dir, append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	commit := func() string {
		t.Helper()
		git("add", "deploy_config")
		git("commit", "-q", "-m", "a change")
		return git("rev-parse", "HEAD")
	}
	git("init", "-q", "-b", "main")
	first := commit()
	away := &project{dir: t.TempDir(), env: p.env}
	d := c.embedded(t, away, "--interval", "1h", "--source", "git::file://"+p.dir+"?ref=main", "--source-interval", "1s", "--sandbox="+t.TempDir())
	if now := d.settled(2); now.Revision != first {
		t.Errorf("the revision is %q, not %s", now.Revision, first)
	}

	p.edit(t, reportsTask, "memory: 1 GB", "memory: \"{{ no_such_variable }}\"")
	commit()
	d.refused("tasks/nightly.yaml:" + p.lineOf(t, reportsTask, "no_such_variable") + ":")
	if now := d.now(); now.Revision != first || c.memory(t, nightlyFamily) != "1024" {
		t.Errorf("of %s: %v", now.Revision, c.memory(t, nightlyFamily))
	}
	p.edit(t, reportsTask, "memory: \"{{ no_such_variable }}\"", "memory: 2 GB")
	good := commit()
	d.until("the commit is deployed", func() bool { return c.memory(t, nightlyFamily) == "2048" })
	if now := d.settled(2); now.Revision != good {
		t.Errorf("the revision is %q, not %s", now.Revision, good)
	}
	if lines := d.logged("specs loaded")[" "]; len(lines) != 2 || lines[0].Revision != first || lines[1].Revision != good {
		t.Errorf("loaded: %v", lines)
	}
}

// TestDaemonReadsPasswordsAgain: a vault that was rekeyed is opened again after
// SIGHUP, when its password's file has the new one.
func TestDaemonReadsPasswordsAgain(t *testing.T) {
	t.Parallel()
	c := newEmbedded()
	p := c.reports(t)
	const env = "deploy_config/env/.env.staging"
	p.file(t, "password", "the first one")
	p.file(t, env, encrypted(t, "the first one", "A=1\n"))
	d := c.embedded(t, p, "--interval", "1s", "--vault-password-file", "password")
	d.settled(2)
	rekeyed := encrypted(t, "the second one", "A=2\n")
	p.file(t, "password", "the second one")
	p.file(t, env, rekeyed)
	d.refused(".env.staging")
	if c.secret(t, nightlyEnv) != "A=1\n" {
		t.Errorf("the secret is %q", c.secret(t, nightlyEnv))
	}
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.until("the vault is open", func() bool { return d.condition("", status.SpecLoaded).Status == status.True })
	d.until("the new value is there", func() bool { return c.secret(t, nightlyEnv) == "A=2\n" })
	newSearch(map[string]string{"a password": "the first one", "the new password": "the second one"}).text(t, "the log", d.log.String())
}
