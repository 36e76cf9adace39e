package secret_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const keyName = "app/staging/reconciler/fingerprint-key"

// watch counts calls, and lets a test stand in their way.
type watch struct {
	mu     sync.Mutex
	counts map[string]int
	before func(operation string, n int, next func() (any, error)) (any, error) // nil lets all through
}

func (w *watch) intercept(_, operation string, next func() (any, error)) (any, error) {
	w.mu.Lock()
	w.counts[operation]++
	n, before := w.counts[operation], w.before
	w.mu.Unlock()
	if before == nil {
		return next()
	}
	return before(operation, n, next)
}

func (w *watch) reset(before func(operation string, n int, next func() (any, error)) (any, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts, w.before = map[string]int{}, before
}

func (w *watch) wants(t *testing.T, want map[string]int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if diff := cmp.Diff(want, w.counts); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func watched(t *testing.T) (*watch, aws.Config) {
	w := &watch{counts: map[string]int{}}
	_, cfg := sandboxtest.New(t, func(o *sandbox.Options) { o.Intercept, o.KMSKeys = w.intercept, []string{"*"} })
	return w, cfg
}

func many(n int) *spec.Deployment {
	d := deployment()
	d.Secrets = nil
	for i := range n {
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: fmt.Sprintf("org/app/staging/%04d", i), Value: spec.NewSecret(fmt.Sprintf("V=%d\n", i))})
	}
	return d
}

// The calls of a run are a promise: nothing is read that the list tells.
func TestCalls(t *testing.T) {
	w, cfg := watched(t)
	d := many(150)
	converge(t.Context(), t, cfg, d)
	w.wants(t, map[string]int{"ListSecrets": 1, "DescribeSecret": 150, "GetSecretValue": 1, "CreateSecret": 151})

	w.reset(nil)
	converge(t.Context(), t, cfg, d)
	w.wants(t, map[string]int{"ListSecrets": 2, "GetSecretValue": 1})

	w.reset(nil)
	d.Secrets[7].Value = spec.NewSecret("V=other\n")
	converge(t.Context(), t, cfg, d)
	w.wants(t, map[string]int{"ListSecrets": 2, "GetSecretValue": 1, "DescribeSecret": 1, "PutSecretValue": 1, "UpdateSecretVersionStage": 1})
}

// Secrets of others under the same prefix are not described or read.
func TestStrangersAreLeftAlone(t *testing.T) {
	w, cfg := watched(t)
	create(t, cfg, &secretsmanager.CreateSecretInput{Name: aws.String("org/app/staging/0000-else"), SecretString: aws.String("x")})
	converge(t.Context(), t, cfg, many(3))
	w.reset(nil)
	converge(t.Context(), t, cfg, many(3))
	w.wants(t, map[string]int{"ListSecrets": 1, "GetSecretValue": 1})
}

func create(t *testing.T, cfg aws.Config, in *secretsmanager.CreateSecretInput) {
	t.Helper()
	_, err := secretsmanager.NewFromConfig(cfg).CreateSecret(t.Context(), in)
	must(t, err)
}

func put(t *testing.T, cfg aws.Config, name, value string) {
	t.Helper()
	_, err := secretsmanager.NewFromConfig(cfg).PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: &value})
	must(t, err)
}

func get(t *testing.T, cfg aws.Config, name string) string {
	t.Helper()
	out, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &name})
	must(t, err)
	return aws.ToString(out.SecretString)
}

// A value that somebody else put and that is right is read, twenty a call,
// and neither described nor written.
func TestForeignEqualValues(t *testing.T) {
	w, cfg := watched(t)
	d := many(45)
	converge(t.Context(), t, cfg, d)
	for _, s := range d.Secrets[:41] {
		put(t, cfg, s.Name, s.Value.Reveal())
	}
	w.reset(nil)
	converge(t.Context(), t, cfg, d)
	w.wants(t, map[string]int{"ListSecrets": 1, "GetSecretValue": 1, "BatchGetSecretValue": 3})
}

// After adoption with the right value, a change of the spec is one, although
// the version is still somebody else's.
func TestAdoptedThenChanged(t *testing.T) {
	_, cfg := watched(t)
	d := deployment()
	create(t, cfg, &secretsmanager.CreateSecretInput{Name: aws.String(dbName), SecretString: aws.String(first(d).Value.Reveal())})
	seen := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]
	for _, c := range seen.changes {
		if c.Path == "/value" {
			t.Error("the equal value would be written")
		}
	}
	converge(t.Context(), t, cfg, d)
	if again := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]; len(again.changes) > 0 {
		t.Fatalf("after adoption: %v", pathsOf(again.changes))
	}
	first(d).Value = spec.NewSecret("X=changed\n")
	changed := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]
	if diff := cmp.Diff([]string{"/value"}, pathsOf(changed.changes)); diff != "" || changed.standing.Moved {
		t.Errorf("moved %v, paths %s", changed.standing.Moved, diff)
	}
	put(t, cfg, dbName, "X=by hand\n")
	if drifted := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]; !drifted.standing.Moved || drifted.standing.Note == "" {
		t.Errorf("a value put by hand is no drift: %+v", drifted.standing)
	}
}

// A value put between observation and write is not overwritten.
func TestLostRace(t *testing.T) {
	for name, value := range map[string]string{"another value": "by hand", "the observed value": "by hand as well"} {
		t.Run(name, func(t *testing.T) {
			w, cfg := watched(t)
			converge(t.Context(), t, cfg, deployment())
			d := deployment()
			first(d).Value = spec.NewSecret("X=" + canary + "\n")
			k := secret.New(cfg, instant())
			seen := observe(t.Context(), t, k, d)[dbName]
			put(t, cfg, dbName, value)
			w.reset(nil)
			_, err := k.Update(t.Context(), secret.KeyOf(dbName), seen.desired, seen.observed, seen.changes)
			if resource.ClassOf(err) != resource.Conflict || strings.Contains(err.Error(), canary) {
				t.Fatalf("got class %s, want a conflict without the value", resource.ClassOf(err))
			}
			if get(t, cfg, dbName) != value {
				t.Error("the other writer's value was overwritten")
			}
			check(t.Context(), t, cfg)
			converge(t.Context(), t, cfg, d)
			if get(t, cfg, dbName) != first(d).Value.Reveal() {
				t.Error("the next run did not converge")
			}
		})
	}
}

// The answer to the move of AWSCURRENT is lost, and the SDK asks again.
func TestMoveRepeated(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	d := deployment()
	first(d).Value = spec.NewSecret("X=new\n")
	w.reset(func(operation string, n int, next func() (any, error)) (any, error) {
		out, err := next()
		if operation == "UpdateSecretVersionStage" && n == 1 {
			return nil, sandbox.ErrConnectionLost
		}
		return out, err
	})
	cfg.Retryer = func() aws.Retryer { return twice{} }
	converge(t.Context(), t, cfg, d)
	if get(t, cfg, dbName) != "X=new\n" {
		t.Error("the value is not there")
	}
	check(t.Context(), t, cfg)
}

// twice tries everything again once, at once.
type twice struct{ aws.NopRetryer }

func (twice) IsErrorRetryable(error) bool                  { return true }
func (twice) MaxAttempts() int                             { return 2 }
func (twice) RetryDelay(int, error) (time.Duration, error) { return 0, nil }
func (twice) GetInitialToken() func(error) error           { return func(error) error { return nil } }
func (twice) GetRetryToken(context.Context, error) (func(error) error, error) {
	return func(error) error { return nil }, nil
}

// The list shows what was true minutes ago.
func TestStaleList(t *testing.T) {
	w, cfg := watched(t)
	var stale any
	w.reset(func(operation string, _ int, next func() (any, error)) (any, error) {
		if operation != "ListSecrets" {
			return next()
		}
		if stale == nil {
			out, err := next()
			stale = out
			return out, err
		}
		return stale, nil
	})
	converge(t.Context(), t, cfg, deployment()) // remembers the empty list
	for name, o := range observe(t.Context(), t, secret.New(cfg, instant()), deployment()) {
		if !o.exists || len(o.changes) > 0 {
			t.Errorf("%s: exists %v, changes %v", name, o.exists, pathsOf(o.changes))
		}
	}
}

func TestKMSKey(t *testing.T) {
	_, cfg := watched(t)
	const id = "1234abcd-12ab-34cd-56ef-1234567890ab"
	d := deployment()
	for _, step := range []struct {
		key   *string
		paths []string
	}{
		{nil, []string{"/description"}}, // to have something each time
		{aws.String(id), []string{"/kms_key_id"}},
		{aws.String("arn:aws:kms:us-west-2:012345678901:key/" + id), []string{}},
		{aws.String("alias/app"), []string{"/kms_key_id"}},
		{aws.String(""), []string{"/kms_key_id"}},
		{nil, []string{}},
	} {
		first(d).KMSKeyID = step.key
		seen := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]
		if got := without(pathsOf(seen.changes), "/tags/ecs-reconciler~1applied"); seen.exists && cmp.Diff(step.paths, got) != "" {
			t.Errorf("%q: %s", aws.ToString(step.key), cmp.Diff(step.paths, got))
		}
		converge(t.Context(), t, cfg, d)
		if again := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]; len(again.changes) > 0 {
			t.Errorf("%q is not settled: %v", aws.ToString(step.key), pathsOf(again.changes))
		}
	}
}

func without(paths []string, path string) []string {
	out := []string{}
	for _, p := range paths {
		if p != path {
			out = append(out, p)
		}
	}
	return out
}

// A value that may not be read concerns its secret alone.
func TestUnreadableValue(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	put(t, cfg, dbName, "by hand")
	w.reset(func(operation string, _ int, next func() (any, error)) (any, error) {
		out, err := next()
		if batch, ok := out.(*secretsmanager.BatchGetSecretValueOutput); ok {
			return &secretsmanager.BatchGetSecretValueOutput{Errors: []types.APIErrorType{{
				SecretId: batch.SecretValues[0].ARN, ErrorCode: aws.String("AccessDeniedException")}}}, nil
		}
		return out, err
	})
	seen := observe(t.Context(), t, secret.New(cfg, instant()), deployment())
	if got := seen[dbName].standing.Refuse; !strings.Contains(got, "AccessDeniedException") {
		t.Errorf("refusal %q, want one that says why", got)
	}
	if len(seen[mqName].changes) > 0 || seen[mqName].standing.Refuse != "" {
		t.Errorf("another secret is concerned: %+v", seen[mqName].standing)
	}
	w.reset(func(operation string, _ int, next func() (any, error)) (any, error) {
		if operation == "BatchGetSecretValue" {
			return nil, awserr.New("ThrottlingException", "slow down")
		}
		return next()
	})
	k := secret.New(cfg, instant())
	_, err := k.Desired(deployment())
	must(t, err)
	if _, err := k.Observe(t.Context(), []resource.Key{secret.KeyOf(dbName)}); resource.ClassOf(err) != resource.Throttled {
		t.Errorf("got %v, want the failure of the whole", err)
	}
}

func TestReadErrorIsNeverAbsent(t *testing.T) {
	for _, operation := range []string{"ListSecrets", "DescribeSecret", "GetSecretValue"} {
		t.Run(operation, func(t *testing.T) {
			w, cfg := watched(t)
			converge(t.Context(), t, cfg, deployment())
			tag("team", "drifted")(t.Context(), t, cfg)
			w.reset(func(op string, _ int, next func() (any, error)) (any, error) {
				if op == operation {
					return nil, awserr.New("AccessDeniedException", "no")
				}
				return next()
			})
			k := secret.New(cfg, instant())
			_, err := k.Desired(deployment())
			must(t, err)
			if _, err := k.Observe(t.Context(), []resource.Key{secret.KeyOf(dbName)}); err == nil {
				t.Error("the failure is not told")
			}
		})
	}
}

func TestObserveStopsWhenCancelled(t *testing.T) {
	_, cfg := watched(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	k := secret.New(cfg, instant())
	_, err := k.Desired(deployment())
	must(t, err)
	if _, err := k.Observe(ctx, []resource.Key{secret.KeyOf(dbName)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
}
