package page

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/status"
)

var update = flag.Bool("update", false, "rewrite the golden pages and the screenshots")

func get(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestPages(t *testing.T) {
	for _, c := range []struct {
		name  string
		board *status.Board
		path  string
		code  int
		want  []string
		never []string
	}{
		{"empty", status.NewBoard(), "/", 200, []string{"No task is watched yet"}, nil},
		{"quiet", quiet(), "/", 200, []string{"All 6 tasks are as the specs say"}, []string{"Needs attention"}},
		{"troubled", troubled(), "/", 200, []string{"1 of 14 tasks failed, 1 is refused, 2 drifted, 1 is pending; staging itself needs attention",
			"the newest spec is refused", "user/alice", "cancel the deletion of the key", "until <time", "(sensitive) differs"}, []string{"assumed-role/Admin/bob</p><details"}},
		{"environment", troubled(), "/production", 200, []string{"1 of 9 tasks failed", "WithinLimits", "shop/report/token"}, []string{"legacy"}},
		{"task", troubled(), "/production/report", 200, []string{"team=payments", "s3:*", "arn:aws:s3:::shop-reports/*"}, []string{"smtp-password"}},
		{"found", troubled(), "/?q=STRIPE", 200, []string{"1 of 14 match “STRIPE”"}, []string{"shop-report-task</b>"}},
		{"state", troubled(), "/?state=suspended", 200, []string{"1 of 14 match", `<option value="suspended" selected>`}, nil},
		{"label", troubled(), "/staging?q=team%3Dpay", 200, []string{"4 of 5 match"}, nil},
		{"nothing", troubled(), "/production/none", 404, []string{"Nothing here"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := get(pageOf(t, c.board), http.MethodGet, c.path)
			body := w.Body.String()
			if w.Code != c.code || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%d, %s", w.Code, w.Header())
			}
			for _, want := range c.want {
				if !strings.Contains(body, want) {
					t.Errorf("%q is missing", want)
				}
			}
			for _, never := range append(c.never, canary, "style=", "onclick", "http://", "https://") {
				if strings.Contains(body, never) {
					t.Errorf("%q is there", never)
				}
			}
			golden(t, c.name+".html", body)
		})
	}
}

// golden compares a page, an element a line, without its style and script, which
// have files of their own.
func golden(t *testing.T, name, page string) {
	t.Helper()
	for _, of := range []string{"style", "script"} {
		head, rest, _ := strings.Cut(page, "<"+of+">")
		_, tail, _ := strings.Cut(rest, "</"+of+">")
		page = head + "<" + of + "></" + of + ">" + tail
	}
	page = strings.ReplaceAll(page, "><", ">\n<") + "\n"
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(page, "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestItCanOnlyBeRead(t *testing.T) {
	p := pageOf(t, troubled())
	for _, path := range []string{"/", "/events", "/api/status", "/healthz", "/production/report", "/none/of/these"} {
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
			if w := get(p, method, path); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
		if w := get(p, http.MethodHead, path); w.Code == http.StatusMethodNotAllowed {
			t.Errorf("HEAD %s: %d", path, w.Code)
		}
	}
	h := get(p, http.MethodGet, "/").Header()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
		if h.Get(name) != want {
			t.Errorf("%s: %s", name, h.Get(name))
		}
	}
	policy := h.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	var why error
	p := pageOf(t, quiet(), func(o *Options) {
		o.Ready = func() error { return why }
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "reconciler_up 1\n") })
	})
	check := func(path string, code int, text string) {
		t.Helper()
		if w := get(p, http.MethodGet, path); w.Code != code || w.Body.String() != text+"\n" {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
	check("/healthz", 200, "ok")
	check("/readyz", 200, "ready")
	check("/metrics", 200, "reconciler_up 1")
	why = errors.New("production was never scanned")
	check("/healthz", 200, "ok")
	check("/readyz", 503, "not ready: production was never scanned")
	if body := get(p, http.MethodGet, "/").Body.String(); !strings.Contains(body, "were as the specs say; the daemon is not ready") {
		t.Error("the page does not tell")
	}
}

func TestData(t *testing.T) {
	p := pageOf(t, troubled())
	read := func(path string, code int) (a Answer) {
		t.Helper()
		w := get(p, http.MethodGet, path)
		if w.Code != code || w.Header().Get("Content-Type") != "application/json" || strings.Contains(w.Body.String(), canary) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || a.FormatVersion != "1" {
			t.Errorf("%s: %v, %+v", path, err, a)
		}
		return a
	}
	if a := read("/api/status", 200); len(a.Environments) != 3 || len(a.Environments[0].Tasks) != 9 {
		t.Errorf("%+v", a)
	}
	if a := read("/api/status/staging", 200); len(a.Environments) != 1 || a.Environments[0].Environment != "staging" {
		t.Errorf("%+v", a)
	}
	read("/api/status/none", 404)
}

func TestAScanThatIsOverdueIsTold(t *testing.T) {
	b := quiet()
	b.Update("staging", func(e *status.Environment) { e.NextScan = before(9 * time.Minute) })
	body := get(pageOf(t, b), http.MethodGet, "/").Body.String()
	for _, want := range []string{"All 6 tasks were as the specs say; staging itself needs attention", "the next scan is overdue", "it should have begun 9 min ago"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// A page of a thousand tasks stays below a megabyte, whatever became of them.
func TestAThousandTasks(t *testing.T) {
	for _, every := range []int{1, 100, 2000} {
		p := pageOf(t, crowded(1000, every))
		began := time.Now()
		w := get(p, http.MethodGet, "/")
		took := time.Since(began)
		t.Logf("one drifted in %d: %d kB in %s", every, w.Body.Len()>>10, took.Round(time.Millisecond))
		if w.Code != 200 || w.Body.Len() > 1<<20 || took > 5*time.Second || strings.Count(w.Body.String(), "task-0999") == 0 {
			t.Errorf("one in %d: %d, %d bytes in %s", every, w.Code, w.Body.Len(), took)
		}
	}
}

func BenchmarkAThousandTasks(b *testing.B) {
	p := pageOf(b, crowded(1000, 100))
	for b.Loop() {
		get(p, http.MethodGet, "/")
	}
}

func TestStamps(t *testing.T) {
	for _, c := range []struct {
		at          time.Time
		ago, clock  string
		description string
	}{
		{noon, "less than 1 min ago", "03:07:30 UTC", "now"},
		{*after(5 * time.Minute), "in 5 min", "03:12:30 UTC", "to come"},
		{*before(99 * time.Minute), "99 min ago", "01:28:30 UTC", "minutes"},
		{*before(20 * time.Hour), "20 h ago", "13 Mar 2026, 07:07:30 UTC", "yesterday"},
		{*before(72 * time.Hour), "3 days ago", "11 Mar 2026, 03:07:30 UTC", "days"},
	} {
		if got := stamp(c.at, noon); got.Ago != c.ago || got.Clock != c.clock {
			t.Errorf("%s: %+v", c.description, got)
		}
	}
}
