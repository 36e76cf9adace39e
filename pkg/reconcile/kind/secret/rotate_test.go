package secret_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/spec"
)

// currents are the current versions of a deployment's secrets.
func currents(t *testing.T, cfg aws.Config, d *spec.Deployment) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, s := range d.Secrets {
		out[s.Name] = versionOf(t.Context(), t, cfg, s.Name, "AWSCURRENT")
	}
	return out
}

// versionsOf counts the versions that a secret ever had.
func versionsOf(t *testing.T, cfg aws.Config, name string) int {
	t.Helper()
	out, err := secretsmanager.NewFromConfig(cfg).ListSecretVersionIds(t.Context(), &secretsmanager.ListSecretVersionIdsInput{
		SecretId: &name, IncludeDeprecated: aws.Bool(true)})
	must(t, err)
	return len(out.Versions)
}

func settledAs(t *testing.T, cfg aws.Config, d *spec.Deployment) {
	t.Helper()
	for name, o := range observe(t.Context(), t, secret.New(cfg, instant()), d) {
		if len(o.changes) > 0 || o.standing.Moved {
			t.Errorf("%s: moved %v, changes %v", name, o.standing.Moved, pathsOf(o.changes))
		}
	}
}

func TestRotateMovesEachSecretOnce(t *testing.T) {
	w, cfg := watched(t)
	d := many(12)
	converge(t.Context(), t, cfg, d)
	before := currents(t, cfg, d)
	got, err := secret.New(cfg, instant()).Rotate(t.Context(), d, secret.RotateOptions{})
	must(t, err)
	if diff := cmp.Diff(secret.Rotation{Key: secret.KeyNew, Moved: 12, Finished: true}, got); diff != "" {
		t.Error(diff)
	}
	for name, id := range currents(t, cfg, d) {
		if id[:8] == before[name][:8] || versionsOf(t, cfg, name) != 2 {
			t.Errorf("%s is on %s of %d versions", name, id, versionsOf(t, cfg, name))
		}
	}
	settledAs(t, cfg, d)
	w.reset(nil)
	got, err = secret.New(cfg, instant()).Rotate(t.Context(), d, secret.RotateOptions{})
	must(t, err)
	if got.Key != secret.KeyRecent || got.Moved > 0 {
		t.Errorf("the second run: %+v", got)
	}
	w.wants(t, map[string]int{"GetSecretValue": 1})
	got, err = secret.New(cfg, instant()).Rotate(t.Context(), d, secret.RotateOptions{Again: true})
	must(t, err)
	if got.Key != secret.KeyNew || got.Moved != 12 {
		t.Errorf("again: %+v", got)
	}
	settledAs(t, cfg, d)
}

// Killed after any call, both keys prove what they made until the next run has
// moved the rest; no secret is put more often than once.
func TestRotateSurvivesBeingKilled(t *testing.T) {
	d := many(3)
	for at := 1; ; at++ {
		w, cfg := watched(t)
		converge(t.Context(), t, cfg, d)
		w.reset(nil)
		calls := 0
		w.reset(func(_ string, _ int, next func() (any, error)) (any, error) {
			calls++
			if calls > at {
				return nil, sandbox.ErrConnectionLost
			}
			out, err := next()
			if calls == at {
				return nil, sandbox.ErrConnectionLost
			}
			return out, err
		})
		quick := cfg.Copy()
		quick.RetryMaxAttempts = 1
		first, err := secret.New(quick, instant()).Rotate(t.Context(), d, secret.RotateOptions{})
		w.reset(nil)
		if err == nil && first.Finished {
			return
		}
		settledAs(t, cfg, d)
		_, err = secret.New(cfg, instant()).Rotate(t.Context(), d, secret.RotateOptions{})
		must(t, err)
		settledAs(t, cfg, d)
		key := get(t, cfg, keyName)
		if n := len(strings.Fields(key)); n != 1 {
			t.Fatalf("killed after call %d: the key's secret still holds %d keys", at, n)
		}
		ids := map[string]bool{}
		for name, id := range currents(t, cfg, d) {
			ids[id[:8]] = true
			if n := versionsOf(t, cfg, name); n != 2 {
				t.Fatalf("killed after call %d: %s has %d versions", at, name, n)
			}
		}
		if len(ids) != 1 {
			t.Fatalf("killed after call %d: the secrets are of %d keys", at, len(ids))
		}
	}
}

// A rotation changes no value, and touches nothing that is not ours to write.
func TestRotateLeavesWhatItMust(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	put(t, cfg, mqName, "by hand")
	d := deployment()
	first(d).Value = spec.NewSecret("A=of the spec, not yet applied\n")
	kept := map[string]string{}
	got, err := secret.New(cfg, instant()).Rotate(t.Context(), d, secret.RotateOptions{Kept: func(name, why string) { kept[name] = why }})
	must(t, err)
	if got.Moved != 1 || got.Kept != 2 || !strings.Contains(kept[mqName], "somebody else") || !strings.Contains(kept[onceName], "create_only") {
		t.Errorf("%+v, kept %v", got, kept)
	}
	if get(t, cfg, dbName) != first(deployment()).Value.Reveal() || get(t, cfg, mqName) != "by hand" {
		t.Error("a value was changed")
	}
	o := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]
	if diff := cmp.Diff([]string{"/value"}, pathsOf(o.changes)); diff != "" || o.standing.Moved {
		t.Errorf("moved %v, %s", o.standing.Moved, diff)
	}
}

func TestRotateWithoutAKey(t *testing.T) {
	w, cfg := watched(t)
	got, err := secret.New(cfg, instant()).Rotate(t.Context(), many(2), secret.RotateOptions{})
	must(t, err)
	if got.Key != secret.KeyAbsent {
		t.Errorf("%+v", got)
	}
	w.wants(t, map[string]int{"GetSecretValue": 1})
}

// An apply in the middle of a rotation writes under the new key.
func TestApplyBetweenTheHalvesOfARotation(t *testing.T) {
	w, cfg := watched(t)
	d := many(3)
	converge(t.Context(), t, cfg, d)
	w.reset(func(operation string, n int, next func() (any, error)) (any, error) {
		if operation == "DescribeSecret" && n == 2 {
			return nil, sandbox.ErrConnectionLost
		}
		return next()
	})
	quick := cfg.Copy()
	quick.RetryMaxAttempts = 1
	if _, err := secret.New(quick, instant()).Rotate(t.Context(), d, secret.RotateOptions{}); err == nil {
		t.Fatal("the rotation was not cut off")
	}
	w.reset(nil)
	d.Secrets[2].Value = spec.NewSecret("V=new\n")
	converge(t.Context(), t, cfg, d)
	got, err := secret.New(cfg, instant()).Rotate(t.Context(), d, secret.RotateOptions{})
	must(t, err)
	if diff := cmp.Diff(secret.Rotation{Key: secret.KeyResumed, Moved: 1, Kept: 2, Finished: true}, got); diff != "" {
		t.Error(diff)
	}
	settledAs(t, cfg, d)
}

func TestRotateKeepsItsPace(t *testing.T) {
	_, cfg := watched(t)
	d := many(4)
	converge(t.Context(), t, cfg, d)
	opts, slept := instant(), []string{}
	opts.Sleep = func(_ context.Context, d time.Duration) error { slept = append(slept, fmt.Sprint(d)); return nil }
	_, err := secret.New(cfg, opts).Rotate(t.Context(), d, secret.RotateOptions{Pause: 250 * time.Millisecond})
	must(t, err)
	if diff := cmp.Diff([]string{"250ms", "250ms", "250ms", "250ms"}, slept); diff != "" {
		t.Error(diff)
	}
}
