package sandboxtest

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/model"
)

// Request is a call as it goes over the wire: an operation and its body, JSON
// or a form without Action and Version. Region is the default one if empty.
type Request struct{ Service, Operation, Body, Region string }

// Heard tells what a member of an operation's input does. The same call with
// With goes otherwise than with Without: its answer differs, or what is seen
// of the sandbox afterwards. Why says in which way.
type Heard struct{ Operation, Member, Without, With, Why string }

// ReadHeard reads rows from a file: one a line, its parts set apart by " | ",
// with # before a comment. Fill completes a request's body.
func ReadHeard(t *testing.T, file string, fill func(string) string) []Heard {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []Heard
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 4 {
			t.Fatalf("%s: %q has %d parts, not 4", file, line, len(parts))
		}
		op, member, _ := strings.Cut(parts[0], ".")
		out = append(out, Heard{Operation: op, Member: member, Without: fill(parts[1]), With: fill(parts[2]), Why: parts[3]})
	}
	return out
}

// CheckHeard proves that no member of a service's inputs is ignored: every one
// has a row, and every row's two calls, each in a fresh sandbox that was
// prepared, differ in the answer or in what the probes show.
func CheckHeard(t *testing.T, service string, rows []Heard, prepare, probes []Request, opts ...Option) {
	t.Helper()
	told := map[string]bool{}
	for _, row := range rows {
		told[row.Operation+"."+row.Member] = true
		t.Run(row.Operation+"."+row.Member, func(t *testing.T) {
			var seen [2]string
			for i, body := range []string{row.Without, row.With} {
				calls := append(slices.Clone(prepare), Request{Service: service, Operation: row.Operation, Body: body})
				seen[i] = observe(t, calls, probes, opts)
			}
			if seen[0] == seen[1] || row.Why == "" {
				t.Errorf("%s makes no difference to %s", row.With, row.Without)
			}
		})
	}
	for _, member := range inputMembers(model.Services()[service]) {
		if !told[member] {
			t.Errorf("nothing tells what %s does", member)
		}
		delete(told, member)
	}
	for _, extra := range slices.Sorted(maps.Keys(told)) {
		t.Errorf("there is no member %s", extra)
	}
}

// observe makes calls and is the last one's answer, with those of the probes.
// Those before the last have to succeed.
func observe(t *testing.T, calls, probes []Request, opts []Option) string {
	t.Helper()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	server, _ := New(t, append(opts, func(o *sandbox.Options) { o.Now = func() time.Time { return at } })...)
	var out strings.Builder
	for i, call := range calls {
		status, body := Send(t, server, call)
		if i < len(calls)-1 && status != http.StatusOK {
			t.Fatalf("prepare %s %s: %s", call.Operation, call.Body, body)
		}
		if i == len(calls)-1 {
			fmt.Fprintln(&out, status, body)
		}
	}
	for _, probe := range probes {
		_, body := Send(t, server, probe)
		fmt.Fprintln(&out, body)
	}
	return out.String()
}

// Send makes a call without the SDK and gives the answer's status and body, the
// latter without its request id.
func Send(t *testing.T, server *sandbox.Server, call Request) (int, string) {
	t.Helper()
	service, region := model.Services()[call.Service], call.Region
	if region == "" {
		region = awsenv.DefaultRegion
	}
	kind, body := "application/x-amz-json-1.1", call.Body
	if service.Protocol == model.Query {
		kind = "application/x-www-form-urlencoded"
		body = "Action=" + call.Operation + "&Version=" + service.Version + "&" + body
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://sandbox/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Amz-Target", service.TargetPrefix+"."+call.Operation)
	if service.Protocol == model.Query {
		r.Header.Del("X-Amz-Target")
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260304/"+region+"/"+call.Service+
		"/aws4_request, SignedHeaders=host, Signature=0")
	return answered(t, server, r)
}

func answered(t *testing.T, server *sandbox.Server, r *http.Request) (int, string) {
	t.Helper()
	resp, err := server.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, regexp.MustCompile(`<RequestId>[^<]*</RequestId>`).ReplaceAllString(string(raw), "")
}

// inputMembers lists the members of all operations' inputs that hold no other
// members, as Operation.Member or Operation.Member.Inner.
func inputMembers(s *model.Service) []string {
	var out []string
	for _, op := range slices.Sorted(maps.Keys(s.Operations)) {
		out = append(out, leaves(s, s.Operations[op].Input, op)...)
	}
	return out
}

func leaves(s *model.Service, shapeName, path string) []string {
	shape := s.Shapes[shapeName]
	switch shape.Kind {
	case model.List:
		return leaves(s, shape.Elem, path)
	case model.Structure:
		var out []string
		for _, m := range shape.Members {
			out = append(out, leaves(s, m.Shape, path+"."+m.Name)...)
		}
		return out
	default:
		return []string{path}
	}
}
