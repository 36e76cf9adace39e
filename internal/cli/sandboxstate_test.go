package cli

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"ecs-reconciler/internal/sandbox"
)

// TestServes: only a sandbox of that account is one.
func TestServes(t *testing.T) {
	server, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	ours := httptest.NewServer(server)
	defer ours.Close()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	gone := httptest.NewServer(server)
	gone.Close()
	for _, c := range []struct {
		url, account string
		want         bool
	}{
		{ours.URL, sandboxAccount, true}, {ours.URL, "999999999999", false}, {other.URL, sandboxAccount, false}, {gone.URL, sandboxAccount, false},
	} {
		if got := serves(t.Context(), c.url, c.account); got != c.want {
			t.Errorf("%s, account %s: %t", c.url, c.account, got)
		}
	}
	if _, err := (remote{t.Context(), other.URL}).Dump(); err == nil || err.Error() != other.URL+" is no sandbox that can do this: it answers 404 Not Found" {
		t.Errorf("%v", err)
	}
}
