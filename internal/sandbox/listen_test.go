package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

func TestServingOverTheNetwork(t *testing.T) {
	server := newTestServer(t, Options{})
	address := "http://" + serveForTest(t, server)
	cfg := testConfig(http.DefaultTransport)
	cfg.BaseEndpoint = aws.String(address)
	create(t, secretsmanager.NewFromConfig(cfg), "s", "x")
	resp, err := http.Get(address + "/_sandbox/health")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"status":"ok"`) {
		t.Errorf("%d %s %v", resp.StatusCode, body, err)
	}
}

func TestALostConnectionOverTheNetwork(t *testing.T) {
	server := newTestServer(t, Options{Intercept: func(_, _ string, next func() (any, error)) (any, error) {
		_, err := next()
		return nil, errors.Join(ErrConnectionLost, err)
	}})
	cfg := testConfig(http.DefaultTransport)
	cfg.BaseEndpoint = aws.String("http://" + serveForTest(t, server))
	_, err := secretsmanager.NewFromConfig(cfg).ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
	if err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("%v", err)
	}
}

func TestListeningEndsWithItsContext(t *testing.T) {
	server := newTestServer(t, Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := server.ListenAndServe(ctx, "127.0.0.1:0"); err != nil {
		t.Error(err)
	}
	if err := server.ListenAndServe(t.Context(), "256.0.0.1:0"); err == nil {
		t.Error("an address that no machine has is no error")
	}
}

func TestReset(t *testing.T) {
	server := newTestServer(t, Options{})
	client := secretsClient(server, "us-west-2")
	first := create(t, client, "s", "x")
	reset := func(origin string) int {
		r, err := http.NewRequest(http.MethodPost, "http://sandbox/_sandbox/reset", nil)
		if err != nil {
			t.Fatal(err)
		}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		resp, err := server.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	if got := reset("https://evil.example"); got != http.StatusForbidden {
		t.Errorf("a web page's reset is answered %d", got)
	}
	create(t, client, "s2", "x")
	if got := reset(""); got != http.StatusNoContent {
		t.Errorf("reset is answered %d", got)
	}
	if again := create(t, client, "s", "x"); *again.ARN == *first.ARN {
		t.Error("an identifier came back")
	}
}

func TestACancelledRequestIsNotServed(t *testing.T) {
	server := newTestServer(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := secretsClient(server, "us-west-2").ListSecrets(ctx, &secretsmanager.ListSecretsInput{})
	if !errors.Is(err, context.Canceled) || len(server.Calls()) != 0 {
		t.Errorf("%v, %v", err, server.Calls())
	}
}
