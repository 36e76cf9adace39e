package secret_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/spec"
)

// TestGenerate: a value is made with the secret, and never again.
func TestGenerate(t *testing.T) {
	_, cfg := sandboxtest.New(t)
	api := secretsmanager.NewFromConfig(cfg)
	d := deployment()
	made := func(name string, g spec.Generate) spec.ManagedSecret {
		return spec.ManagedSecret{Name: name, From: spec.Source{Generate: &g}, CreateOnly: true}
	}
	d.Secrets = []spec.ManagedSecret{made("org/plain", spec.Generate{}), made("org/other", spec.Generate{}), made("org/set", spec.Generate{Length: 64, Alphabet: "aé☃"})}
	value := func(name string) string {
		out, err := api.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &name})
		must(t, err)
		return aws.ToString(out.SecretString)
	}
	k := secret.New(cfg, instant())
	for name, o := range observe(t.Context(), t, k, d) {
		for _, c := range k.Diff(o.desired, o.observed) {
			if c.Path == "/value" && (c.Note != "generated" || !c.Sensitive) {
				t.Errorf("%s: the plan says %+v", name, c)
			}
		}
	}
	converge(t.Context(), t, cfg, d)
	first := map[string]string{}
	for _, s := range d.Secrets {
		first[s.Name] = value(s.Name)
	}
	if len(first["org/plain"]) != 32 || first["org/plain"] == first["org/other"] {
		t.Error("values are not of 32 characters, or the same")
	}
	if set := first["org/set"]; len([]rune(set)) != 64 || strings.Trim(set, "aé☃") != "" {
		t.Error("a value is not of its alphabet")
	}
	d.Secrets[0].From.Generate.Length = 40
	converge(t.Context(), t, cfg, d)
	for name, o := range observe(t.Context(), t, secret.New(cfg, instant()), d) {
		if len(o.changes) > 0 {
			t.Errorf("%s: a second plan changes %v", name, pathsOf(o.changes))
		}
	}
	again := map[string]string{"org/plain": value("org/plain"), "org/other": value("org/other"), "org/set": value("org/set")}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error("a value was made anew")
	}
}

// TestGenerateWhereThereIsNoValue: a secret that came to be without a value
// gets one.
func TestGenerateWhereThereIsNoValue(t *testing.T) {
	_, cfg := sandboxtest.New(t)
	api := secretsmanager.NewFromConfig(cfg)
	d := deployment()
	d.Secrets = []spec.ManagedSecret{{Name: "org/empty", From: spec.Source{Generate: &spec.Generate{}}, CreateOnly: true}}
	_, err := api.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("org/empty")})
	must(t, err)
	converge(t.Context(), t, cfg, d)
	out, err := api.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("org/empty")})
	must(t, err)
	if len(aws.ToString(out.SecretString)) != 32 {
		t.Error("it has no value of 32 characters")
	}
}

func TestAValueThatWasNotReadIsNotWritten(t *testing.T) {
	_, cfg := sandboxtest.New(t)
	if _, err := secret.New(cfg, instant()).Create(t.Context(), secret.KeyOf("org/unread"), secret.Desired{Name: "org/unread"}); err == nil || !strings.Contains(err.Error(), "was not read") {
		t.Errorf("the error is %v", err)
	}
}
