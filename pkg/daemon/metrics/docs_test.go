package metrics

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"ecs-reconciler/internal/testtool"
)

var update = flag.Bool("update", false, "rewrite the table of metrics in docs/daemon.md")

// known are the labels of each series of ours, and what its table row says.
func known(t *testing.T) (labels map[string][]string, table string) {
	t.Helper()
	families, err := exercised().registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	labels = map[string][]string{}
	table = "| metric | type | labels | |\n|---|---|---|---|\n"
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), prefix) {
			continue
		}
		var names []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			names = append(names, l.GetName())
		}
		kind := strings.ToLower(f.GetType().String())
		table += fmt.Sprintf("| `%s` | %s | %s | %s |\n", f.GetName(), kind, strings.Join(names, ", "), f.GetHelp())
		suffixes := []string{""}
		if kind == "histogram" {
			suffixes = []string{"_bucket", "_sum", "_count"}
		}
		for _, s := range suffixes {
			labels[f.GetName()+s] = append(slices.Clone(names), "le")
		}
	}
	return labels, table
}

func doc(t *testing.T, name string) (path string, text []byte) {
	t.Helper()
	path = filepath.Join(testtool.Root(t), "docs", name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, text
}

func TestTheTableOfMetrics(t *testing.T) {
	_, table := known(t)
	const begin, end = "<!-- metrics -->\n", "<!-- /metrics -->"
	path, text := doc(t, "daemon.md")
	head, rest, ok := strings.Cut(string(text), begin)
	got, tail, also := strings.Cut(rest, end)
	if !ok || !also {
		t.Fatalf("%s has no %s", path, begin)
	}
	if *update {
		if err := os.WriteFile(path, []byte(head+begin+table+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != table {
		t.Errorf("docs/daemon.md is out of date: go test ./pkg/daemon/metrics -update\n%s", table)
	}
}

// unknown are the series and labels of a query that do not exist.
func unknown(query string, labels map[string][]string) (out []string) {
	names := regexp.MustCompile(`\b(?:reconciler|go|process)_\w+`).FindAllString(query, -1)
	if len(names) == 0 {
		return []string{"no metric in " + query}
	}
	for _, n := range names {
		if labels[n] == nil && !slices.Contains([]string{"go_goroutines", "process_resident_memory_bytes", "process_start_time_seconds"}, n) {
			out = append(out, n)
		}
	}
	used := regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)\s*"`).FindAllStringSubmatch(query, -1)
	for _, by := range regexp.MustCompile(`(?:by|on|without)\s*\(([^)]*)\)`).FindAllStringSubmatch(query, -1) {
		for l := range strings.SplitSeq(by[1], ",") {
			used = append(used, []string{"", strings.TrimSpace(l)})
		}
	}
	for _, l := range used {
		if !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(labels[n], l[1]) }) && !slices.Contains([]string{"instance", "job"}, l[1]) {
			out = append(out, "label "+l[1]+" in "+query)
		}
	}
	return out
}

func TestUnknownSeriesAreFound(t *testing.T) {
	labels, _ := known(t)
	for query, want := range map[string]int{
		`sum by (environment) (rate(reconciler_scans_total{outcome="failed"}[5m]))`: 0,
		`reconciler_scan_total`:                            1,
		`sum by (task) (reconciler_scans_total)`:           1,
		`reconciler_scans_total{environments="staging"}`:   1,
		`reconciler_scan_duration_seconds{outcome="done"}`: 2,
		`up == 0`: 1,
	} {
		if got := unknown(query, labels); len(got) != want {
			t.Errorf("%s: %q", query, got)
		}
	}
}

func TestTheDashboard(t *testing.T) {
	_, text := doc(t, "grafana-dashboard.json")
	var board struct {
		Title, UID string
		Panels     []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr, RefID string }
		}
		Templating struct {
			List []struct{ Name, Query string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	labels, _ := known(t)
	shown, ids := map[string]bool{}, map[int]bool{}
	for _, p := range board.Panels {
		if p.Title == "" || ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d %q is misplaced, without a title or there twice", p.ID, p.Title)
		}
		ids[p.ID] = true
		if len(p.Targets) == 0 && p.Type != "row" {
			t.Errorf("%s shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			for _, u := range unknown(strings.ReplaceAll(target.Expr, "$__rate_interval", "5m"), labels) {
				t.Errorf("%s: %s does not exist", p.Title, u)
			}
			for n := range labels {
				shown[n] = shown[n] || strings.Contains(target.Expr, n)
			}
		}
	}
	for _, n := range []string{"reconciler_tasks", "reconciler_drift_found_total", "reconciler_drift_corrected_total", "reconciler_failures_total", "reconciler_last_scan_timestamp_seconds",
		"reconciler_last_spec_timestamp_seconds", "reconciler_aws_calls_total", "reconciler_queue_depth", "reconciler_lease_state", "reconciler_cycle_duration_seconds_bucket", "reconciler_notifications_total"} {
		if !shown[n] {
			t.Errorf("the dashboard does not show %s", n)
		}
	}
	for _, v := range board.Templating.List {
		if v.Query != "" && v.Name == "environment" {
			for _, u := range unknown(v.Query, labels) {
				t.Errorf("variable %s: %s", v.Name, u)
			}
		}
	}
}

func TestTheAlerts(t *testing.T) {
	path, text := doc(t, "alerts.yaml")
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.UnmarshalStrict(text, &rules); err != nil {
		t.Fatal(err)
	}
	labels, _ := known(t)
	n := 0
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			n++
			for _, u := range unknown(r.Expr, labels) {
				t.Errorf("%s: %s does not exist", r.Alert, u)
			}
			if r.For == "" || r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%s lacks something: %+v", r.Alert, r)
			}
		}
	}
	if n < 6 {
		t.Errorf("%d alerts", n)
	}
	if promtool, err := exec.LookPath("promtool"); err == nil {
		if out, err := exec.Command(promtool, "check", "rules", path).CombinedOutput(); err != nil {
			t.Errorf("promtool: %v\n%s", err, out)
		}
	}
}
