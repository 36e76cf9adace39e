package secret_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/spec"
)

// TestBinary: bytes are stored as bytes, and are another value than the same
// bytes as text, whoever put them.
func TestBinary(t *testing.T) {
	_, cfg := sandboxtest.New(t)
	api := secretsmanager.NewFromConfig(cfg)
	d := deployment()
	d.Secrets = []spec.ManagedSecret{{Name: "org/bytes", Value: spec.NewSecret("bytes"), Output: "binary"}}
	check := func(step, output string) {
		t.Helper()
		d.Secrets[0].Output = output
		if o := observe(t.Context(), t, secret.New(cfg, instant()), d)["org/bytes"]; o.exists && len(o.changes) == 0 {
			t.Errorf("%s: the plan changes nothing", step)
		}
		converge(t.Context(), t, cfg, d)
		out, err := api.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("org/bytes")})
		must(t, err)
		if got := string(out.SecretBinary) + aws.ToString(out.SecretString); got != "bytes" || (out.SecretString == nil) != (output == "binary") {
			t.Errorf("%s: stored is %q, as text: %t", step, got, out.SecretString != nil)
		}
		if o := observe(t.Context(), t, secret.New(cfg, instant()), d)["org/bytes"]; len(o.changes) > 0 {
			t.Errorf("%s: a second plan changes %v", step, pathsOf(o.changes))
		}
	}
	check("created", "binary")
	check("as text", "")
	check("as bytes again", "binary")
	_, err := api.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("org/bytes"), SecretString: aws.String("bytes")})
	must(t, err)
	check("after somebody put text", "binary")
	_, err = api.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("org/bytes"), SecretBinary: []byte("bytes")})
	must(t, err)
	if o := observe(t.Context(), t, secret.New(cfg, instant()), d)["org/bytes"]; len(o.changes) > 0 {
		t.Errorf("somebody put the same bytes: the plan changes %v", pathsOf(o.changes))
	}
}
