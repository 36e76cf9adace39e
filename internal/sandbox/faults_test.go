package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/fault"
)

// faulty starts a sandbox whose faults are written as text.
func faulty(t *testing.T, rules string) *Server {
	t.Helper()
	parsed, err := fault.Parse(rules)
	if err != nil {
		t.Fatal(err)
	}
	return newTestServer(t, Options{Faults: parsed})
}

// bothWays runs a test in this process and over the network.
func bothWays(t *testing.T, rules string, test func(t *testing.T, server *Server, cfg aws.Config)) {
	t.Helper()
	t.Run("in process", func(t *testing.T) {
		server := faulty(t, rules)
		test(t, server, testConfig(server.Transport()))
	})
	t.Run("over the network", func(t *testing.T) {
		server := faulty(t, rules)
		network := &http.Transport{}
		t.Cleanup(network.CloseIdleConnections)
		cfg := testConfig(network)
		cfg.BaseEndpoint = aws.String("http://" + serveForTest(t, server))
		test(t, server, cfg)
	})
}

// retrying is a configuration whose clients try three times without pauses, and
// otherwise as the SDK does by default.
func retrying(cfg aws.Config) aws.Config {
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	return cfg
}

// registerTask registers a revision: calls of it that take effect can be told
// apart and counted.
func registerTask(ctx context.Context, cfg aws.Config) error {
	_, err := ecs.NewFromConfig(cfg).RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family:               aws.String("web"),
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("busybox"), Memory: aws.Int32(64)}},
	})
	return err
}

// revisions counts those that registerTask made.
func revisions(t *testing.T, server *Server) int {
	t.Helper()
	if err := server.SetFaults(nil, 0); err != nil {
		t.Fatal(err)
	}
	out, err := ecs.NewFromConfig(testConfig(server.Transport())).ListTaskDefinitions(t.Context(), &ecs.ListTaskDefinitionsInput{FamilyPrefix: aws.String("web")})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.TaskDefinitionArns)
}

// apiError wants an error of AWS's with a code and a status.
func apiError(code string, status int) func(error) bool {
	return func(err error) bool {
		var api smithy.APIError
		var response *awshttp.ResponseError
		return errors.As(err, &api) && api.ErrorCode() == code && api.ErrorMessage() != "" &&
			errors.As(err, &response) && response.HTTPStatusCode() == status && response.ServiceRequestID() != ""
	}
}

// connectionError wants a failure of the connection, before any answer.
func connectionError(err error) bool {
	var unsent *smithyhttp.RequestSendError
	return errors.As(err, &unsent) && strings.Contains(err.Error(), "EOF")
}

// TestEachFaultOnce: what a client without retries sees of each kind, and how
// often the call took effect.
func TestEachFaultOnce(t *testing.T) {
	for rule, want := range map[string]struct {
		sees      func(error) bool
		revisions int
	}{
		"kind=throttle":                                   {apiError("ThrottlingException", 400), 0},
		"kind=expired":                                    {apiError("ExpiredTokenException", 400), 0},
		"kind=skew offset=1h":                             {apiError("InvalidSignatureException", 400), 0},
		"kind=skew offset=4m":                             {func(err error) bool { return err == nil }, 1},
		"kind=error":                                      {apiError("ServerException", 500), 0},
		"kind=error status=503":                           {apiError("ServiceUnavailable", 503), 0},
		"kind=error code=AccessDeniedException":           {apiError("AccessDeniedException", 400), 0},
		"kind=error code=InvalidParameterException":       {apiError("InvalidParameterException", 400), 0},
		"kind=reset-before":                               {connectionError, 0},
		"kind=reset-after":                                {connectionError, 1},
		"kind=truncate":                                   {func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }, 1},
		"kind=slow-body delay=20ms":                       {func(err error) bool { return err == nil }, 1},
		"kind=latency delay=1ms-20ms":                     {func(err error) bool { return err == nil }, 1},
		"kind=throttle match=ecs:List*; kind=error nth=2": {func(err error) bool { return err == nil }, 1},
	} {
		t.Run(rule, func(t *testing.T) {
			bothWays(t, rule, func(t *testing.T, server *Server, cfg aws.Config) {
				if err := registerTask(t.Context(), cfg); !want.sees(err) {
					t.Errorf("seen: %v", err)
				}
				if n := server.Calls()["ecs:RegisterTaskDefinition"]; n != 1 {
					t.Errorf("%d calls", n)
				}
				if n := revisions(t, server); n != want.revisions {
					t.Errorf("%d revisions, want %d", n, want.revisions)
				}
			})
		})
	}
}

// TestTheSDKRetries: which faults the SDK gets over by itself, and what is left
// behind. What took effect and was not answered is done twice, as on AWS.
func TestTheSDKRetries(t *testing.T) {
	for rule, want := range map[string]struct{ calls, revisions int }{
		"kind=throttle count=2":                       {3, 1},
		"kind=error count=2":                          {3, 1},
		"kind=error status=503 count=1":               {2, 1},
		"kind=reset-before count=2":                   {3, 1},
		"kind=reset-after count=1":                    {2, 2},
		"kind=skew offset=1h":                         {2, 1},
		"kind=skew offset=-1h":                        {2, 1},
		"kind=slow-body delay=1ms nth=1":              {1, 1},
		"kind=throttle nth=1; kind=reset-after nth=2": {3, 2},
	} {
		t.Run(rule, func(t *testing.T) {
			bothWays(t, rule, func(t *testing.T, server *Server, cfg aws.Config) {
				if err := registerTask(t.Context(), retrying(cfg)); err != nil {
					t.Error(err)
				}
				if n := server.Calls()["ecs:RegisterTaskDefinition"]; n != want.calls {
					t.Errorf("%d calls, want %d", n, want.calls)
				}
				if n := revisions(t, server); n != want.revisions {
					t.Errorf("%d revisions, want %d", n, want.revisions)
				}
			})
		})
	}
}

// TestTheSDKGivesUpOnACutBody: it takes the failure for a wrong answer, not for
// one of the connection.
func TestTheSDKGivesUpOnACutBody(t *testing.T) {
	bothWays(t, "kind=truncate count=1", func(t *testing.T, server *Server, cfg aws.Config) {
		err := registerTask(t.Context(), retrying(cfg))
		var unread *smithy.DeserializationError
		if !errors.As(err, &unread) || server.Calls()["ecs:RegisterTaskDefinition"] != 1 {
			t.Errorf("%v, %v", err, server.Calls())
		}
	})
}

// TestTheSDKCorrectsItsClock: a client that has learned how far its clock is
// off signs the next request rightly at once.
func TestTheSDKCorrectsItsClock(t *testing.T) {
	bothWays(t, "kind=skew offset=-30m", func(t *testing.T, server *Server, cfg aws.Config) {
		secrets, roles := secretsmanager.NewFromConfig(retrying(cfg)), iam.NewFromConfig(retrying(cfg))
		for range 3 {
			_, err := secrets.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
			_, rolesErr := roles.ListRoles(t.Context(), &iam.ListRolesInput{})
			if err := errors.Join(err, rolesErr); err != nil {
				t.Fatal(err)
			}
		}
		want := map[string]int{"secretsmanager:ListSecrets": 4, "iam:ListRoles": 4}
		if diff := cmp.Diff(want, server.Calls()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestQueryServices: the same faults in the words of awsQuery.
func TestQueryServices(t *testing.T) {
	for rule, sees := range map[string]func(error) bool{
		"kind=throttle":                apiError("Throttling", 400),
		"kind=expired":                 apiError("ExpiredToken", 403),
		"kind=skew offset=1h":          apiError("SignatureDoesNotMatch", 403),
		"kind=error":                   apiError("ServiceFailure", 500),
		"kind=error status=503":        apiError("ServiceUnavailable", 503),
		"kind=error code=NoSuchEntity": apiError("NoSuchEntity", 404),
		"kind=reset-after":             connectionError,
		"kind=truncate":                func(err error) bool { return err != nil && strings.Contains(err.Error(), "unexpected EOF") },
	} {
		t.Run(rule, func(t *testing.T) {
			bothWays(t, rule, func(t *testing.T, _ *Server, cfg aws.Config) {
				if _, err := iam.NewFromConfig(cfg).ListRoles(t.Context(), &iam.ListRolesInput{}); !sees(err) {
					t.Errorf("seen: %v", err)
				}
			})
		})
	}
}

// TestASlowBodyComesLate: headers come at once, the body bit by bit.
func TestASlowBodyComesLate(t *testing.T) {
	const delay = 300 * time.Millisecond
	bothWays(t, "kind=slow-body delay=300ms", func(t *testing.T, _ *Server, cfg aws.Config) {
		began := time.Now()
		resp, err := cfg.HTTPClient.Do(listRequest(t, aws.ToString(cfg.BaseEndpoint)))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		headers := time.Since(began)
		reads := 0
		var body []byte
		for err == nil {
			piece := make([]byte, 100)
			var n int
			n, err = resp.Body.Read(piece)
			body = append(body, piece[:n]...)
			reads++
		}
		if took := time.Since(began); headers > delay*2/3 || took < delay*9/10 || reads < 5 || !errors.Is(err, io.EOF) || string(body) != `{"SecretList":[]}` {
			t.Errorf("headers after %v, all after %v in %d reads: %v %s", headers, took, reads, err, body)
		}
	})
}

// listRequest is ListSecrets by hand.
func listRequest(t *testing.T, endpoint string) *http.Request {
	t.Helper()
	if endpoint == "" {
		endpoint = "http://sandbox"
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint+"/", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "secretsmanager.ListSecrets")
	r.Header.Set("Authorization", authFor("secretsmanager"))
	return r
}

// TestPatienceEnds: a client that gives up during a latency changes nothing,
// one that gives up on a body has changed what it wanted.
func TestPatienceEnds(t *testing.T) {
	for rule, want := range map[string]int{"kind=latency delay=1m": 0, "kind=slow-body delay=1m": 1} {
		t.Run(rule, func(t *testing.T) {
			bothWays(t, rule, func(t *testing.T, server *Server, cfg aws.Config) {
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				defer cancel()
				if err := registerTask(ctx, cfg); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("seen: %v", err)
				}
				if n := revisions(t, server); n != want {
					t.Errorf("%d revisions, want %d", n, want)
				}
			})
		})
	}
}

// TestSkewIsOfTheDate: the answer's date is the server's wrong time.
func TestSkewIsOfTheDate(t *testing.T) {
	bothWays(t, "kind=skew offset=2h", func(t *testing.T, _ *Server, cfg aws.Config) {
		resp, err := cfg.HTTPClient.Do(listRequest(t, aws.ToString(cfg.BaseEndpoint)))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		at, err := http.ParseTime(resp.Header.Get("Date"))
		if off := time.Until(at); err != nil || off < 119*time.Minute || off > 121*time.Minute {
			t.Errorf("the date is off by %v, %v", off, err)
		}
	})
}

// TestOneSeedOneSequence over two servers, one of which is set anew.
func TestOneSeedOneSequence(t *testing.T) {
	sequence := func(server *Server) string {
		var seen strings.Builder
		for range 60 {
			err := registerTask(t.Context(), testConfig(server.Transport()))
			var api smithy.APIError
			switch {
			case err == nil:
				seen.WriteString(". ")
			case errors.As(err, &api):
				seen.WriteString(api.ErrorCode() + " ")
			case errors.Is(err, io.ErrUnexpectedEOF):
				seen.WriteString("EOF ")
			default:
				t.Fatal(err)
			}
		}
		return seen.String()
	}
	server := faulty(t, "40%")
	first := sequence(server)
	if err := server.SetFaults(fault.Mix(0.4), 0); err != nil {
		t.Fatal(err)
	}
	if second, other := sequence(server), sequence(faulty(t, "40%")); first != second || first != other {
		t.Errorf("%s\n%s\n%s", first, second, other)
	}
	if err := server.SetFaults(fault.Mix(0.4), 99); err != nil {
		t.Fatal(err)
	}
	if third := sequence(server); first == third || !strings.Contains(first, "EOF") || !strings.Contains(first, "ThrottlingException") {
		t.Errorf("%s\n%s", first, third)
	}
}

// TestAWSBuckets: the twenty-first registration at once is throttled, and the
// SDK's own pauses are enough to go on.
func TestAWSBuckets(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	server := newTestServer(t, Options{Buckets: "aws", Now: func() time.Time { return now }})
	cfg := testConfig(server.Transport())
	for i := range 20 {
		if err := registerTask(t.Context(), cfg); err != nil {
			t.Fatalf("call %d: %v", i+1, err)
		}
	}
	if err := registerTask(t.Context(), cfg); !apiError("ThrottlingException", 400)(err) {
		t.Errorf("seen: %v", err)
	}
	now = now.Add(time.Second)
	if err := registerTask(t.Context(), cfg); err != nil {
		t.Error(err)
	}
	if got := server.Faults().Throttled; got["ecs: Task definition modify actions"] != 1 {
		t.Errorf("%v", got)
	}
}

func TestFaultsThatMakeNoSense(t *testing.T) {
	for _, opts := range []Options{
		{Faults: []fault.Rule{{Kind: "fire"}}}, {Faults: []fault.Rule{{Kind: fault.Throttle, Match: "ecs:Nothing"}}}, {Buckets: "gcp"},
	} {
		if _, err := New(opts); err == nil {
			t.Errorf("%+v is taken", opts)
		}
	}
	server := faulty(t, "kind=throttle")
	before := server.Faults()
	if err := server.SetFaults([]fault.Rule{{}}, 3); err == nil {
		t.Error("taken")
	}
	if diff := cmp.Diff(before, server.Faults()); diff != "" {
		t.Error(diff)
	}
	if seed := newTestServer(t, Options{FaultSeed: 12}).Faults().Seed; seed != 12 {
		t.Errorf("seed %d", seed)
	}
}

// inspect sends a request of the sandbox's own.
func inspect(t *testing.T, server *Server, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://sandbox"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := server.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(raw))
}

func TestFaultsOverHTTP(t *testing.T) {
	server := newTestServer(t, Options{})
	cfg := testConfig(server.Transport())
	for _, step := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/_sandbox/faults", "", 200, `{"seed":1,"rules":[]}`},
		{"PUT", "/_sandbox/faults?seed=5", `[{"kind":"throttle","match":"ecs:*","count":1}]`, 200, `{"seed":5,"rules":[{"rule":"kind=throttle match=ecs:* count=1","matched":0,"struck":0}]}`},
		{"PUT", "/_sandbox/faults", `[{"kind":"throtle"}]`, 400, `rule 1: there is no kind "throtle" (did you mean throttle?)`},
		{"PUT", "/_sandbox/faults", `[{"kind":"throttle","match":"esc:*"}]`, 400, `match=esc:* is of no operation`},
		{"PUT", "/_sandbox/faults?seed=x", `[]`, 400, `seed is no whole number of 1 or more`},
		{"PUT", "/_sandbox/faults", `{}`, 400, `this is no list of rules (such as [{kind: throttle, match: "ecs:*", rate: 0.1}])`},
		{"POST", "/_sandbox/faults", `[]`, 405, `there are GET, PUT, DELETE`},
		{"PUT", "/_sandbox/calls", ``, 405, `there are GET, DELETE`},
		{"register", "", "", 0, "ThrottlingException"},
		{"register", "", "", 0, ""},
		{"GET", "/_sandbox/calls", "", 200, `{"ecs:RegisterTaskDefinition":2}`},
		{"GET", "/_sandbox/faults", "", 200, `{"seed":5,"rules":[{"rule":"kind=throttle match=ecs:* count=1","matched":2,"struck":1}]}`},
		{"PUT", "/_sandbox/faults", `["kind=error nth=1"]`, 200, `{"seed":5,"rules":[{"rule":"kind=error nth=1","matched":0,"struck":0}]}`},
		{"DELETE", "/_sandbox/faults", "", 200, `{"seed":5,"rules":[]}`},
		{"register", "", "", 0, ""},
		{"DELETE", "/_sandbox/calls", "", 204, ``},
		{"GET", "/_sandbox/calls", "", 200, `{}`},
	} {
		if step.method == "register" {
			err := registerTask(t.Context(), cfg)
			if (err == nil) != (step.want == "") || err != nil && !strings.Contains(err.Error(), step.want) {
				t.Errorf("seen: %v", err)
			}
			continue
		}
		status, body := inspect(t, server, step.method, step.path, step.body)
		if status != step.status || body != step.want && !strings.HasPrefix(body, step.want+" (") {
			t.Errorf("%s %s %s: %d %s", step.method, step.path, step.body, status, body)
		}
	}
}

// TestWebPagesAreKeptOut of everything that shows or changes the sandbox.
func TestWebPagesAreKeptOut(t *testing.T) {
	server := faulty(t, "kind=throttle")
	for path, methods := range map[string][]string{
		"/_sandbox/faults": {"GET", "PUT", "DELETE", "POST"}, "/_sandbox/calls": {"GET", "DELETE"}, "/_sandbox/reset": {"POST"},
	} {
		for _, method := range methods {
			if status, body := inspect(t, server, method, path, "[]", "Origin", "https://evil.example"); status != http.StatusForbidden {
				t.Errorf("%s %s: %d %s", method, path, status, body)
			}
		}
	}
	if n := len(server.Faults().Rules); n != 1 {
		t.Errorf("%d rules are left", n)
	}
}

func TestOperations(t *testing.T) {
	all := Operations()
	if !slices.IsSorted(all) || !slices.Contains(all, "iam:GetRole") || len(all) < 80 {
		t.Errorf("%v", all)
	}
}
