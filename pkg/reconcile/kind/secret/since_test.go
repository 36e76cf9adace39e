package secret_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/spec"
)

// ages are since when a deployment's secrets have their values, as a plan tells.
func ages(t *testing.T, cfg aws.Config, d *spec.Deployment) map[string]string {
	t.Helper()
	k, out := secret.New(cfg, instant()), map[string]string{}
	for name, o := range observe(t.Context(), t, k, d) {
		out[name] = k.Outputs(o.observed, nil)[secret.OutputWritten]
	}
	return out
}

// dated is a deployment of which a task reads every secret.
func dated(n int) *spec.Deployment {
	d := readBy(many(n), spec.SecretChangeRedeploy)
	d.Tasks[0].EnvLocations = nil
	for _, s := range d.Secrets {
		d.Tasks[0].EnvLocations = append(d.Tasks[0].EnvLocations, spec.EnvLocation{Secret: s.Name})
	}
	return d
}

func moveOn(t *testing.T, cfg aws.Config, d *spec.Deployment) secret.Rotation {
	t.Helper()
	time.Sleep(2 * time.Millisecond) // a new version is younger than those before
	out, err := secret.New(cfg, instant()).Rotate(t.Context(), d, secret.RotateOptions{Again: true})
	must(t, err)
	return out
}

// However often the key is rotated, values keep their age, and a plan tells it
// in fewer calls than before; a new value has its own age, and keeps that.
func TestARotationKeepsTheAge(t *testing.T) {
	w, cfg := watched(t)
	d := dated(2)
	d.Secrets[1].Output = "binary"
	converge(t.Context(), t, cfg, d)
	before := ages(t, cfg, d)
	for range 3 {
		if got := moveOn(t, cfg, d); got.Moved != 2 || !got.Finished {
			t.Fatalf("%+v", got)
		}
		w.reset(nil)
		if diff := cmp.Diff(before, ages(t, cfg, d)); diff != "" {
			t.Fatalf("a rotation changes the age:\n%s", diff)
		}
		w.wants(t, map[string]int{"ListSecrets": 1, "GetSecretValue": 1})
		settledAs(t, cfg, d)
	}
	name := d.Secrets[0].Name
	d.Secrets[0].Value = spec.NewSecret("V=other\n")
	converge(t.Context(), t, cfg, d)
	after := ages(t, cfg, d)
	if after[name] <= before[name] {
		t.Errorf("a new value is no younger: %s, before %s", after[name], before[name])
	}
	moveOn(t, cfg, d)
	if diff := cmp.Diff(after, ages(t, cfg, d)); diff != "" {
		t.Errorf("a rotation after that changes the age:\n%s", diff)
	}
}

// A rotation that is killed after any call, and the next one as well, changes no
// age.
func TestAKilledRotationKeepsTheAge(t *testing.T) {
	w, cfg := watched(t)
	quick := cfg.Copy()
	quick.RetryMaxAttempts = 1
	d := dated(1)
	converge(t.Context(), t, cfg, d)
	before := ages(t, cfg, d)
	for at := 1; ; at++ {
		calls := 0
		w.reset(func(_ string, _ int, next func() (any, error)) (any, error) {
			if calls++; calls > at {
				return nil, sandbox.ErrConnectionLost
			}
			return next()
		})
		time.Sleep(2 * time.Millisecond)
		_, err := secret.New(quick, instant()).Rotate(t.Context(), d, secret.RotateOptions{Again: true})
		w.reset(nil)
		if diff := cmp.Diff(before, ages(t, cfg, d)); diff != "" {
			t.Fatalf("killed after call %d:\n%s", at, diff)
		}
		if err == nil {
			return
		}
	}
}

// A tag that is not as a rotation writes it, or speaks of other versions, tells
// nothing.
func TestATagOfOtherVersionsTellsNoAge(t *testing.T) {
	_, cfg := watched(t)
	d := dated(1)
	converge(t.Context(), t, cfg, d)
	name, before := d.Secrets[0].Name, ages(t, cfg, d)
	id := versionOf(t.Context(), t, cfg, name, "AWSCURRENT")
	for _, tag := range []string{"", id, "yesterday " + id, "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z " + strings.Repeat("0", len(id))} {
		_, err := secretsmanager.NewFromConfig(cfg).TagResource(t.Context(), &secretsmanager.TagResourceInput{SecretId: &name,
			Tags: []types.Tag{{Key: aws.String(spec.TagValueSince), Value: &tag}}})
		must(t, err)
		if diff := cmp.Diff(before, ages(t, cfg, d)); diff != "" {
			t.Errorf("the tag %q:\n%s", tag, diff)
		}
	}
}

// What is written once keeps its version, value and age when the key is rotated.
func TestARotationLeavesWhatIsWrittenOnce(t *testing.T) {
	_, cfg := watched(t)
	d := deployment()
	d.Secrets = []spec.ManagedSecret{
		{Name: "org/made", From: spec.Source{Generate: &spec.Generate{}}, CreateOnly: true},
		{Name: "org/once", Value: spec.NewSecret("first"), CreateOnly: true},
	}
	d.Tasks = []spec.Task{{Name: "web", OnSecretChange: spec.SecretChangeRedeploy, EnvLocations: []spec.EnvLocation{{Secret: "org/made"}, {Secret: "org/once"}}}}
	converge(t.Context(), t, cfg, d)
	versions, before, value := currents(t, cfg, d), ages(t, cfg, d), get(t, cfg, "org/made")
	if got := moveOn(t, cfg, d); got.Moved != 0 || got.Kept != 2 || !got.Finished {
		t.Errorf("%+v", got)
	}
	settledAs(t, cfg, d)
	converge(t.Context(), t, cfg, d)
	if diff := cmp.Diff(versions, currents(t, cfg, d)) + cmp.Diff(before, ages(t, cfg, d)); diff != "" {
		t.Error(diff)
	}
	if get(t, cfg, "org/made") != value {
		t.Error("a value was generated anew")
	}
}
