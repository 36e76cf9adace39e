package awsapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"ecs-reconciler/pkg/reconcile/resource"
)

type answer func(*http.Request) (*http.Response, error)

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

func respond(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>012345678901</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`

func interruptible(t *testing.T, transport answer) (call func() error, interrupt context.CancelFunc) {
	t.Helper()
	s, err := Open(t.Context(), Options{Region: "us-west-2", Static: true, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	wants, interrupt := context.WithCancel(t.Context())
	work := resource.WithInterrupt(t.Context(), wants)
	return func() error {
		_, err := sts.NewFromConfig(s.Config).GetCallerIdentity(work, &sts.GetCallerIdentityInput{})
		return err
	}, interrupt
}

func TestAnInterruptEndsRetries(t *testing.T) {
	var stop context.CancelFunc
	calls := 0
	call, stop := interruptible(t, func(*http.Request) (*http.Response, error) {
		if calls++; calls == 2 {
			stop()
		}
		return respond(http.StatusServiceUnavailable, ""), nil
	})
	start := time.Now()
	if err := call(); !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v, want the interrupt", err)
	}
	if took := time.Since(start); calls != 2 || took > maxBackoff/2 {
		t.Errorf("%d attempts in %s after an interrupt in the second", calls, took)
	}
}

func TestAnInterruptLetsTheAttemptInHandFinish(t *testing.T) {
	var stop context.CancelFunc
	call, stop := interruptible(t, func(r *http.Request) (*http.Response, error) {
		stop()
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		return respond(http.StatusOK, identity), nil
	})
	if err := call(); err != nil {
		t.Errorf("the attempt in hand was cut off: %v", err)
	}
}

// What is in hand may need another call after the interrupt: its first attempt
// goes out, and no second.
func TestAfterAnInterruptACallGetsOneAttempt(t *testing.T) {
	calls, status := 0, http.StatusOK
	call, stop := interruptible(t, func(*http.Request) (*http.Response, error) {
		calls++
		return respond(status, identity), nil
	})
	stop()
	for range 20 {
		if err := call(); err != nil {
			t.Fatalf("the first attempt did not go out: %v", err)
		}
	}
	calls, status = 0, http.StatusServiceUnavailable
	if err := call(); err == nil || calls != 1 {
		t.Errorf("%d attempts, %v", calls, err)
	}
}
