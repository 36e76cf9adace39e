package secret_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// currentOf is the id of the version that AWSCURRENT is on.
func currentOf(t *testing.T, client *secretsmanager.Client, name string) string {
	t.Helper()
	out, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &name})
	must(t, err)
	return *out.VersionId
}

// TestJudging has a version of ours, a stranger's, and one of ours that holds
// what the spec wanted before.
func TestJudging(t *testing.T) {
	_, cfg := watched(t)
	client := secretsmanager.NewFromConfig(cfg)
	converge(t.Context(), t, cfg, deployment())
	ours, once := currentOf(t, client, dbName), currentOf(t, client, onceName)
	put(t, cfg, mqName, "a stranger's")
	strangers := currentOf(t, client, mqName)

	k := secret.New(cfg, instant())
	if got := k.Judges(deployment(), dbName, ours); got != resource.Unjudged {
		t.Errorf("before anything was seen: %s", got)
	}
	observe(t.Context(), t, k, deployment())
	for _, test := range []struct {
		name, token string
		want        resource.Verdict
	}{
		{dbName, ours, resource.Wanted},
		{dbName, strings.Repeat("0", len(ours)), resource.Unwanted},
		{dbName, "6dd7e5a8-0000-4000-8000-000000000000", resource.Unwanted},
		{dbName, "", resource.Unjudged},
		{mqName, strangers, resource.Unwanted},
		{mqName, ours, resource.Unwanted}, // another secret's version proves nothing of this one
		{onceName, once, resource.Unjudged},
		{"nobody's", ours, resource.Unjudged},
	} {
		if got := k.Judges(deployment(), test.name, test.token); got != test.want {
			t.Errorf("%s of %s: %s, not %s", test.token, test.name, got, test.want)
		}
	}
	changed := deployment()
	changed.Secrets[0].Value = spec.NewSecret("another")
	observe(t.Context(), t, k, changed)
	if got := k.Judges(changed, dbName, ours); got != resource.Unwanted {
		t.Errorf("a value that is wanted no more: %s", got)
	}
}
