package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ask sends a request to the sandbox's own endpoints.
func ask(t *testing.T, s *Server, method, url, origin, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestStateOverHTTP: what one sandbox gives, another takes.
func TestStateOverHTTP(t *testing.T) {
	from, to := newTestServer(t, Options{}), newTestServer(t, Options{Seed: 2})
	create(t, secretsClient(from, "us-west-2"), "s", "x")
	got := ask(t, from, http.MethodGet, "http://127.0.0.1/_sandbox/state", "", "")
	if diff := cmp.Diff(dump(t, from), got.Body.String()); diff != "" || got.Code != http.StatusOK || got.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d, %s", got.Code, diff)
	}
	if put := ask(t, to, http.MethodPut, "http://[::1]:1/_sandbox/state", "", got.Body.String()); put.Code != http.StatusNoContent {
		t.Errorf("%d %s", put.Code, put.Body)
	}
	if diff := cmp.Diff(dump(t, from), dump(t, to)); diff != "" {
		t.Error(diff)
	}
	bad := ask(t, to, http.MethodPut, "http://localhost/_sandbox/state", "", "{")
	if bad.Code != http.StatusBadRequest || !strings.HasPrefix(bad.Body.String(), ErrBadDump.Error()) {
		t.Errorf("%d %s", bad.Code, bad.Body)
	}
	if reset := ask(t, to, http.MethodPost, "http://sandbox:4566/_sandbox/reset", "", ""); reset.Code != http.StatusNoContent {
		t.Errorf("%d %s", reset.Code, reset.Body)
	}
	if strings.Contains(dump(t, to), `"s"`) {
		t.Error("the reset left a secret behind")
	}
}

// TestPagesMayNotTouchTheState: neither one from elsewhere, nor one whose name
// was made to lead here.
func TestPagesMayNotTouchTheState(t *testing.T) {
	s := newTestServer(t, Options{})
	create(t, secretsClient(s, "us-west-2"), "s", "x")
	before := dump(t, s)
	for _, request := range []struct{ method, what string }{{http.MethodPost, "reset"}, {http.MethodGet, "state"}, {http.MethodPut, "state"}} {
		for host, origin := range map[string]string{"127.0.0.1:4566": "http://127.0.0.1:4566", "evil.example.com:4566": "", "localhost": "null"} {
			w := ask(t, s, request.method, "http://"+host+"/_sandbox/"+request.what, origin, before)
			if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "012345678901") {
				t.Errorf("%v of %s from %q: %d %s", request, host, origin, w.Code, w.Body)
			}
		}
	}
	if diff := cmp.Diff(before, dump(t, s)); diff != "" {
		t.Error(diff)
	}
}
