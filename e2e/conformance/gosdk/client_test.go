package gosdk

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/e2e/conformance"
	"ecs-reconciler/internal/sandbox"
)

func newClient(t *testing.T) Client {
	t.Helper()
	server, err := sandbox.New(sandbox.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	return Client{Endpoint: listening.URL, AccessKey: "any", HTTP: &http.Client{}}
}

type members = map[string]any

func TestDoAnswersInTheAPIsNames(t *testing.T) {
	client := newClient(t)
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	for _, c := range []struct {
		service, operation string
		given, want        members
	}{
		{"iam", "CreateRole", members{"RoleName": "r", "AssumeRolePolicyDocument": trust, "MaxSessionDuration": 7200.0},
			members{"RoleName": "r", "Path": "/"}},
		{"secretsmanager", "CreateSecret", members{"Name": "s", "SecretBinary": "AP8=", "Tags": []any{members{"Key": "a", "Value": "1"}}}, members{"Name": "s"}},
		{"secretsmanager", "GetSecretValue", members{"SecretId": "s"}, members{"SecretBinary": "AP8=", "VersionStages": []any{"AWSCURRENT"}}},
		{"ecs", "RegisterTaskDefinition", members{"family": "f", "containerDefinitions": []any{members{"name": "m", "image": "i", "memory": 64.0, "dockerLabels": members{"a": "b"}}}},
			members{"family": "f", "revision": 1.0}},
	} {
		answer, err := client.Do(t.Context(), conformance.Call{Service: c.service, Operation: c.operation, Region: "us-west-2", Input: c.given})
		if err != nil || answer.Code != "" {
			t.Fatalf("%s: %v, %s: %s", c.operation, err, answer.Code, answer.Message)
		}
		got := answer.Output
		for _, inner := range []string{"Role", "taskDefinition"} {
			if part, ok := got[inner].(members); ok {
				got = part
			}
		}
		for name, want := range c.want {
			if diff := cmp.Diff(want, got[name]); diff != "" {
				t.Errorf("%s of %s (-want +got):\n%s", name, c.operation, diff)
			}
		}
	}
}

func TestDoDecodesDocuments(t *testing.T) {
	if got, err := decoded(`%7B%22a%22%3A%22b%253Ac%22%7D`); err != nil || !cmp.Equal(got, any(members{"a": "b%3Ac"})) {
		t.Error(got, err)
	}
	if _, err := decoded("%7"); err == nil {
		t.Error("half an escape is decoded")
	}
}

func TestDoTellsRefusalsFromFailures(t *testing.T) {
	client := newClient(t)
	ask := func(service, operation string, given members) (conformance.Answer, error) {
		return client.Do(t.Context(), conformance.Call{Service: service, Operation: operation, Region: "us-west-2", Input: given})
	}
	if answer, err := ask("secretsmanager", "GetSecretValue", members{"SecretId": "absent"}); err != nil || answer.Code != "ResourceNotFoundException" || answer.Message == "" {
		t.Error(answer, err)
	}
	for _, c := range []struct {
		service, operation string
		given              members
		want               string
	}{
		{"s4", "ListBuckets", nil, `no client of the SDK is known for "s4"`},
		{"iam", "BakeCake", nil, "has no operation BakeCake"},
		{"iam", "GetRole", members{"Name": "r"}, "GetRoleInput has no member Name"},
		{"iam", "GetRole", members{"RoleName": 1.0}, "RoleName: a float64 cannot become a string"},
		{"iam", "ListRoles", members{"MaxItems": 1.5}, "cannot become a int32"},
		{"iam", "GetRole", nil, "validation"},
		{"secretsmanager", "CreateSecret", members{"Name": "s", "SecretBinary": "no base64"}, "takes bytes"},
		{"secretsmanager", "CreateSecret", members{"Name": "s", "Tags": "a"}, "cannot become a []types.Tag"},
	} {
		if _, err := ask(c.service, c.operation, c.given); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, not %q", c.operation, err, c.want)
		}
	}
}
