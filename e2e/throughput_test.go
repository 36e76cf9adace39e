package e2e

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ecs-reconciler/e2e/conformance"
	"ecs-reconciler/e2e/conformance/gosdk"
)

const (
	// throughputClients call at once.
	throughputClients = 4
	// throughputFamilies are there while one of them is described.
	throughputFamilies = 1000
	// ticksPerSecond is how Linux counts a process's time, on every platform
	// that Go supports.
	ticksPerSecond = 100
)

// BenchmarkThroughput measures how many calls a second each endpoint answers
// over loopback, and how much of its processor's time a call takes.
func BenchmarkThroughput(b *testing.B) {
	for _, endpoint := range everyEndpoint() {
		b.Run(endpoint, func(b *testing.B) {
			server := startMeasured(b, endpoint)
			server.fill(b)
			for _, call := range server.calls() {
				b.Run(call.Operation, func(b *testing.B) { server.measure(b, call) })
			}
		})
	}
}

// measured is an endpoint that is called without a proxy in between.
type measured struct {
	client gosdk.Client
	pid    int
}

func startMeasured(b *testing.B, endpoint string) measured {
	b.Helper()
	account := shared.newAccount()
	out := measured{client: gosdk.Client{AccessKey: account, HTTP: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: throughputClients}}}}
	if endpoint == sandbox {
		s := serveSandbox(b, account)
		out.client.Endpoint, out.pid = s.url, s.pid
		return out
	}
	e := shared.running(b, endpoint)
	out.client.Endpoint, out.pid = e.url, e.pid
	return out
}

type object = map[string]any

// fill makes what the calls need.
func (m measured) fill(b *testing.B) {
	b.Helper()
	m.must(b, conformance.Call{Service: "secretsmanager", Operation: "CreateSecret", Input: object{"Name": "throughput", "SecretString": "x"}})
	var next atomic.Int64
	m.together(func() {
		for i := next.Add(1); i <= throughputFamilies; i = next.Add(1) {
			m.must(b, conformance.Call{Service: "ecs", Operation: "RegisterTaskDefinition", Input: object{
				"family":               fmt.Sprintf("family-%d", i),
				"containerDefinitions": []any{object{"name": "main", "image": "busybox", "memory": 64.0}},
			}})
		}
	})
}

func (m measured) calls() []conformance.Call {
	return []conformance.Call{
		{Service: "sts", Operation: "GetCallerIdentity"},
		{Service: "ecs", Operation: "DescribeTaskDefinition", Input: object{"taskDefinition": "family-500"}},
		{Service: "secretsmanager", Operation: "PutSecretValue", Input: object{"SecretId": "throughput", "SecretString": "x"}},
	}
}

func (m measured) measure(b *testing.B, call conformance.Call) {
	b.Helper()
	var made atomic.Int64
	before, began := processorTime(b, m.pid), time.Now()
	b.ResetTimer()
	m.together(func() {
		for made.Add(1) <= int64(b.N) {
			m.must(b, call)
		}
	})
	b.StopTimer()
	took, used := time.Since(began), processorTime(b, m.pid)-before
	b.ReportMetric(float64(b.N)/took.Seconds(), "calls/s")
	b.ReportMetric(used.Seconds()*1000/float64(b.N), "cpu-ms/call")
	b.ReportMetric(0, "ns/op")
}

// together runs a function once for each client, at once.
func (m measured) together(do func()) {
	var all sync.WaitGroup
	for range throughputClients {
		all.Go(do)
	}
	all.Wait()
}

// must makes a call that is not refused.
func (m measured) must(b *testing.B, call conformance.Call) {
	b.Helper()
	call.Region = region
	if answer, err := m.client.Do(b.Context(), call); err != nil || answer.Code != "" {
		b.Errorf("%s: %v, %s: %s", call.Operation, err, answer.Code, answer.Message)
	}
}

// processorTime is how long a process has run so far, as Linux tells it.
func processorTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatalf("the time that a process has used is read from Linux's /proc: %v", err)
	}
	// The name, in parentheses, may hold blanks; user and system time are the
	// 12th and 13th of the fields after it.
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var ticks int
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}
