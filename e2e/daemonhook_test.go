package e2e

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ecs-reconciler/pkg/daemon/notify"
	"ecs-reconciler/pkg/daemon/status"
)

// hook is a webhook that keeps what it is told.
type hook struct {
	url, key string // both are secrets
	mu       sync.Mutex
	got      []string
	refused  []string // why
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{key: rand.Text()}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	h.url = server.URL + "/" + rand.Text()
	return h
}

// ServeHTTP takes what is signed with the key, now.
func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	if why := h.judge(r.Header.Get("X-Reconciler-Signature"), body); why != "" || err != nil {
		h.refused = append(h.refused, fmt.Sprint(why, err))
		http.Error(w, why, http.StatusForbidden)
		return
	}
	h.got = append(h.got, string(body))
}

// judge is as docs/daemon.md tells receivers to do it.
func (h *hook) judge(signature string, body []byte) string {
	var at int64
	var mac string
	if _, err := fmt.Sscanf(strings.ReplaceAll(signature, ",", " "), "t=%d v1=%s", &at, &mac); err != nil {
		return fmt.Sprintf("%q is no signature: %v", signature, err)
	}
	want := hmac.New(sha256.New, []byte(h.key))
	fmt.Fprintf(want, "%d.%s", at, body)
	if age := time.Since(time.Unix(at, 0)).Abs(); mac != hex.EncodeToString(want.Sum(nil)) || age > 5*time.Minute {
		return fmt.Sprintf("a wrong signature, or an old one: %s", age)
	}
	return ""
}

func (h *hook) bodies() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string{}, h.got...)
}

// tellsOf wants a message of drift and one of its correction, each as the
// history has it.
func (h *hook) tellsOf(d *daemon, now status.Environment) {
	d.Helper()
	for _, what := range []status.What{status.DriftFound, status.Corrected} {
		d.until("the webhook hears of "+string(what), func() bool {
			return slices.ContainsFunc(h.bodies(), func(body string) bool { return tells(d, body, what, now) })
		})
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.refused) > 0 {
		d.Errorf("refused: %q", h.refused)
	}
}

// tells is whether a message is that of a record in the history.
func tells(t testing.TB, body string, what status.What, now status.Environment) bool {
	t.Helper()
	var m notify.Body
	decode(t, body, &m)
	return m.What == what && m.AccountID == now.AccountID && m.Environment == now.Environment && m.Region == now.Region &&
		slices.ContainsFunc(told(now, what)[fmt.Sprintf("%s %s", m.Kind, m.Name)], func(r status.Record) bool {
			return r.At.Equal(m.At) && r.Who == m.Who && r.Task == m.Task && len(r.Fields) == len(m.Fields)
		})
}
