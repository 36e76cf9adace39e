package e2e

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/status"
)

// meddled are the objects of testdata/reports that meddle changes.
var meddled = []string{"role " + nightlyRole, "secret " + serviceJSON, "task_definition " + nightlyFamily}

// meddle changes one object of each kind by hand, with boto3.
func (c *cloud) meddle(t testing.TB, value string) {
	t.Helper()
	c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": serviceJSON, "SecretString": value})
	c.boto3(t, "iam", "update_assume_role_policy", arguments{"RoleName": nightlyRole, "PolicyDocument": openTrust})
	c.registerByHand(t, nightlyFamily, "registry.example.com/reports:hotfix")
}

// TestDaemonTellsOneStory: what is changed by hand is put back, and the page,
// the API, the metrics, the log, webhooks and `status` tell the same of it, and
// no value.
func TestDaemonTellsOneStory(t *testing.T) {
	t.Parallel()
	c, k := newEmbedded(), hatch()
	p := c.canaryProject(t, k)
	h := newHook(t)
	p.file(t, "webhook.key", h.key)
	d := c.embedded(t, p, "--interval", "2s", "--webhook", h.url, "--webhook-secret-file", filepath.Join(p.dir, "webhook.key"))
	d.settled(2)
	if now := d.now(); len(told(now, status.Applied)) != reportObjects || d.metric("reconciler_changes_applied_total", "") != reportObjects {
		t.Errorf("applied: %v", told(now, status.Applied))
	}

	before := time.Now()
	c.meddle(t, k.drifted)
	d.until("all is put back", func() bool { return len(told(d.now(), status.Corrected)) == len(meddled) })
	now := d.settled(2)
	c.isPutBack(t, k)
	d.sameStory(now, before)
	d.sameStanding(p, now)
	h.tellsOf(d, now)

	s := newSearch(k.all())
	s.add("the webhook's key", h.key)
	s.add("the webhook's URL", h.url)
	for _, path := range []string{"/", "/staging", "/staging/nightly", "/api/status", "/metrics"} {
		s.text(t, path, d.get(path))
	}
	s.text(t, "the log", d.log.String())
	s.text(t, "a webhook", strings.Join(h.bodies(), "\n"))
}

// isPutBack asks boto3.
func (c *cloud) isPutBack(t *testing.T, k canaries) {
	t.Helper()
	if value := c.secret(t, serviceJSON); !strings.Contains(value, k.json) {
		t.Error("the secret was not put back")
	}
	if role := text(c.boto3(t, "iam", "get_role", arguments{"RoleName": nightlyRole})); !strings.Contains(role, "ecs-tasks.amazonaws.com") || strings.Contains(role, "ec2.amazonaws.com") {
		t.Errorf("the role was not put back: %s", role)
	}
	if definition := text(c.definition(t, nightlyFamily)); !strings.Contains(definition, "reports:1.2.3") {
		t.Error("the task definition was not put back")
	}
}

// sameStory wants each channel to tell of each object that was changed: who did
// it, what, and when.
func (d *daemon) sameStory(now status.Environment, since time.Time) {
	d.Helper()
	for what, metric := range map[status.What]string{status.DriftFound: "reconciler_drift_found_total", status.Corrected: "reconciler_drift_corrected_total"} {
		history, log, html := told(now, what), d.logged(string(what)), d.get("/staging")
		if names := slices.Sorted(maps.Keys(history)); !slices.Equal(names, meddled) {
			d.Errorf("the history tells that of %v there was %s", names, what)
		}
		all := 0
		for name, records := range history {
			all += len(records)
			var lines []logLine
			for _, r := range records {
				if r.At.Before(since) || r.At.After(time.Now()) {
					d.Errorf("%s: %s at %s", name, what, r.At)
				}
				line := logLine{Msg: string(what), Environment: "staging", Kind: string(r.Kind), Name: r.Name, Task: r.Task, Who: r.Who, Note: r.Note}
				for _, f := range r.Fields {
					line.Fields = append(line.Fields, f.Path)
				}
				lines = append(lines, line)
			}
			if diff := cmp.Diff(lines, log[name]); diff != "" {
				d.Errorf("the log tells otherwise of %s:\n%s", name, diff)
			}
			if r := records[0]; !strings.Contains(html, string(what)+" staging "+r.Task+" "+name) || !strings.Contains(html, r.Note) ||
				r.Kind == "task_definition" && !strings.Contains(r.Note, "was registered by arn:aws:iam::"+now.AccountID+":user/sandbox at ") {
				d.Errorf("the page does not tell of %s and %q", name, r.Note)
			}
		}
		if got := d.metric(metric, ""); int(got) != all {
			d.Errorf("%s is %v, and the history tells of %d", metric, got, all)
		}
	}
	if got := d.metric("reconciler_tasks", `environment="staging",state="in_sync"`); int(got) != len(now.Tasks) {
		d.Errorf("%v tasks are in sync by the metrics", got)
	}
}

// sameStanding wants `status` to see each object as the daemon does.
func (d *daemon) sameStanding(p *project, now status.Environment) {
	d.Helper()
	var seen status.Environment
	decode(d, p.ok(d, "status", "staging", "-o", "json").stdout, &seen)
	if seen.AccountID != now.AccountID || seen.Region != now.Region || seen.Project != now.Project {
		d.Errorf("status is of %s %s %s", seen.AccountID, seen.Region, seen.Project)
	}
	type standing struct {
		Task       string
		Labels     map[string]string
		Conditions []string
		Objects    []status.Object
	}
	of := func(e status.Environment) (out []standing) {
		for _, t := range e.Tasks {
			s := standing{Task: t.Name, Labels: t.Labels, Objects: t.Objects}
			for _, c := range t.Conditions {
				s.Conditions = append(s.Conditions, string(c.Type)+" "+string(c.Status)+" "+c.Reason+": "+c.Message)
			}
			out = append(out, s)
		}
		return out
	}
	if diff := cmp.Diff(of(now), of(seen)); diff != "" {
		d.Errorf("`status` tells otherwise than the daemon:\n%s", diff)
	}
}

// TestDaemonReportsDrift: what is only to be reported stays as it is, and all
// tell so.
func TestDaemonReportsDrift(t *testing.T) {
	t.Parallel()
	c := newEmbedded()
	p := c.reports(t)
	d := c.embedded(t, p, "--interval", "1s", "--drift", "report")
	d.settled(2)
	c.meddle(t, "by-hand-4711")
	var now status.Environment
	d.until("all three have drifted", func() bool { now = d.now(); return len(told(now, status.DriftFound)) == len(meddled) })
	scanned := *now.LastScan
	d.until("two looks later", func() bool { now = d.now(); return now.LastScan.After(scanned.Add(2 * time.Second)) })
	if corrected := told(now, status.Corrected); len(corrected) > 0 || c.secret(t, serviceJSON) != "by-hand-4711" {
		t.Errorf("corrected: %v", corrected)
	}
	if state := now.Task("nightly").State(); state != status.Moved || d.metric("reconciler_tasks", `environment="staging",state="drifted"`) != 1 {
		t.Errorf("nightly is %s", state)
	}
	p.env = append(p.env, "RECONCILER_DRIFT=report") // is for the daemon alone
	var seen status.Environment
	decode(t, p.ok(t, "status", "staging", "-o", "json").stdout, &seen)
	if got, want := seen.Task("nightly").State(), status.Moved; got != want {
		t.Errorf("status: nightly is %s", got)
	}
	if body := d.get("/staging?state=drifted"); !strings.Contains(body, `href="/staging/nightly"`) || strings.Contains(d.log.String()+body+d.get("/api/status"), "by-hand-4711") {
		t.Errorf("the page: %s", body)
	}
}
