package e2e

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// call is one request as a proxy saw it.
type call struct {
	operation string // "service:Operation"
	body      string
}

// writes tells whether the operation changes anything. What is not known to
// read counts as a write.
func (c call) writes() bool {
	_, name, _ := strings.Cut(c.operation, ":")
	return !slices.ContainsFunc([]string{"Get", "List", "Describe", "BatchGet", "AssumeRole"},
		func(verb string) bool { return strings.HasPrefix(name, verb) })
}

// proxy stands before an emulator and keeps a list of the calls.
type proxy struct {
	upstream *httputil.ReverseProxy
	mu       sync.Mutex
	calls    []call
	fault    fault
}

// fault may answer in the emulator's place, and then returns true.
type fault func(w http.ResponseWriter, r *http.Request, c call) bool

func newProxy(t testing.TB, upstream, account string) *proxy {
	t.Helper()
	to, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	return &proxy{upstream: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
			r.Out.Header.Set("X-Moto-Account-Id", account) // how moto is told which account is called
		},
		// A client that is killed while it waits is not worth a line.
		ErrorLog: log.New(io.Discard, "", 0),
	}}
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c := call{operation: operationOf(r, body), body: string(body)}
	if inject := p.record(c); inject != nil && inject(w, r, c) {
		return
	}
	p.upstream.ServeHTTP(w, r)
}

func (p *proxy) record(c call) fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, c)
	return p.fault
}

// breakWith sets the fault; nil takes it away.
func (p *proxy) breakWith(f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

// during returns the calls made while do runs.
func (p *proxy) during(do func()) []call {
	p.mu.Lock()
	before := len(p.calls)
	p.mu.Unlock()
	do()
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls[before:])
}

// operationOf names a request as IAM names actions.
func operationOf(r *http.Request, body []byte) string {
	if prefix, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		services := map[string]string{"secretsmanager": "secretsmanager", "AmazonEC2ContainerServiceV20141113": "ecs",
			"ResourceGroupsTaggingAPI_20170126": "tag", "Logs_20140328": "logs", "AmazonSSM": "ssm", "AWSEvents": "events"}
		if service, ok := services[prefix]; ok {
			return service + ":" + name
		}
	}
	form, err := url.ParseQuery(string(body))
	services := map[string]string{"2010-05-08": "iam", "2011-06-15": "sts"}
	if service, ok := services[form.Get("Version")]; ok && err == nil {
		return service + ":" + form.Get("Action")
	}
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Authorization"), "/s3/aws4_request") {
		return "s3:GetObject"
	}
	if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/schedules/") {
		return "scheduler:GetSchedule"
	}
	if r.Method == http.MethodGet && r.URL.Path == "/schedules" {
		return "scheduler:ListSchedules"
	}
	return "unknown:" + r.Method + " " + r.URL.Path
}

// count is calls by operation, as aws_calls has them.
func count(calls []call) map[string]int {
	counts := map[string]int{}
	for _, c := range calls {
		counts[c.operation]++
	}
	return counts
}

// writesOf are the operations among calls that write.
func writesOf(calls []call) []string {
	var out []string
	for _, c := range calls {
		if c.writes() {
			out = append(out, c.operation)
		}
	}
	return out
}
