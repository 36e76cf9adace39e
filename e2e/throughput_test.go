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
	// throughputSecrets are each client's: AWS has a quota on a secret's versions.
	throughputSecrets = 20
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
			for _, operation := range []string{"GetCallerIdentity", "DescribeTaskDefinition", "PutSecretValue"} {
				b.Run(operation, func(b *testing.B) { server.measure(b, operation) })
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
	var next atomic.Int64
	m.together(func(client string) {
		for i := range throughputSecrets {
			m.must(b, conformance.Call{Service: "secretsmanager", Operation: "CreateSecret", Input: object{"Name": secretOf(client, i), "SecretString": "x"}})
		}
		for i := next.Add(1); i <= throughputFamilies; i = next.Add(1) {
			m.must(b, conformance.Call{Service: "ecs", Operation: "RegisterTaskDefinition", Input: object{
				"family":               fmt.Sprintf("family-%d", i),
				"containerDefinitions": []any{object{"name": "main", "image": "busybox", "memory": 64.0}},
			}})
		}
	})
}

func secretOf(client string, i int) string { return fmt.Sprintf("%s-%d", client, i%throughputSecrets) }

// call is the i-th of a client's calls. Each puts into secrets of its own: moto
// fails where two put into one at once.
func (m measured) call(operation, client string, i int) conformance.Call {
	switch operation {
	case "DescribeTaskDefinition":
		return conformance.Call{Service: "ecs", Operation: operation, Input: object{"taskDefinition": "family-500"}}
	case "PutSecretValue":
		return conformance.Call{Service: "secretsmanager", Operation: operation, Input: object{"SecretId": secretOf(client, i), "SecretString": "x"}}
	default:
		return conformance.Call{Service: "sts", Operation: operation}
	}
}

func (m measured) measure(b *testing.B, operation string) {
	b.Helper()
	var made, failed atomic.Int64
	before, began := processorTime(b, m.pid), time.Now()
	b.ResetTimer()
	m.together(func(client string) {
		for i := 0; made.Add(1) <= int64(b.N); i++ {
			if err := m.try(b, m.call(operation, client, i)); err != nil {
				failed.Add(1)
				b.Log(err)
			}
		}
	})
	b.StopTimer()
	took, used := time.Since(began), processorTime(b, m.pid)-before
	b.ReportMetric(float64(b.N)/took.Seconds(), "calls/s")
	b.ReportMetric(used.Seconds()*1000/float64(b.N), "cpu-ms/call")
	b.ReportMetric(0, "ns/op")
	// An emulator may drop a connection now and then when it is busy.
	if failed.Load()*100 > int64(b.N) {
		b.Errorf("%d of %d calls failed", failed.Load(), b.N)
	}
}

// together runs a function once for each client, at once.
func (m measured) together(do func(client string)) {
	var all sync.WaitGroup
	for i := range throughputClients {
		all.Go(func() { do(fmt.Sprintf("client-%d", i)) })
	}
	all.Wait()
}

// must makes a call that is not refused.
func (m measured) must(b *testing.B, call conformance.Call) {
	b.Helper()
	if err := m.try(b, call); err != nil {
		b.Error(err)
	}
}

func (m measured) try(b *testing.B, call conformance.Call) error {
	b.Helper()
	call.Region = region
	answer, err := m.client.Do(b.Context(), call)
	if err == nil && answer.Code != "" {
		err = fmt.Errorf("%s is refused with %s: %s", call.Operation, answer.Code, answer.Message)
	}
	return err
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
