package awsapi

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
)

func TestCallsAreToldWithTheirOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		s := opened(t, Options{Transport: answering(func(*http.Request) (int, string) {
			switch attempts++; attempts {
			case 1:
				return 400, throttling
			case 2:
				return 200, `{}`
			default:
				return 400, `{"__type":"ResourceNotFoundException","message":"hunter2"}`
			}
		})})
		var got []string
		s.Tell(func(operation, outcome string) { got = append(got, operation+" "+outcome) })
		client := secretsmanager.NewFromConfig(s.Config)
		if _, err := client.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{}); err == nil {
			t.Fatal("no error")
		}
		want := []string{"secretsmanager:ListSecrets throttled", "secretsmanager:ListSecrets done", "secretsmanager:ListSecrets not_found"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
