package secret_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// readBy makes a task read the first of a deployment's secrets.
func readBy(d *spec.Deployment, setting spec.OnSecretChange) *spec.Deployment {
	d.Tasks = []spec.Task{{Name: "web", OnSecretChange: setting, EnvLocations: []spec.EnvLocation{{Secret: d.Secrets[0].Name}}}}
	return d
}

// The age of a value is read where a task says on_secret_change, and nowhere
// else, in one call a secret.
func TestOnlyWhereItMattersIsTheAgeRead(t *testing.T) {
	w, cfg := watched(t)
	d := many(3)
	converge(t.Context(), t, cfg, d)
	for setting, want := range map[spec.OnSecretChange]map[string]int{
		"":                        {"ListSecrets": 1, "GetSecretValue": 1},
		spec.SecretChangeReport:   {"ListSecrets": 1, "GetSecretValue": 1, "ListSecretVersionIds": 1},
		spec.SecretChangeRedeploy: {"ListSecrets": 1, "GetSecretValue": 1, "ListSecretVersionIds": 1},
	} {
		w.reset(nil)
		observe(t.Context(), t, secret.New(cfg, instant()), readBy(d, setting))
		w.wants(t, want)
	}
}

// The age is the current version's, not that of the last change of anything
// about the secret.
func TestTheAgeIsTheValues(t *testing.T) {
	_, cfg := watched(t)
	d := readBy(many(1), spec.SecretChangeRedeploy)
	converge(t.Context(), t, cfg, d)
	k := secret.New(cfg, instant())
	age := func() string {
		return k.Outputs(observe(t.Context(), t, k, d)[d.Secrets[0].Name].observed, nil)[secret.OutputWritten]
	}
	before := age()
	if at, err := time.Parse(time.RFC3339Nano, before); err != nil || time.Since(at) > time.Minute {
		t.Fatalf("the value was written at %q: %v", before, err)
	}
	time.Sleep(10 * time.Millisecond)
	_, err := secretsmanager.NewFromConfig(cfg).UpdateSecret(t.Context(), &secretsmanager.UpdateSecretInput{SecretId: &d.Secrets[0].Name, Description: aws.String("other")})
	must(t, err)
	if diff := cmp.Diff(before, age()); diff != "" {
		t.Errorf("a new description changes the value's age:\n%s", diff)
	}
	d.Secrets[0].Value = spec.NewSecret("V=other\n")
	converge(t.Context(), t, cfg, d)
	if age() <= before {
		t.Errorf("a new value is no younger: %s, before %s", age(), before)
	}
}

// A pending change withholds the age; carried out, it is now.
func TestTheAgeOfAPendingValue(t *testing.T) {
	_, cfg := watched(t)
	d := readBy(many(1), spec.SecretChangeRedeploy)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	options := instant()
	options.Now = func() time.Time { return now }
	k := secret.New(cfg, options)
	name := d.Secrets[0].Name
	o := observe(t.Context(), t, k, d)[name]
	out, err := k.Create(t.Context(), secret.KeyOf(name), o.desired)
	must(t, err)
	wantWritten(t, out, now)
	d.Secrets[0].Value = spec.NewSecret("V=other\n")
	o = observe(t.Context(), t, k, d)[name]
	if at, known := k.Outputs(o.observed, o.changes)[secret.OutputWritten]; known {
		t.Errorf("a value that is not written yet was written at %s", at)
	}
	now = now.Add(time.Hour)
	out, err = k.Update(t.Context(), secret.KeyOf(name), o.desired, o.observed, o.changes)
	must(t, err)
	wantWritten(t, out, now)
}

func wantWritten(t *testing.T, out resource.Outputs, want time.Time) {
	t.Helper()
	if got := out[secret.OutputWritten]; got != want.Format(time.RFC3339Nano) {
		t.Errorf("written at %q, want %s", got, want)
	}
}

// A version's age is read once in a process, and that of the next one again.
func TestTheAgeIsReadOncePerVersion(t *testing.T) {
	w, cfg := watched(t)
	d := readBy(many(3), spec.SecretChangeReport)
	converge(t.Context(), t, cfg, d)
	k := secret.New(cfg, instant())
	next := func() *secret.Kind {
		again, ok := k.Anew().(*secret.Kind)
		if !ok {
			t.Fatal("the kind for another plan is another kind")
		}
		return again
	}
	before := observe(t.Context(), t, next(), d)[d.Secrets[0].Name].observed
	w.reset(nil)
	after := observe(t.Context(), t, next(), d)[d.Secrets[0].Name].observed
	w.wants(t, map[string]int{"ListSecrets": 1})
	if diff := cmp.Diff(k.Outputs(before, nil), k.Outputs(after, nil)); diff != "" {
		t.Error(diff)
	}
	_, err := secretsmanager.NewFromConfig(cfg).PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &d.Secrets[0].Name, SecretString: aws.String("theirs")})
	must(t, err)
	w.reset(nil)
	theirs := observe(t.Context(), t, next(), d)[d.Secrets[0].Name].observed
	if n := w.counts["ListSecretVersionIds"]; n != 1 || k.Outputs(theirs, nil)[secret.OutputWritten] == k.Outputs(after, nil)[secret.OutputWritten] {
		t.Errorf("another version's age is read %d times", n)
	}
}
