package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart is how long it takes until the first request can be served.
func BenchmarkStart(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newBusy(b, "", 0)
	}
}

// busy is a server with things in it, whose clock goes on by twenty minutes a
// call, so that no secret has too many young versions.
type busy struct {
	*Server
	calls int
}

func newBusy(t testing.TB, dir string, things int) *busy {
	t.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	server, err := New(Options{Seed: 1, Dir: dir, Now: func() time.Time {
		now = now.Add(20 * time.Minute)
		return now
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &busy{Server: server}
	for i := range things {
		s.must(t, "secretsmanager", "CreateSecret", fields{"Name": fmt.Sprintf("s%d", i), "SecretString": "x", "ClientRequestToken": s.token()})
	}
	return s
}

func (s *busy) must(t testing.TB, service, operation string, in fields) {
	t.Helper()
	if err := perform(s.Server, "AKIA", "us-west-2", service, operation, in); err != nil {
		t.Fatal(err)
	}
}

// token is another one each time.
func (s *busy) token() string {
	s.calls++
	return fmt.Sprintf("%036d", s.calls)
}

// wired is a request as it comes over the wire, made anew for each call.
type wired struct{ service, target, contentType, body string }

func (w wired) to(ctx context.Context, url string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(w.body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", authFor(w.service))
	r.Header.Set("Content-Type", w.contentType)
	if w.target != "" {
		r.Header.Set("X-Amz-Target", w.target)
	}
	return r, nil
}

// watchedCalls are the three calls whose cost is watched, each with what must be
// there first.
func watchedCalls(t testing.TB, s *busy) map[string]func() wired {
	t.Helper()
	const js = "application/x-amz-json-1.1"
	for i := range 1000 {
		s.must(t, "ecs", "RegisterTaskDefinition", fields{
			"family": fmt.Sprintf("f%d", i), "containerDefinitions": []fields{{"name": "main", "image": "app:1", "memory": 128}},
		})
	}
	return map[string]func() wired{
		"GetCallerIdentity": func() wired {
			return wired{"sts", "", "application/x-www-form-urlencoded", "Action=GetCallerIdentity&Version=2011-06-15"}
		},
		"DescribeTaskDefinition": func() wired {
			return wired{"ecs", "AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition", js, `{"taskDefinition":"f500"}`}
		},
		"PutSecretValue": func() wired {
			return wired{"secretsmanager", "secretsmanager.PutSecretValue", js,
				`{"SecretId":"s0","SecretString":"y","ClientRequestToken":"` + s.token() + `"}`}
		},
	}
}

// BenchmarkWatchedCalls is over loopback, with connections kept alive.
func BenchmarkWatchedCalls(b *testing.B) {
	s := newBusy(b, b.TempDir(), 1000)
	listening := httptest.NewServer(s)
	b.Cleanup(listening.Close)
	for name, next := range watchedCalls(b, s) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				exchange(b, listening, next())
			}
		})
	}
}

func exchange(b *testing.B, listening *httptest.Server, w wired) {
	b.Helper()
	r, err := w.to(b.Context(), listening.URL)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := listening.Client().Do(r)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	if closeErr := answer.Body.Close(); err != nil || closeErr != nil || answer.StatusCode != http.StatusOK {
		b.Fatal(answer.Status, err, closeErr)
	}
}

// TestWatchedCallsAllocate no more than this, request and recorder included,
// with the state on disk.
func TestWatchedCallsAllocate(t *testing.T) {
	s := newBusy(t, t.TempDir(), 1000)
	calls := watchedCalls(t, s)
	for name, most := range map[string]float64{"GetCallerIdentity": 100, "DescribeTaskDefinition": 235, "PutSecretValue": 170} {
		got := testing.AllocsPerRun(300, func() {
			r, err := calls[name]().to(t.Context(), "http://sandbox/")
			if err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Fatal(w.Code, w.Body)
			}
		})
		t.Logf("%s: %.0f allocations", name, got)
		if got > most {
			t.Errorf("%s allocates %.0f times, more than %.0f", name, got, most)
		}
	}
}

// BenchmarkPutSecretValue writes among few and many secrets, in memory and on
// disk.
func BenchmarkPutSecretValue(b *testing.B) {
	for _, secrets := range []int{1, 10_000} {
		for name, dir := range map[string]string{"memory": "", "disk": b.TempDir()} {
			b.Run(fmt.Sprintf("%s/%d", name, secrets), func(b *testing.B) {
				s := newBusy(b, dir, secrets)
				b.ReportAllocs()
				for b.Loop() {
					s.put(b)
				}
			})
		}
	}
}

// put gives the first secret another value.
func (s *busy) put(t testing.TB) {
	t.Helper()
	s.must(t, "secretsmanager", "PutSecretValue", fields{"SecretId": "s0", "SecretString": "y", "ClientRequestToken": s.token()})
}

// TestAllocationsDoNotGrowWithTheAccount is the gate on work per write.
func TestAllocationsDoNotGrowWithTheAccount(t *testing.T) {
	cost := func(secrets int) float64 {
		s := newBusy(t, t.TempDir(), secrets)
		if err := s.compactNow(); err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(200, func() { s.put(t) })
	}
	few, many := cost(1), cost(10_000)
	t.Logf("%.0f allocations among 1 secret, %.0f among 10,000", few, many)
	if many > few+5 {
		t.Errorf("a write allocates %.0f times among 1 secret and %.0f times among 10,000", few, many)
	}
}

// compactNow writes the file anew, so that what follows appends.
func (s *Server) compactNow() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.compact()
}
