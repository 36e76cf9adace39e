package sandbox

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/fault"
)

// lineOf is a line of the log, as a tree.
func lineOf(t *testing.T, text string) map[string]any {
	t.Helper()
	var line map[string]any
	if err := json.Unmarshal([]byte(text), &line); err != nil {
		t.Fatal(err)
	}
	return line
}

// TestTheLogTellsWhatWasAsked, by whom, and which faults it met.
func TestTheLogTellsWhatWasAsked(t *testing.T) {
	var log strings.Builder
	rules, err := fault.Parse("kind=latency delay=1ms; kind=throttle nth=2; kind=reset-after nth=3; kind=expired nth=4")
	if err != nil {
		t.Fatal(err)
	}
	server := newTestServer(t, Options{Log: &log, Faults: rules})
	client := secretsClient(server, "eu-west-1")
	for range 4 {
		_, err = client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("app/db")})
		if err == nil {
			t.Error("the secret is there")
		}
	}
	var got []map[string]any
	for text := range strings.Lines(log.String()) {
		line := lineOf(t, text)
		if _, err := time.Parse(time.RFC3339Nano, line["time"].(string)); err != nil || line["ms"].(float64) <= 0 || len(line["request_id"].(string)) != 36 {
			t.Errorf("%s: %v", text, err)
		}
		for _, key := range []string{"time", "ms", "request_id"} {
			delete(line, key)
		}
		got = append(got, line)
	}
	base := map[string]any{"service": "secretsmanager", "operation": "DescribeSecret", "region": "eu-west-1", "parameters": map[string]any{"SecretId": "app/db"},
		"access_key": "AKIAIOSFODNN7EXAMPLE"}
	with := func(more map[string]any) map[string]any {
		out := maps.Clone(base)
		maps.Copy(out, more)
		return out
	}
	const user = "arn:aws:iam::012345678901:user/sandbox"
	want := []map[string]any{
		with(map[string]any{"status": 400.0, "error": "ResourceNotFoundException", "principal": user, "faults": []any{"latency"}}),
		with(map[string]any{"status": 400.0, "error": "ThrottlingException", "faults": []any{"latency", "throttle"}}),
		with(map[string]any{"status": 0.0, "error": "ConnectionLost", "principal": user, "faults": []any{"latency", "reset-after"}}),
		with(map[string]any{"status": 400.0, "error": "ExpiredTokenException", "faults": []any{"latency", "expired"}}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoValueReachesTheLog, whatever becomes of the request that holds it.
func TestNoValueReachesTheLog(t *testing.T) {
	const canary = "canary-4f1d"
	for _, rules := range []string{"kind=throttle match=sts:*", "kind=throttle", "kind=reset-after", "kind=error", "kind=truncate"} {
		var log strings.Builder
		parsed, err := fault.Parse(rules)
		if err != nil {
			t.Fatal(err)
		}
		server := newTestServer(t, Options{Log: &log, Faults: parsed})
		cfg := testConfig(server.Transport())
		secrets := secretsmanager.NewFromConfig(cfg)
		_, created := secrets.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("s"), SecretString: aws.String(canary), Description: aws.String(canary)})
		_, put := secrets.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("s"), SecretBinary: []byte(canary)})
		_, got := secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
		_, registered := ecs.NewFromConfig(cfg).RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: aws.String("web"),
			ContainerDefinitions: []ecstypes.ContainerDefinition{{
				Name: aws.String("main"), Image: aws.String("busybox"), Memory: aws.Int32(64), Command: []string{canary},
				Environment: []ecstypes.KeyValuePair{{Name: aws.String("PASSWORD"), Value: aws.String(canary)}},
			}},
		})
		if err := errors.Join(created, put, got, registered); (err == nil) != strings.HasSuffix(rules, "sts:*") {
			t.Errorf("%s: %v", rules, err)
		}
		if err := server.SetFaults(nil, 0); err != nil {
			t.Fatal(err)
		}
		answerTo(t, server, plainRequest{target: "secretsmanager.CreateSecret", auth: authFor("secretsmanager"), body: `{"Name":"x","Secret":"` + canary + `"}`})
		answerTo(t, server, plainRequest{target: "secretsmanager.CreateSecret", auth: authFor("secretsmanager"), body: `{"Name":"` + canary})
		for _, form := range []string{canary, "Y2FuYXJ5LTRmMWQ"} {
			if strings.Contains(log.String(), form) {
				t.Errorf("%s: the log holds a value: %s", rules, log.String())
			}
		}
		if n := strings.Count(log.String(), "\n"); n != 6 {
			t.Errorf("%s: %d lines", rules, n)
		}
	}
}

// TestTheLogHoldsNoSecret looks for a value in everything that is logged.
func TestTheLogHoldsNoSecret(t *testing.T) {
	const canary = "canary-4f1d"
	var log strings.Builder
	server := newTestServer(t, Options{Log: &log})
	client := secretsClient(server, "us-west-2")
	create(t, client, "s", canary)
	_, err := client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("s2"), SecretString: aws.String(strings.Repeat(canary, 7000)),
	})
	if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "Value at 'secretString'") {
		t.Errorf("a value that is too long: %.200v", err)
	}
	if strings.Contains(log.String(), canary) {
		t.Error("the log holds the value")
	}
	var line struct {
		Service, Operation, Region, Error string
		Status                            int
	}
	last := strings.Split(strings.TrimSpace(log.String()), "\n")[1]
	if err := json.Unmarshal([]byte(last), &line); err != nil {
		t.Fatal(err)
	}
	if line.Service != "secretsmanager" || line.Operation != "CreateSecret" || line.Region != "us-west-2" ||
		line.Status != 400 || line.Error != "ValidationException" {
		t.Errorf("%s", last)
	}
}

// failingWriter is a log whose disk is full.
type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestALostLogIsToldAtTheEnd(t *testing.T) {
	server, err := New(Options{Log: failingWriter{}})
	if err != nil {
		t.Fatal(err)
	}
	create(t, secretsClient(server, "us-west-2"), "s", "x")
	if err := server.Close(); !errors.Is(err, ErrLogLost) {
		t.Errorf("%v", err)
	}
}
