package e2e

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"ecs-reconciler/e2e/conformance"
	"ecs-reconciler/e2e/conformance/gosdk"
)

const (
	allChecks = "testdata/conformance/*.yaml"
	// fewestChecks keeps the suite from passing because it found nothing to do.
	fewestChecks = 150
)

var (
	checksFlag    = flag.String("checks", allChecks, "the `FILES` whose checks TestConformance runs, as a pattern")
	endpointsFlag = flag.String("endpoints", "sandbox,moto,ministack", "the `ENDPOINTS` that TestConformance runs them on")
)

// TestConformance runs one suite of checks on every endpoint, each through
// boto3 and through the SDK for Go. A check may fail only where it says that the
// endpoint diverges, and must fail there: what has been mended is to be taken
// out. Of the sandbox nothing may be said.
func TestConformance(t *testing.T) {
	t.Parallel()
	checks, err := conformance.Read(*checksFlag)
	if err != nil {
		t.Fatal(err)
	}
	if *checksFlag == allChecks && len(checks) < fewestChecks {
		t.Errorf("there are only %d checks, not %d", len(checks), fewestChecks)
	}
	score := newScore(checks, strings.Split(*endpointsFlag, ","))
	t.Run("on", func(t *testing.T) {
		for _, endpoint := range score.endpoints {
			t.Run(endpoint, func(t *testing.T) {
				t.Parallel()
				score.enter(endpoint, judgeAll(t, endpoint, checks))
			})
		}
	})
	if *update {
		score.diverge(t)
	}
	score.complain(t)
	score.print(t)
	if *checksFlag == allChecks && len(score.endpoints) == len(everyEndpoint()) {
		score.document(t)
	}
}

func everyEndpoint() []string { return []string{sandbox, moto, ministack} }

// judged is what became of one check on one endpoint, by each client; nil where
// the endpoint does as AWS does.
type judged struct{ boto3, gosdk error }

func (j judged) passes() bool { return j.boto3 == nil && j.gosdk == nil }

func (j judged) String() string {
	switch {
	case j.passes():
		return "passes"
	case j.gosdk == nil:
		return "only boto3 says: " + j.boto3.Error()
	case j.boto3 == nil:
		return "only the SDK for Go says: " + j.gosdk.Error()
	default:
		return j.boto3.Error()
	}
}

// judgeAll runs the checks through both clients, side by side. Each has an
// account to itself: moto fails listings while somebody else writes.
func judgeAll(t *testing.T, endpoint string, checks []conformance.Check) map[string]judged {
	t.Helper()
	oracle := startJudge(t, python(t))
	t.Cleanup(oracle.stop)
	forBoto3, forSDK := newCloud(t, endpoint), newCloud(t, endpoint)
	byBoto3, bySDK := map[string]error{}, map[string]error{}
	var both sync.WaitGroup
	both.Go(func() { runAll(t.Context(), checks, boto3Client{oracle, forBoto3}, forBoto3.account, byBoto3) })
	both.Go(func() {
		client := gosdk.Client{Endpoint: forSDK.url, AccessKey: forSDK.account, HTTP: &http.Client{}}
		runAll(t.Context(), checks, client, forSDK.account, bySDK)
	})
	both.Wait()
	out := map[string]judged{}
	for _, check := range checks {
		out[check.Name] = judged{boto3: byBoto3[check.Name], gosdk: bySDK[check.Name]}
	}
	return out
}

func runAll(ctx context.Context, checks []conformance.Check, client conformance.Client, account string, into map[string]error) {
	for _, check := range checks {
		into[check.Name] = conformance.Run(ctx, check, client, conformance.Place{Account: account, Region: region})
	}
}

// boto3Client makes a check's calls with the judge.
type boto3Client struct {
	oracle *judge
	c      *cloud
}

// Do asks boto3.
func (b boto3Client) Do(_ context.Context, call conformance.Call) (conformance.Answer, error) {
	v, err := b.oracle.ask(map[string]any{"endpoint": b.c.url, "key": b.c.account, "secret": "anything", "region": call.Region,
		"service": call.Service, "operation": call.Operation, "arguments": call.Input})
	if err == nil && v.Failure != "" {
		err = errors.New(v.Failure)
	}
	return conformance.Answer{Output: v.Result, Code: v.Code, Message: v.Message}, err
}

// score is what became of every check on every endpoint.
type score struct {
	checks    []conformance.Check
	endpoints []string
	mu        sync.Mutex
	results   map[string]map[string]judged
}

func newScore(checks []conformance.Check, endpoints []string) *score {
	return &score{checks: checks, endpoints: endpoints, results: map[string]map[string]judged{}}
}

func (s *score) enter(endpoint string, results map[string]judged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results[endpoint] = results
}

// complain fails the test for each check that does otherwise than it says.
func (s *score) complain(t *testing.T) {
	t.Helper()
	for _, unknown := range unknownEndpoints(s.checks) {
		t.Errorf("%s: there is no such endpoint", unknown)
	}
	for _, check := range s.checks {
		if check.Diverges[sandbox] != "" {
			t.Errorf("%s:%d: %s: mend the sandbox instead", check.File, check.Line, check.Name)
		}
		for _, endpoint := range s.endpoints {
			if wrong := complaint(s.results[endpoint][check.Name], check.Diverges[endpoint]); wrong != "" {
				t.Errorf("%s: %s: %s", endpoint, check.Name, wrong)
			}
		}
	}
}

// complaint is what is wrong about a result, given what is said to diverge.
func complaint(result judged, diverges string) string {
	switch {
	case !result.passes() && diverges == "":
		return result.String()
	case result.passes() && diverges != "":
		return fmt.Sprintf("passes, so it no longer diverges (%s)", diverges)
	default:
		return ""
	}
}

// tally counts the checks of a service, or of all, that an endpoint passes.
func (s *score) tally(endpoint, service string) (passed, of int) {
	for _, check := range s.checks {
		if service != "" && check.Service() != service {
			continue
		}
		of++
		if s.results[endpoint][check.Name].passes() {
			passed++
		}
	}
	return passed, of
}

// services are those that have checks, in order.
func (s *score) services() []string {
	var out []string
	for _, check := range s.checks {
		if !slices.Contains(out, check.Service()) {
			out = append(out, check.Service())
		}
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}
