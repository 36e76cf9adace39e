package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/report"
)

const path = "/services/T0/B0/hunter2-canary"

// inbox is a webhook of the other side, as a transport: it keeps what it was
// sent, and answers as it is told.
type inbox struct {
	mu     sync.Mutex
	got    []string // seconds since the beginning, and the text
	bodies []Body
	answer func(n int) (*http.Response, error)
	began  time.Time
	tries  int
}

func (i *inbox) RoundTrip(r *http.Request) (*http.Response, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	var b Body
	if err := json.NewDecoder(r.Body).Decode(&b); err != nil {
		return nil, err
	}
	i.tries++
	if i.answer != nil {
		if answer, err := i.answer(i.tries); answer != nil || err != nil {
			return answer, err
		}
	}
	i.got = append(i.got, fmt.Sprintf("%d %s", int(time.Since(i.began).Seconds()), b.Text))
	i.bodies = append(i.bodies, b)
	return reply(204, nil), nil
}

func reply(code int, header http.Header) *http.Response {
	return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(strings.NewReader(""))}
}

// running is a webhook that is run until the test of the bubble ends.
func running(t *testing.T, in *inbox, o Options) (w *Webhook, counts func() map[string]int, stop func()) {
	t.Helper()
	in.began = time.Now()
	counted := map[string]int{}
	var mu sync.Mutex
	o.URL, o.Transport = "https://example.org"+path, in
	o.Count = func(format, outcome string) {
		mu.Lock()
		defer mu.Unlock()
		counted[format+" "+outcome]++
	}
	w, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.Run(ctx); close(done) }()
	counts = func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(counted)
	}
	return w, counts, func() { cancel(); <-done }
}

func event(what status.What, task string) Event {
	return Event{"production", "123456789012", "eu-central-1", status.Record{At: time.Unix(1700000000, 0), What: what, Task: task, Kind: "secret", Name: "s"}}
}

func TestEventsAreGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &inbox{}
		w, counts, stop := running(t, in, Options{Every: 10 * time.Minute})
		for range 15 { // a little more than a minute apart
			w.Tell(event(status.DriftFound, "report"), event(status.Applied, "report"))
			time.Sleep(61 * time.Second)
		}
		w.Tell(event(status.DriftFound, "api"))
		time.Sleep(time.Hour)
		w.Tell(event(status.DriftFound, "report"))
		synctest.Wait()
		stop()
		want := []string{"0 drift: secret s of report in production", "600 drift: secret s of report in production, and 8 more", "915 drift: secret s of api in production",
			"1200 drift: secret s of report in production, and 4 more", "4515 drift: secret s of report in production"}
		if diff := cmp.Diff(want, in.got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]int{"json sent": 5}, counts()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestARecoveryMakesFailuresMoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &inbox{}
		w, _, stop := running(t, in, Options{})
		w.Tell(event(status.Failed, "report"))
		time.Sleep(time.Minute)
		w.Tell(event(status.Failed, "report"))
		time.Sleep(time.Minute)
		w.Tell(event(status.Recovered, "report"))
		time.Sleep(time.Hour)
		stop()
		if diff := cmp.Diff([]string{"0 failed: secret s of report in production", "120 recovered: secret s of report in production"}, in.got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFailingWebhookIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(n int) (*http.Response, error)
		want   map[string]int
		tries  int
		least  time.Duration
	}{
		"comes back": {func(n int) (*http.Response, error) {
			return [...]*http.Response{reply(500, nil), reply(503, nil), nil}[n-1], nil
		}, map[string]int{"json sent": 1}, 3, time.Second},
		"says when": {func(n int) (*http.Response, error) {
			return [...]*http.Response{reply(429, http.Header{"Retry-After": {"40"}}), nil}[n-1], nil
		}, map[string]int{"json sent": 1}, 2, 40 * time.Second},
		"refuses": {func(int) (*http.Response, error) { return reply(404, nil), nil }, map[string]int{"json failed": 1}, 1, 0},
		"redirects": {func(int) (*http.Response, error) {
			return reply(307, http.Header{"Location": {"https://evil.example"}}), nil
		}, map[string]int{"json failed": 1}, 1, 0},
		"never comes back": {func(int) (*http.Response, error) { return nil, errors.New("hunter2-canary") }, map[string]int{"json failed": 1}, attempts, 15 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := &inbox{answer: c.answer}
				core, logs := observer.New(zapcore.DebugLevel)
				w, counts, stop := running(t, in, Options{Log: zap.New(core)})
				w.Tell(event(status.DriftFound, "report"))
				began := time.Now()
				for synctest.Wait(); len(counts()) == 0; synctest.Wait() {
					time.Sleep(time.Second)
				}
				took := time.Since(began)
				stop()
				if diff := cmp.Diff(c.want, counts()); diff != "" || in.tries != c.tries || took < c.least {
					t.Errorf("%s %d tries, %s", diff, in.tries, took)
				}
				for _, entry := range logs.All() {
					if text := fmt.Sprint(entry.Message, entry.ContextMap()); strings.Contains(text, "hunter2") || strings.Contains(text, "example.org") {
						t.Errorf("the log tells of the URL: %s", text)
					}
				}
			})
		})
	}
}

func TestNothingBlocksAndDropsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &inbox{}
		down := true
		in.answer = func(int) (*http.Response, error) {
			if down {
				return reply(500, nil), nil
			}
			return nil, nil
		}
		w, counts, stop := running(t, in, Options{})
		began := time.Now()
		for i := range 1000 {
			w.Tell(event(status.DriftFound, fmt.Sprint(i)))
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("it blocked for %s", took)
		}
		synctest.Wait()
		in.mu.Lock()
		down = false
		in.mu.Unlock()
		time.Sleep(time.Minute)
		stop()
		dropped := 0
		for _, b := range in.bodies {
			dropped += b.Dropped
		}
		if counts := counts(); counts["json sent"]+dropped != 1000 || dropped != counts["json dropped"] || dropped < 700 {
			t.Errorf("%v, and %d were told to be dropped", counts, dropped)
		}
	})
}

func TestWhatIsLeftIsSentAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &inbox{}
		w, _, stop := running(t, in, Options{})
		w.Tell(event(status.DriftFound, "report"))
		synctest.Wait()
		w.Tell(event(status.DriftFound, "report"), event(status.Failed, "api"))
		stop()
		if len(in.got) != 3 {
			t.Errorf("%q", in.got)
		}
		// A webhook that hangs does not keep the daemon.
		hung := &inbox{answer: func(int) (*http.Response, error) { return reply(500, nil), nil }}
		w, counts, stop := running(t, hung, Options{})
		w.Tell(event(status.DriftFound, "report"))
		began := time.Now()
		stop()
		if took := time.Since(began); took > 6*time.Second || counts()["json failed"] != 1 {
			t.Errorf("%s, %v", took, counts())
		}
	})
}

func TestOptions(t *testing.T) {
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{
		"no URL":         {},
		"no scheme":      {URL: "example.org/hunter2"},
		"another scheme": {URL: "file:///hunter2"},
		"not a URL":      {URL: "https://hunter2:%zz@[::"},
		"format":         {URL: "https://example.org/hunter2", Format: "teams"},
		"no secret":      {URL: "https://example.org/hunter2", SecretFile: short + "er"},
		"short secret":   {URL: "https://example.org/hunter2", SecretFile: short},
	} {
		_, err := New(o)
		var usage *report.UsageError
		if !errors.As(err, &usage) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A server of the standard library's verifies a message as docs/daemon.md says.
func TestASignedMessage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("a secret of our own\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	type request struct {
		header http.Header
		body   []byte
	}
	got := make(chan request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- request{r.Header, body}
	}))
	defer server.Close()
	w, err := New(Options{URL: server.URL + path, SecretFile: file})
	if err != nil {
		t.Fatal(err)
	}
	go w.Run(t.Context())
	e := event(status.Corrected, "report")
	e.Who, e.Message = "alice", "put back"
	e.Fields = []plan.Field{{Path: "/value", Sensitive: true, Before: "hunter2", After: "hunter2"}, {Path: "/cpu", Before: "256", After: "512"}}
	w.Tell(e)
	r := <-got
	at, signature, _ := strings.Cut(strings.TrimPrefix(r.header.Get(SignatureHeader), "t="), ",v1=")
	mac := hmac.New(sha256.New, []byte("a secret of our own"))
	mac.Write([]byte(at + "." + string(r.body)))
	if want := hex.EncodeToString(mac.Sum(nil)); signature != want || at == "" {
		t.Errorf("signed %q at %q, want %q", signature, at, want)
	}
	want := `{"format_version":"1","id":"` + message{Event: e}.id() + `","text":"corrected: secret s of report in production, by alice","what":"corrected","at":"` + e.At.UTC().Format(time.RFC3339) +
		`","environment":"production","account_id":"123456789012","region":"eu-central-1","task":"report","kind":"secret","name":"s","who":"alice","message":"put back",` +
		`"fields":[{"path":"/value","sensitive":true},{"path":"/cpu","before":"256","after":"512"}],"more":0,"dropped":0}`
	if diff := cmp.Diff(want, string(r.body)); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsOfTheNetworkHoldNoURL(t *testing.T) {
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	untrusted.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for url, want := range map[string]string{untrusted.URL: "its certificate is not trusted", gone.URL: "it cannot be reached", "http://hunter2.invalid": "its host cannot be found"} {
		w, err := New(Options{URL: url + path})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.send(t.Context(), message{Event: event(status.Failed, "report")}); err == nil || err.Error() != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestALongMessageIsSentWithoutItsFields(t *testing.T) {
	e := event(status.DriftFound, "report")
	e.Fields = []plan.Field{{Path: "/a", Before: strings.Repeat("x", maxBody)}, {Path: "/b"}}
	out, err := message{Event: e}.body(JSON)
	var b Body
	if err != nil || json.Unmarshal(out, &b) != nil || len(out) > 1000 || b.FieldsOmitted != 2 {
		t.Errorf("%d bytes, %+v, %v", len(out), b, err)
	}
}
