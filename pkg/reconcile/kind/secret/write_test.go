package secret_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// withValue is the deployment with another value of its first secret.
func withValue(value string) *spec.Deployment {
	d := deployment()
	first(d).Value = spec.NewSecret(value)
	return d
}

// writeValue updates the first secret of d as k has observed it.
func writeValue(ctx context.Context, k *secret.Kind, o object) error {
	_, err := k.Update(ctx, secret.KeyOf(dbName), o.desired, o.observed, o.changes)
	return err
}

// failingMoves lets no label be moved.
func failingMoves(operation string, _ int, next func() (any, error)) (any, error) {
	if operation == "UpdateSecretVersionStage" {
		return nil, awserr.New("InternalServiceError", "it broke")
	}
	return next()
}

// Of runs that write different values at once, one wins; the others say so,
// and leave its value alone.
func TestConcurrentWrites(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	const runs = 6
	kinds, seen := make([]*secret.Kind, runs), make([]object, runs)
	for i := range runs {
		kinds[i] = secret.New(cfg, instant())
		seen[i] = observe(t.Context(), t, kinds[i], withValue(fmt.Sprintf("X=%d\n", i)))[dbName]
	}
	errs := make([]error, runs)
	var all sync.WaitGroup
	for i := range runs {
		all.Go(func() { errs[i] = writeValue(t.Context(), kinds[i], seen[i]) })
	}
	all.Wait()
	var winners []int
	for i, err := range errs {
		if err == nil {
			winners = append(winners, i)
		} else if resource.ClassOf(err) != resource.Conflict || !strings.Contains(err.Error(), "put by somebody else since it was observed") {
			t.Errorf("run %d: %v, want a conflict that says what happened", i, err)
		}
	}
	if len(winners) != 1 {
		t.Fatalf("%d runs won, want one", len(winners))
	}
	if got, want := get(t, cfg, dbName), fmt.Sprintf("X=%d\n", winners[0]); got != want {
		t.Errorf("the value is not the winner's")
	}
	if o := observe(t.Context(), t, secret.New(cfg, instant()), withValue(fmt.Sprintf("X=%d\n", winners[0])))[dbName]; len(o.changes) > 0 {
		t.Errorf("for the winner there is a difference: %v", pathsOf(o.changes))
	}
	check(t.Context(), t, cfg)
	loser := withValue(fmt.Sprintf("X=%d\n", (winners[0]+1)%runs))
	if o := observe(t.Context(), t, secret.New(cfg, instant()), loser)[dbName]; o.standing.Moved {
		t.Error("what a run beside this one wrote is taken for drift")
	}
	converge(t.Context(), t, cfg, loser)
}

// Runs that write the same value at once are all content.
func TestConcurrentWritesOfOneValue(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	d := withValue("X=same\n")
	one, other := secret.New(cfg, instant()), secret.New(cfg, instant())
	seen, same := observe(t.Context(), t, one, d)[dbName], observe(t.Context(), t, other, d)[dbName]
	must(t, writeValue(t.Context(), one, seen))
	must(t, writeValue(t.Context(), other, same))
	if get(t, cfg, dbName) != "X=same\n" {
		t.Error("the value is not there")
	}
}

// A version that never became current is no difference where the current value
// is right, and is not in the way of the next write.
func TestLeftoverIsNoDifference(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	k := secret.New(cfg, instant())
	seen := observe(t.Context(), t, k, withValue("X=given up\n"))[dbName]
	w.reset(failingMoves)
	if writeValue(t.Context(), k, seen) == nil {
		t.Fatal("the failure is not told")
	}
	w.reset(nil)
	if o := observe(t.Context(), t, secret.New(cfg, instant()), deployment())[dbName]; len(o.changes) > 0 {
		t.Errorf("it is a difference: %v", pathsOf(o.changes))
	}
	converge(t.Context(), t, cfg, withValue("X=next\n"))
	if get(t, cfg, dbName) != "X=next\n" || w.counts["PutSecretValue"] != 1 || w.counts["UpdateSecretVersionStage"] != 1 {
		t.Errorf("the next write made the calls %v", w.counts)
	}
	check(t.Context(), t, cfg)
}

// AWSCURRENT moved back by hand is moved again: nothing has to be put.
func TestMovedBackIsMovedAgain(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	moveBack(t.Context(), t, cfg)
	w.reset(nil)
	converge(t.Context(), t, cfg, deployment())
	if w.counts["PutSecretValue"] > 0 || w.counts["UpdateSecretVersionStage"] != 1 {
		t.Errorf("the calls were %v, want AWSCURRENT moved and nothing put", w.counts)
	}
	if get(t, cfg, dbName) != first(deployment()).Value.Reveal() {
		t.Error("the value is not the desired one")
	}
}

// lagging answers reads of no named version with one that is not current, as
// moto does until it is told by a put for AWSCURRENT.
func lagging(served *secretsmanager.GetSecretValueOutput) func(string, int, func() (any, error)) (any, error) {
	labels := []string(nil)
	return func(operation string, _ int, next func() (any, error)) (any, error) {
		out, err := next()
		switch made := out.(type) {
		case *secretsmanager.PutSecretValueOutput:
			labels = made.VersionStages
		case *secretsmanager.GetSecretValueOutput:
			if aws.ToString(made.Name) == dbName && len(labels) > 0 {
				return served, nil
			}
		}
		return out, err
	}
}

// Behind an endpoint that is not AWS's there may be an emulator that serves
// another version than the current one. On AWS that is not asked.
func TestEmulatorThatServesAnotherVersion(t *testing.T) {
	writes := func(extra ...string) map[string]int {
		calls := map[string]int{"PutSecretValue": 1, "UpdateSecretVersionStage": 1}
		for _, operation := range extra {
			calls[operation]++
		}
		return calls
	}
	old := &secretsmanager.GetSecretValueOutput{Name: aws.String(dbName), VersionId: aws.String("old"), VersionStages: []string{"AWSPREVIOUS"}}
	stale := &secretsmanager.GetSecretValueOutput{Name: aws.String(dbName), VersionId: aws.String("old"), VersionStages: []string{"AWSCURRENT"}}
	for name, c := range map[string]struct {
		endpoint *string
		served   *secretsmanager.GetSecretValueOutput
		want     map[string]int
	}{
		"on AWS":                         {nil, old, writes()},
		"an emulator that lags":          {aws.String("http://localhost:5000"), old, writes("GetSecretValue", "UpdateSecretVersionStage", "PutSecretValue")},
		"a VPC's endpoint":               {aws.String("https://vpce-1a2b.secretsmanager.us-west-2.vpce.amazonaws.com"), old, writes()},
		"a stale answer":                 {aws.String("http://localhost:5000"), stale, writes("GetSecretValue")},
		"an endpoint that serves it all": {aws.String("http://localhost:5000"), nil, writes("GetSecretValue")},
	} {
		t.Run(name, func(t *testing.T) {
			w, cfg := watched(t)
			converge(t.Context(), t, cfg, deployment())
			cfg.BaseEndpoint = c.endpoint
			k := secret.New(cfg, instant())
			seen := observe(t.Context(), t, k, withValue("X=new\n"))[dbName]
			w.reset(nil)
			if c.served != nil {
				w.reset(lagging(c.served))
			}
			must(t, writeValue(t.Context(), k, seen))
			w.wants(t, c.want)
			w.reset(nil)
			if get(t, cfg, dbName) != "X=new\n" {
				t.Error("the value is not there")
			}
		})
	}
}

// proofOf is the seal of the first secret's value when it is planned.
func proofOf(t *testing.T, cfg aws.Config, d *spec.Deployment) (proof string, exists bool) {
	t.Helper()
	k := secret.New(cfg, instant())
	o := observe(t.Context(), t, k, d)[dbName]
	for _, f := range k.Diff(o.desired, o.observed) {
		if f.Path == "/value" {
			return f.Proof, o.exists
		}
	}
	t.Fatal("the value is no difference")
	return "", false
}

// A saved plan binds the value of a secret that it creates, once there is a
// key to do it with.
func TestCreationIsSealed(t *testing.T) {
	w, cfg := watched(t)
	if proof, exists := proofOf(t, cfg, deployment()); proof != "" || exists {
		t.Errorf("there is a proof %q without a key, or the secret", proof)
	}
	for name, made := range map[string]*spec.Deployment{"others exist": many(1), "the key alone exists": nil} {
		t.Run(name, func(t *testing.T) {
			w, cfg := watched(t)
			converge(t.Context(), t, cfg, many(1))
			if made == nil {
				_, err := secretsmanager.NewFromConfig(cfg).DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{
					SecretId: aws.String(many(1).Secrets[0].Name), ForceDeleteWithoutRecovery: aws.Bool(true)})
				must(t, err)
			}
			w.reset(nil)
			proof, exists := proofOf(t, cfg, deployment())
			if len(proof) != 40 || exists || w.counts["GetSecretValue"] != 1 {
				t.Errorf("proof %q with the calls %v", proof, w.counts)
			}
			again, _ := proofOf(t, cfg, deployment())
			changed, _ := proofOf(t, cfg, withValue("X=changed\n"))
			if again != proof || changed == proof {
				t.Error("the proof does not bind the value")
			}
		})
	}
	w.reset(nil)
	if _, exists := proofOf(t, cfg, deployment()); exists || w.counts["GetSecretValue"] > 0 {
		t.Errorf("without a key in the list it is asked for: %v", w.counts)
	}
}

// A failure of the read behind an endpoint is told without the value.
func TestServedReadFails(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	cfg.BaseEndpoint = aws.String("http://localhost:5000")
	k := secret.New(cfg, instant())
	seen := observe(t.Context(), t, k, withValue("X="+canary+"\n"))[dbName]
	w.reset(func(operation string, _ int, next func() (any, error)) (any, error) {
		if operation == "GetSecretValue" {
			return nil, awserr.New("AccessDeniedException", "no "+canary)
		}
		return next()
	})
	err := writeValue(t.Context(), k, seen)
	if err == nil || strings.Contains(err.Error(), canary) {
		t.Error("no failure, or one with the value")
	}
	w.reset(nil)
	if diff := cmp.Diff([]string{}, pathsOf(observe(t.Context(), t, secret.New(cfg, instant()), withValue("X="+canary+"\n"))[dbName].changes)); diff != "" {
		t.Error(diff)
	}
}
