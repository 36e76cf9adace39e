package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"ecs-reconciler/pkg/daemon/status"
)

// TestDaemonIsSuspended: a running daemon leaves alone what `suspend` names, and
// only that, until `resume`.
func TestDaemonIsSuspended(t *testing.T) {
	t.Parallel()
	c := newEmbedded()
	p := c.reports(t)
	d := c.embedded(t, p, "--interval", "1s")
	d.settled(2)
	p.ok(t, "suspend", "staging", "--task", "purge", "--reason", "migration of the database", "--for", "1h")
	d.until("the daemon sees it", func() bool { return d.condition("purge", status.Suspended).Status == status.True })
	for _, role := range []string{purgeRole, nightlyRole} {
		c.boto3(t, "iam", "update_assume_role_policy", arguments{"RoleName": role, "PolicyDocument": openTrust})
	}
	d.until("the other task is put right", func() bool { return len(told(d.now(), status.Corrected)["role "+nightlyRole]) == 1 })
	now := d.now()
	scan := now.LastScan
	d.until("it is looked at once more", func() bool { now = d.now(); return now.LastScan.After(*scan) })
	purge := now.Task("purge")
	if purge.State() != status.Moved || purge.Suspension == nil || purge.Suspension.Reason != "migration of the database" || purge.Suspension.Until == nil {
		t.Errorf("purge is %s, %+v", purge.State(), purge.Suspension)
	}
	if body := d.get("/staging/purge"); !strings.Contains(body, "migration of the database") {
		t.Error("the page does not tell why")
	}
	if out := p.ok(t, "status", "staging").stdout; !strings.Contains(out, "suspended: migration of the database") || !strings.Contains(out, "1 of 2 tasks are as the spec says") {
		t.Errorf("status tells:\n%s", out)
	}
	p.ok(t, "resume", "staging", "--task", "purge")
	d.until("it is put right", func() bool { return len(told(d.now(), status.Corrected)["role "+purgeRole]) == 1 })
	if now := d.settled(2); now.Task("purge").Suspension != nil {
		t.Errorf("it is suspended still: %+v", now.Task("purge").Suspension)
	}
}

// TestDaemonsPageAsksForAToken: with a token the page is for who has it; health
// and readiness are for all.
func TestDaemonsPageAsksForAToken(t *testing.T) {
	t.Parallel()
	c := newEmbedded()
	p := c.reports(t)
	const token = "0123456789abcdef-of-the-page"
	p.file(t, "token", token+"\n")
	refused := p.exits(t, 64, "daemon", "staging", "--sandbox", "--sandbox-listen", "127.0.0.1:0", "--listen", "0.0.0.0:0")
	if !strings.Contains(refused.stderr, "anybody in the network could read the status page") {
		t.Errorf("%s", refused.stderr)
	}
	d := c.embedded(t, p, "--token-file", filepath.Join(p.dir, "token"))
	for _, path := range []string{"/", "/api/status", "/metrics", "/events", "/staging/nightly"} {
		if code, body := d.ask(path); code != http.StatusUnauthorized || strings.Contains(body, "nightly") {
			t.Errorf("%s answers %d without a token", path, code)
		}
	}
	d.until("it is ready", func() bool { code, _ := d.ask("/readyz"); return code == http.StatusOK })
	p.ok(t, "daemon", "check", d.page+"/healthz")
	p.ok(t, "daemon", "check", d.page+"/readyz")
	p.exits(t, 1, "daemon", "check", d.page+"/api/status")
	p.exits(t, 1, "daemon", "check", fmt.Sprintf("http://127.0.0.1:%d/healthz", freePort(t)))
	d.token = token
	d.settled(2)
	if d.metric("reconciler_tasks", "") != 2 {
		t.Error("the metrics do not tell of two tasks")
	}
	d.token = token + "x"
	if code, _ := d.ask("/"); code != http.StatusUnauthorized {
		t.Errorf("a wrong token is answered %d", code)
	}
	if strings.Contains(d.log.String(), token) {
		t.Error("the log has the token")
	}
}
