package trace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

const canary = "hunter2-canary"

// answering answers each request with the next status; all but 200 with an
// error that holds the canary.
type answering struct{ statuses []int }

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	status := a.statuses[0]
	a.statuses = a.statuses[1:]
	body := `{}`
	if status != 200 {
		body = `{"__type":"ResourceNotFoundException","message":"` + canary + `"}`
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func secrets(t *Tracer, statuses ...int) *secretsmanager.Client {
	return secretsmanager.NewFromConfig(aws.Config{Region: "us-west-2", Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
		HTTPClient: &http.Client{Transport: &answering{statuses}}, APIOptions: []func(*middleware.Stack) error{t.AWSCalls}})
}

// work is a cycle with all there is in it.
func work(ctx context.Context, t *Tracer) error {
	ctx, endCycle := t.Cycle(ctx, "staging")
	scanning, endScan := t.Scan(ctx, "staging")
	_, err := secrets(t, 200).ListSecrets(scanning, &secretsmanager.ListSecretsInput{})
	endScan(err)
	working, endKey := t.Key(ctx, "staging", "report")
	stepping, endStep := t.Step(working, "secret", "shop/report/token", "update")
	value := canary
	_, failed := secrets(t, 400).PutSecretValue(stepping, &secretsmanager.PutSecretValueInput{SecretId: &value, SecretString: &value})
	endStep(failed)
	endKey(errors.New(canary))
	endCycle(nil)
	if failed == nil {
		return errors.New("the second call did not fail")
	}
	return err
}

func TestSpans(t *testing.T) {
	recorded := tracetest.NewInMemoryExporter()
	tracer := by(sdk.NewTracerProvider(sdk.WithSyncer(recorded)))
	if err := work(t.Context(), tracer); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, s := range recorded.GetSpans() {
		names[s.SpanContext.SpanID().String()] = s.Name
	}
	var got []string
	for _, s := range recorded.GetSpans() {
		line := s.Name + " in " + names[s.Parent.SpanID().String()] + ": " + s.Status.Code.String()
		for _, a := range s.Attributes {
			if a.Key == attribute.Key("error.type") || strings.HasPrefix(string(a.Key), "reconciler.") {
				line += " " + a.Value.AsString()
			}
		}
		got = append(got, line)
		if text := fmt.Sprintf("%+v", s); strings.Contains(text, canary) {
			t.Errorf("a span tells too much: %s", text)
		}
	}
	want := []string{
		"attempt in Secrets Manager ListSecrets: Unset",
		"Secrets Manager ListSecrets in scan: Unset",
		"scan in cycle: Unset staging",
		"attempt in Secrets Manager PutSecretValue: Error ResourceNotFoundException",
		"Secrets Manager PutSecretValue in update secret: Error ResourceNotFoundException",
		"update secret in key: Error secret shop/report/token update",
		"key in cycle: Error staging report",
		"cycle in : Unset staging",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestACollectorIsTold(t *testing.T) {
	got := make(chan string, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		got <- fmt.Sprint(r.URL.Path, " ", r.Header.Get("Content-Type"), " ", err, string(body))
	}))
	defer collector.Close()
	tracer, err := New(t.Context(), Options{Endpoint: collector.URL + "/v1/traces", Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	if err := work(t.Context(), tracer); err != nil {
		t.Fatal(err)
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := <-got
	for _, want := range []string{"/v1/traces application/x-protobuf <nil>", "update secret", "shop/report/token", "reconciler", "1.2.3"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
	if strings.Contains(text, canary) {
		t.Error("the collector is told a secret")
	}
}

func TestACollectorThatIsGoneHoldsNothingUp(t *testing.T) {
	collector := httptest.NewServer(http.NotFoundHandler())
	collector.Close()
	lost := make(chan int, 1)
	tracer, err := New(t.Context(), Options{Endpoint: collector.URL, Lost: func(spans int, _ error) { lost <- spans }})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := work(t.Context(), tracer); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the work took %s", took)
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := <-lost; n != 8 {
		t.Errorf("%d spans are told to be lost", n)
	}
}

func TestTheZeroTracerTracesNothing(t *testing.T) {
	tracer := &Tracer{}
	if err := work(t.Context(), tracer); err != nil {
		t.Fatal(err)
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, endpoint := range []string{"", "localhost:4318", "grpc://localhost:4317"} {
		if _, err := New(t.Context(), Options{Endpoint: endpoint}); err == nil || !strings.Contains(err.Error(), "/v1/traces") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}
