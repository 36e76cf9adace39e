package awsapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ecs-reconciler/pkg/reconcile/resource"
)

// answering answers each request with a status and a body.
func answering(answer func(r *http.Request) (status int, body string)) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		status, body := answer(r)
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
			Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
}

const throttling = `{"__type":"ThrottlingException","message":"slow down"}`

// opened is a session on a clock of the test's own, with its gate open.
func opened(t *testing.T, o Options) *Session {
	t.Helper()
	o.Region, o.Static = "us-west-2", true
	s := open(t, o)
	s.Gate.Open()
	return s
}

func TestRetriesAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		s := opened(t, Options{Transport: answering(func(*http.Request) (int, string) {
			if attempts++; attempts < 4 {
				return http.StatusBadRequest, throttling
			}
			return http.StatusOK, `{}`
		})})
		if _, err := secretsmanager.NewFromConfig(s.Config).ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{}); err != nil {
			t.Fatal(err)
		}
		if n := s.Calls.Counts()["secretsmanager:ListSecrets"]; n != 4 {
			t.Errorf("%d calls counted, want 4", n)
		}
	})
}

func TestRetriesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, Options{Transport: answering(func(*http.Request) (int, string) { return http.StatusBadRequest, throttling })})
		start := time.Now()
		_, err := secretsmanager.NewFromConfig(s.Config).ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
		if resource.ClassOf(Classify(err)) != resource.Throttled {
			t.Errorf("class %s: %v", resource.ClassOf(Classify(err)), err)
		}
		if n := s.Calls.Counts()["secretsmanager:ListSecrets"]; n != maxAttempts {
			t.Errorf("%d calls, want %d", n, maxAttempts)
		}
		if took := time.Since(start); took > 90*time.Second {
			t.Errorf("gave up after %s", took)
		}
	})
}

// A burst of throttled calls must not use up what later calls retry with.
func TestManyThrottledCallsAllComeThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		seen := map[string]int{}
		s := opened(t, Options{Transport: answering(func(r *http.Request) (int, string) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return http.StatusInternalServerError, ""
			}
			mu.Lock()
			defer mu.Unlock()
			if seen[string(body)]++; seen[string(body)] < 4 {
				return http.StatusBadRequest, throttling
			}
			return http.StatusOK, `{}`
		})})
		api := secretsmanager.NewFromConfig(s.Config)
		var all sync.WaitGroup
		for i := range 500 {
			all.Go(func() {
				_, err := api.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String(fmt.Sprint(i))})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := s.Calls.Counts()["secretsmanager:DescribeSecret"]; n != 2000 {
			t.Errorf("%d calls, want 2000", n)
		}
	})
}

func register(ctx context.Context, s *Session) error {
	_, err := ecs.NewFromConfig(s.Config).RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{Family: aws.String("f"),
		ContainerDefinitions: []types.ContainerDefinition{{}}})
	return err
}

func deregister(ctx context.Context, s *Session) error {
	_, err := ecs.NewFromConfig(s.Config).DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String("f:1")})
	return err
}

// ECS lets 20 registrations and deregistrations through at once, and then one
// a second. AWS refuses what goes beyond.
func TestLimitsAreKeptAndShared(t *testing.T) {
	for limits, want := range map[bool]time.Duration{true: 10 * time.Second, false: 0} {
		synctest.Test(t, func(t *testing.T) {
			s := opened(t, Options{Limits: limits, Transport: answering(func(*http.Request) (int, string) { return http.StatusOK, `{}` })})
			start := time.Now()
			var all sync.WaitGroup
			for range 15 {
				for _, call := range []func(context.Context, *Session) error{register, deregister} {
					all.Go(func() {
						if err := call(t.Context(), s); err != nil {
							t.Error(err)
						}
					})
				}
			}
			all.Wait()
			if took := time.Since(start).Round(time.Second); took != want {
				t.Errorf("limits %v: thirty calls took %s, want %s", limits, took, want)
			}
		})
	}
}

func TestAWaitForTheLimitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, Options{Limits: true, Transport: answering(func(*http.Request) (int, string) { return http.StatusOK, `{}` })})
		for range 20 {
			if err := register(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second/2, cancel)
		if err := Classify(register(ctx, s)); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v, want it cancelled", err)
		}
		if n := s.Calls.Counts()["ecs:RegisterTaskDefinition"]; n != 20 {
			t.Errorf("%d calls counted, want the 20 that were sent", n)
		}
	})
}

func TestEveryLimitIsOfAnOperation(t *testing.T) {
	isolate(t)
	seen := map[string]bool{}
	operations(open(t, Options{Region: "us-west-2", Transport: unreachable(t)}).Config, func(name string, _ func(context.Context) error) { seen[name] = true })
	buckets := newLimits().buckets
	for name := range buckets {
		if !seen[name] {
			t.Errorf("%s has a limit and is no operation", name)
		}
	}
	for _, pair := range [][2]string{{"ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition"}, {"ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"},
		{"ecs:TagResource", "ecs:UntagResource"}, {"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"}} {
		if buckets[pair[0]] == nil || buckets[pair[0]] != buckets[pair[1]] {
			t.Errorf("%s and %s do not share a bucket", pair[0], pair[1])
		}
	}
}

func TestTheLogNamesOperationsAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		encoder := zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "msg"})
		s := opened(t, Options{Log: zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&log), zapcore.DebugLevel)),
			Transport: answering(func(*http.Request) (int, string) {
				return http.StatusBadRequest, `{"__type":"InvalidRequestException","message":"hunter2 is bad"}`
			})})
		_, err := secretsmanager.NewFromConfig(s.Config).PutSecretValue(t.Context(),
			&secretsmanager.PutSecretValueInput{SecretId: aws.String("name"), SecretString: aws.String("hunter2")})
		if err == nil {
			t.Fatal("no error")
		}
		if got, want := log.String(), `{"msg":"aws call","operation":"secretsmanager:PutSecretValue","error":"InvalidRequestException"}`+"\n"; got != want {
			t.Errorf("logged %s, want %s", got, want)
		}
	})
}

// callerIn answers sts:GetCallerIdentity of an account, and all else with {}.
func callerIn(account string) http.RoundTripper {
	return answering(func(r *http.Request) (int, string) {
		if r.Header.Get("X-Amz-Target") != "" {
			return http.StatusOK, `{}`
		}
		return http.StatusOK, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::` +
			account + `:user/u</Arn><UserId>AIDA</UserId><Account>` + account + `</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
	})
}

// TestSessionsOfOneAccountAndRegionShareLimits: AWS counts what a process calls,
// not what one of its sessions does.
func TestSessionsOfOneAccountAndRegionShareLimits(t *testing.T) {
	for name, c := range map[string]struct {
		accounts, regions [2]string
		limiters          *Limiters
		want              time.Duration
	}{
		"one place":         {[2]string{"111111111111", "111111111111"}, [2]string{"us-west-2", "us-west-2"}, NewLimiters(), 10 * time.Second},
		"two regions":       {[2]string{"111111111111", "111111111111"}, [2]string{"us-west-2", "us-east-1"}, NewLimiters(), 0},
		"two accounts":      {[2]string{"111111111111", "222222222222"}, [2]string{"us-west-2", "us-west-2"}, NewLimiters(), 0},
		"nothing is shared": {[2]string{"111111111111", "111111111111"}, [2]string{"us-west-2", "us-west-2"}, nil, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var all sync.WaitGroup
			start := time.Now()
			for i := range 2 {
				s := open(t, Options{Region: c.regions[i], Static: true, Limits: true, Limiters: c.limiters, Transport: callerIn(c.accounts[i])})
				s.Gate.Open()
				if _, err := s.Caller(t.Context()); err != nil {
					t.Fatal(err)
				}
				for range 15 {
					all.Go(func() {
						if err := register(t.Context(), s); err != nil {
							t.Error(err)
						}
					})
				}
			}
			all.Wait()
			if took := time.Since(start).Round(time.Second); took != c.want {
				t.Errorf("%s: thirty registrations took %s, want %s", name, took, c.want)
			}
		})
	}
}
