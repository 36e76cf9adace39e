package e2e

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Every call of an apply is failed in turn by an answer that quotes the
// request, and what AWS answered to it, in its message. Nothing of the values
// in there may be printed.
func TestFailedCallsPrintNoSecret(t *testing.T) {
	t.Parallel()
	for _, phase := range []string{"create", "correct"} {
		for _, kind := range []string{"denied", "broken"} {
			t.Run(phase+" "+kind, func(t *testing.T) {
				t.Parallel()
				newFaultRun(t, phase == "correct").all(t, kind == "broken")
			})
		}
	}
}

// faultRun applies a project once for every call that an apply makes.
type faultRun struct {
	*cloud
	canaries canaries
	project  *project
	correct  bool // start from objects that exist and have drifted
}

func newFaultRun(t testing.TB, correct bool) *faultRun {
	f := &faultRun{cloud: newCloud(t, sandbox), canaries: hatch(), correct: correct}
	f.project = f.canaryProject(t, f.canaries)
	return f
}

// prepare makes the account what the apply starts from, and returns a search
// for all that is secret in it.
func (f *faultRun) prepare(t testing.TB) *search {
	t.Helper()
	f.breakWith(nil)
	f.reset(t)
	s := newSearch(f.canaries.all())
	if f.correct {
		f.project.ok(t, "apply", "staging", "--yes")
		f.putDrifted(t, f.canaries)
		s.add("the fingerprint key", f.fingerprintKey(t))
	}
	return s
}

func (f *faultRun) apply(t testing.TB, s *search, n, code int) outcome {
	t.Helper()
	format := []string{"text", "json", "markdown", "github"}[n%4]
	logs := []string{"text", "json"}[n%2]
	return s.run(t, f.project, code, "apply", "staging", "--yes", "--no-wait", "--parallelism", "1", "-o", format, "--log-format", logs)
}

func (f *faultRun) all(t *testing.T, broken bool) {
	s := f.prepare(t)
	calls := f.during(func() { f.apply(t, s, 0, 0) })
	failed := 0
	for n := range calls {
		s := f.prepare(t)
		fault := &echo{upstream: f.upstream, at: n, broken: broken}
		f.breakWith(fault.answer)
		if f.apply(t, s, n, -1).code == 1 {
			failed++
		}
		if fault.struck == "" {
			t.Errorf("call %d of %d was not made", n, len(calls))
		}
	}
	f.breakWith(nil)
	s.files(t, f.project)
	s.text(t, "the sandbox's log", f.sandbox.log.String())
	t.Logf("%d calls failed in turn, %d of them fail the apply", len(calls), failed)
	if failed < len(calls)/2 {
		t.Errorf("only %d of %d failed calls fail the apply", failed, len(calls))
	}
}

// echo fails one call: with AccessDenied, or first with a 500, and goes on
// with AccessDenied for the operation, so that retries fail too.
type echo struct {
	mu       sync.Mutex
	upstream http.Handler
	at       int // the call to fail, from zero
	broken   bool
	seen     int
	struck   string // the operation that was failed
}

func (e *echo) answer(w http.ResponseWriter, r *http.Request, c call) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen++
	if e.struck == "" && e.seen == e.at+1 {
		e.struck = c.operation
		if e.broken {
			refuse(w, c, http.StatusInternalServerError, "InternalServiceError", e.quote(r, c))
			return true
		}
	}
	if e.struck != c.operation {
		return false
	}
	refuse(w, c, http.StatusBadRequest, "AccessDeniedException", e.quote(r, c))
	return true
}

// quote is the request, and its answer when it is a read, as messages may hold
// them.
func (e *echo) quote(r *http.Request, c call) string {
	quoted := c.body
	if !c.writes() {
		answer := httptest.NewRecorder()
		e.upstream.ServeHTTP(answer, r)
		quoted += " " + answer.Body.String()
	}
	return "not allowed: " + quoted + " " + url.QueryEscape(quoted) + " " + base64.StdEncoding.EncodeToString([]byte(quoted))
}

// refuse answers as AWS does in the protocol of the call.
func refuse(w http.ResponseWriter, c call, status int, code, message string) {
	if !strings.HasPrefix(c.operation, "iam:") && !strings.HasPrefix(c.operation, "sts:") {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message}); err != nil {
			panic(http.ErrAbortHandler)
		}
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	type body struct {
		XMLName xml.Name `xml:"ErrorResponse"`
		Code    string   `xml:"Error>Code"`
		Message string   `xml:"Error>Message"`
	}
	if err := xml.NewEncoder(w).Encode(body{Code: strings.TrimSuffix(code, "Exception"), Message: message}); err != nil {
		panic(http.ErrAbortHandler)
	}
}
