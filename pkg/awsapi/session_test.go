package awsapi

import (
	"context"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// isolate hides the machine's own AWS settings, and sets those that are given
// as NAME=value.
func isolate(t *testing.T, settings ...string) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	nowhere := filepath.Join(t.TempDir(), "none")
	for _, entry := range append([]string{"AWS_CONFIG_FILE=" + nowhere, "AWS_SHARED_CREDENTIALS_FILE=" + nowhere, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=secret"}, settings...) {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
}

// roundTrip is an http.RoundTripper in a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// unreachable fails the test when anything is sent.
func unreachable(t *testing.T) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s was sent", r.Header.Get("X-Amz-Target"))
		return nil, errors.New("unreachable")
	})
}

func open(t *testing.T, o Options) *Session {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRegion(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte("[default]\nregion = eu-north-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name     string
		settings []string
		option   string
		want     string
	}{
		{"the spec's", []string{"AWS_REGION=eu-west-1"}, "us-west-2", "us-west-2"},
		{"AWS_REGION", []string{"AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-2"}, "", "eu-west-1"},
		{"AWS_DEFAULT_REGION", []string{"AWS_DEFAULT_REGION=eu-west-2"}, "", "eu-west-2"},
		{"the profile's", []string{"AWS_CONFIG_FILE=" + file}, "", "eu-north-1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			isolate(t, c.settings...)
			if got := open(t, Options{Region: c.option}).Config.Region; got != c.want {
				t.Errorf("region is %q, want %q", got, c.want)
			}
			if c.name == "the profile's" {
				return // made-up credentials read no profile
			}
			if got := open(t, Options{Region: c.option, Static: true}).Config.Region; got != c.want {
				t.Errorf("with made-up credentials the region is %q, want %q", got, c.want)
			}
		})
	}
}

func TestNoRegionIsBadInput(t *testing.T) {
	for _, static := range []bool{false, true} {
		isolate(t)
		_, err := Open(t.Context(), Options{Static: static})
		var bad *spec.Error
		if !errors.As(err, &bad) || !strings.Contains(bad.Hint, "AWS_REGION") {
			t.Errorf("static %v: %v, want a complaint that tells of AWS_REGION", static, err)
		}
	}
}

func TestABrokenSettingStandsInTheWay(t *testing.T) {
	for _, setting := range []string{"AWS_PROFILE=nobody", "AWS_CA_BUNDLE=/nowhere/ca.pem"} {
		isolate(t, setting)
		if _, err := Open(t.Context(), Options{Region: "us-west-2"}); err == nil || !strings.HasPrefix(err.Error(), "cannot set up AWS access: ") {
			t.Errorf("%s: %v", setting, err)
		}
		open(t, Options{Region: "us-west-2", Static: true, Transport: unreachable(t)})
	}
}

// The SDK wants a client of its own type when there is a CA bundle.
func TestCABundle(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answerIdentity(t, w) }))
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	isolate(t, "AWS_CA_BUNDLE="+bundle, "AWS_ENDPOINT_URL="+server.URL)
	if _, err := open(t, Options{Region: "us-west-2"}).Caller(t.Context()); err != nil {
		t.Errorf("over the network: %v", err)
	}
	inProcess, _ := sandboxtest.New(t)
	if _, err := open(t, Options{Region: "us-west-2", Transport: inProcess.Transport()}).Caller(t.Context()); err != nil {
		t.Errorf("in process: %v", err)
	}
}

func answerIdentity(t *testing.T, w http.ResponseWriter) {
	const answer = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
		`<Arn>arn:aws-cn:iam::210987654321:user/ann</Arn><Account>210987654321</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
	if _, err := w.Write([]byte(answer)); err != nil {
		t.Error(err)
	}
}

func TestCaller(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answerIdentity(t, w) }))
	defer server.Close()
	isolate(t, "AWS_ENDPOINT_URL_STS="+server.URL)
	got, err := open(t, Options{Region: "cn-north-1"}).Caller(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Caller{AccountID: "210987654321", ARN: "arn:aws-cn:iam::210987654321:user/ann", Partition: "aws-cn"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCallerThatAWSDoesNotKnow(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		if _, err := w.Write([]byte(`<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no such token</Message></Error></ErrorResponse>`)); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	isolate(t, "AWS_ENDPOINT_URL="+server.URL)
	_, err := open(t, Options{Region: "us-west-2"}).Caller(t.Context())
	const want = "cannot tell whose AWS credentials these are: STS GetCallerIdentity: InvalidClientTokenId: no such token " +
		"(AWS does not know these credentials: check the profile or the environment)"
	if err == nil || err.Error() != want || resource.ClassOf(err) != resource.Terminal {
		t.Errorf("error is %v, want %s", err, want)
	}
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::012345678901:root"},"Action":"sts:AssumeRole"}]}`

func TestAssumedRole(t *testing.T) {
	isolate(t)
	server, cfg := sandboxtest.New(t)
	role, err := iam.NewFromConfig(cfg).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("deployer"), AssumeRolePolicyDocument: aws.String(trust)})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Region: cfg.Region, Transport: server.Transport(), AssumeRoleARN: *role.Role.Arn, SessionName: "reconciler"})
	for range 2 {
		caller, err := s.Caller(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := "arn:aws:sts::012345678901:assumed-role/deployer/reconciler"; caller.ARN != want {
			t.Errorf("the caller is %s, want %s", caller.ARN, want)
		}
	}
	if diff := cmp.Diff(map[string]int{"sts:AssumeRole": 1, "sts:GetCallerIdentity": 2}, s.Calls.Counts()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestARoleThatCannotBeAssumed(t *testing.T) {
	isolate(t)
	server, cfg := sandboxtest.New(t)
	s := open(t, Options{Region: cfg.Region, Transport: server.Transport(), AssumeRoleARN: "arn:aws:iam::012345678901:role/none", SessionName: "reconciler"})
	if _, err := s.Caller(t.Context()); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("error is %v, want AccessDenied", err)
	}
}

func TestACancelledCallIsCancelled(t *testing.T) {
	isolate(t)
	ctx, cancel := context.WithCancel(t.Context())
	s := open(t, Options{Region: "us-west-2", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		cancel()
		return nil, r.Context().Err()
	})})
	_, err := sts.NewFromConfig(s.Config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err = Classify(err); !errors.Is(err, context.Canceled) || resource.ClassOf(err) != resource.Terminal {
		t.Errorf("class %s: %v", resource.ClassOf(err), err)
	}
}

func TestTheUserMaySetHowOftenIsTried(t *testing.T) {
	for setting, want := range map[string]int{"AWS_MAX_ATTEMPTS=3": 3, "AWS_MAX_ATTEMPTS=": maxAttempts} {
		isolate(t, setting)
		if got := open(t, Options{Region: "us-west-2"}).Config.Retryer().MaxAttempts(); got != want {
			t.Errorf("%s: %d attempts, want %d", setting, got, want)
		}
	}
}
