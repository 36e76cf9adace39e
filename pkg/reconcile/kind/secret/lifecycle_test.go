package secret_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// desiredFirst is a kind that knows the deployment, and what its first secret is to be.
func desiredFirst(t *testing.T, cfg aws.Config, opts secret.Options) (*secret.Kind, secret.Desired) {
	t.Helper()
	k := secret.New(cfg, opts)
	nodes, err := k.Desired(deployment())
	must(t, err)
	want, err := nodes[0].Build(nil)
	must(t, err)
	return k, want
}

func TestCreateGivesOutputs(t *testing.T) {
	_, cfg := watched(t)
	k, want := desiredFirst(t, cfg, instant())
	out, err := k.Create(t.Context(), secret.KeyOf(dbName), want)
	must(t, err)
	described, err := secretsmanager.NewFromConfig(cfg).DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String(dbName)})
	must(t, err)
	wantOut := resource.Outputs{"arn": *described.ARN, "version": versionOf(t.Context(), t, cfg, dbName, "AWSCURRENT")}
	if diff := cmp.Diff(wantOut, out); diff != "" {
		t.Error(diff)
	}
	seen := observe(t.Context(), t, k, deployment())[dbName]
	if diff := cmp.Diff(wantOut, k.Outputs(seen.observed, nil)); diff != "" {
		t.Error(diff)
	}
	pending := k.Outputs(seen.observed, []resource.FieldChange{{Path: "/value"}})
	if diff := cmp.Diff(resource.Outputs{"arn": *described.ARN}, pending); diff != "" {
		t.Errorf("with a new value pending: %s", diff)
	}
}

// Between plan and apply, the name came to be pending deletion.
func TestCreateRestoresOurs(t *testing.T) {
	_, cfg := watched(t)
	k, want := desiredFirst(t, cfg, instant())
	_, err := k.Create(t.Context(), secret.KeyOf(dbName), want)
	must(t, err)
	put(t, cfg, dbName, "by hand")
	remove(false)(t.Context(), t, cfg)
	_, err = k.Create(t.Context(), secret.KeyOf(dbName), want)
	must(t, err)
	if get(t, cfg, dbName) != want.Value.Reveal() {
		t.Error("the restored secret has not the desired value")
	}
	if o := observe(t.Context(), t, secret.New(cfg, instant()), deployment())[dbName]; len(o.changes) > 0 {
		t.Errorf("not settled: %v", pathsOf(o.changes))
	}
}

func TestCreateDoesNotTouchStrangers(t *testing.T) {
	for name, tagged := range map[string][]types.Tag{
		"nobody's": nil,
		"theirs":   {{Key: aws.String(spec.TagOwner), Value: aws.String("other/staging")}},
	} {
		for _, deleted := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				w, cfg := watched(t)
				create(t, cfg, &secretsmanager.CreateSecretInput{Name: aws.String(dbName), SecretString: aws.String("x"), Tags: tagged})
				if deleted {
					remove(false)(t.Context(), t, cfg)
				}
				k, want := desiredFirst(t, cfg, instant())
				w.reset(nil)
				_, err := k.Create(t.Context(), secret.KeyOf(dbName), want)
				if resource.ClassOf(err) != resource.Conflict || strings.Contains(err.Error(), canary) {
					t.Errorf("got class %s, want a conflict without the value", resource.ClassOf(err))
				}
				for _, op := range []string{"RestoreSecret", "PutSecretValue", "TagResource", "UpdateSecret"} {
					if w.counts[op] > 0 {
						t.Errorf("%s was called", op)
					}
				}
			})
		}
	}
}

// clock is time that passes only by sleeping.
type clock struct {
	now   time.Time
	slept int
	said  []string
}

func (c *clock) options() secret.Options {
	return secret.Options{
		Now:  func() time.Time { return c.now },
		Wait: func(message string) { c.said = append(c.said, message) },
		Sleep: func(ctx context.Context, d time.Duration) error {
			c.now, c.slept = c.now.Add(d), c.slept+1
			return ctx.Err()
		},
	}
}

// deleting refuses to create the secret the first n times, as while a forced
// deletion runs.
func deleting(n int) func(string, int, func() (any, error)) (any, error) {
	failed := 0
	return func(operation string, _ int, next func() (any, error)) (any, error) {
		if operation == "CreateSecret" && failed < n {
			failed++
			return nil, awserr.New("InvalidRequestException",
				"You can't create this secret because a secret with this name is already scheduled for deletion.")
		}
		return next()
	}
}

func TestCreateWaitsForAForcedDeletion(t *testing.T) {
	w, cfg := watched(t)
	c := &clock{}
	converge(t.Context(), t, cfg, many(1)) // makes the key
	k, want := desiredFirst(t, cfg, c.options())
	w.reset(deleting(3))
	_, err := k.Create(t.Context(), secret.KeyOf(dbName), want)
	must(t, err)
	if c.slept != 3 || len(c.said) != 3 || !strings.Contains(c.said[0], dbName) {
		t.Errorf("slept %d times and said %q", c.slept, c.said)
	}
}

func TestCreateDoesNotWaitForEver(t *testing.T) {
	w, cfg := watched(t)
	c := &clock{}
	converge(t.Context(), t, cfg, many(1))
	k, want := desiredFirst(t, cfg, c.options())
	w.reset(deleting(1000))
	if _, err := k.Create(t.Context(), secret.KeyOf(dbName), want); err == nil || strings.Contains(err.Error(), canary) {
		t.Error("no failure, or one with the value")
	}
	if c.slept < 10 || c.slept > 60 {
		t.Errorf("slept %d times", c.slept)
	}
}

func TestCreateStopsWaitingWhenCancelled(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, many(1))
	ctx, cancel := context.WithCancel(t.Context())
	k, want := desiredFirst(t, cfg, secret.Options{Wait: func(string) { cancel() }}) // a real timer
	w.reset(deleting(1000))
	start := time.Now()
	if _, err := k.Create(ctx, secret.KeyOf(dbName), want); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}
	if time.Since(start) > 3*time.Second {
		t.Error("the wait went on")
	}
}

// Restoring takes a moment to be seen everywhere.
func TestRestoredButNotYetUsable(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	remove(false)(t.Context(), t, cfg)
	d := deployment()
	first(d).Value = spec.NewSecret("X=new\n")
	k := secret.New(cfg, instant())
	seen := observe(t.Context(), t, k, d)[dbName]
	w.reset(func(operation string, _ int, next func() (any, error)) (any, error) {
		if operation == "PutSecretValue" {
			return nil, awserr.New("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.")
		}
		return next()
	})
	_, err := k.Update(t.Context(), secret.KeyOf(dbName), seen.desired, seen.observed, seen.changes)
	if resource.ClassOf(err) != resource.Retryable {
		t.Errorf("got class %s, want one to be tried again", resource.ClassOf(err))
	}
	w.reset(nil)
	converge(t.Context(), t, cfg, d)
}

// A secret made without a value gets its first one.
func TestNoCurrentValue(t *testing.T) {
	_, cfg := watched(t)
	for _, name := range []string{dbName, onceName} {
		create(t, cfg, &secretsmanager.CreateSecretInput{Name: aws.String(name),
			Tags: []types.Tag{{Key: aws.String(spec.TagOwner), Value: aws.String("app/staging")}}})
	}
	seen := observe(t.Context(), t, secret.New(cfg, instant()), deployment())
	for _, name := range []string{dbName, onceName} {
		if !slices.Contains(pathsOf(seen[name].changes), "/value") {
			t.Errorf("%s: %v, want the value among them", name, pathsOf(seen[name].changes))
		}
	}
	converge(t.Context(), t, cfg, deployment())
	if get(t, cfg, onceName) != "first" {
		t.Error("the value is not there")
	}
	check(t.Context(), t, cfg)
}

// AWSPENDING of somebody else, left by a rotation that failed, is not taken.
func TestPendingLabelOfOthersStays(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	_, err := secretsmanager.NewFromConfig(cfg).PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: aws.String(dbName), SecretString: aws.String("theirs"), VersionStages: []string{"AWSPENDING"}})
	must(t, err)
	theirs := versionOf(t.Context(), t, cfg, dbName, "AWSPENDING")
	d := deployment()
	first(d).Value = spec.NewSecret("X=new\n")
	converge(t.Context(), t, cfg, d)
	if versionOf(t.Context(), t, cfg, dbName, "AWSPENDING") != theirs || get(t, cfg, dbName) != "X=new\n" {
		t.Error("the label was taken, or the value not written")
	}
	if o := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]; len(o.changes) > 0 {
		t.Errorf("not settled: %v", pathsOf(o.changes))
	}
}

// A write cut off before AWSCURRENT moved is finished with the version it left.
func TestInterruptedWriteIsFinished(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	d := deployment()
	first(d).Value = spec.NewSecret("X=new\n")
	k := secret.New(cfg, instant())
	seen := observe(t.Context(), t, k, d)[dbName]
	w.reset(func(operation string, _ int, next func() (any, error)) (any, error) {
		if operation == "UpdateSecretVersionStage" {
			return nil, awserr.New("InternalServiceError", "it broke")
		}
		return next()
	})
	if _, err := k.Update(t.Context(), secret.KeyOf(dbName), seen.desired, seen.observed, seen.changes); err == nil {
		t.Fatal("the failure is not told")
	}
	left := versionOf(t.Context(), t, cfg, dbName, ownLabel)
	w.reset(nil)
	if o := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]; o.standing.Moved {
		t.Error("our own unfinished write is taken for drift")
	}
	converge(t.Context(), t, cfg, d)
	if got := versionOf(t.Context(), t, cfg, dbName, "AWSCURRENT"); got != left {
		t.Error("a second version was made of the same value")
	}
	if w.counts["PutSecretValue"] > 0 || w.counts["UpdateSecretVersionStage"] != 1 {
		t.Errorf("the calls were %v, want AWSCURRENT moved and nothing put", w.counts)
	}
	check(t.Context(), t, cfg)
}

func TestDelete(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	var sent any // the last request
	cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Record",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				sent = in.Parameters
				return next.HandleInitialize(ctx, in)
			}), middleware.Before)
	})
	k := secret.New(cfg, instant())
	seen := observe(t.Context(), t, k, deployment())
	for name, days := range map[string]int64{dbName: 7, mqName: 30} {
		must(t, k.Delete(t.Context(), secret.KeyOf(name), seen[name].observed))
		want := &secretsmanager.DeleteSecretInput{SecretId: aws.String(seen[name].observed.ARN), RecoveryWindowInDays: &days}
		if diff := cmp.Diff(want, sent, cmpopts.IgnoreUnexported(secretsmanager.DeleteSecretInput{})); diff != "" {
			t.Error(diff)
		}
		must(t, k.Delete(t.Context(), secret.KeyOf(name), seen[name].observed)) // again, as after a lost answer
	}
	w.reset(nil)
	must(t, k.Delete(t.Context(), secret.KeyOf(dbName), observe(t.Context(), t, k, deployment())[dbName].observed))
	if w.counts["DeleteSecret"] > 0 {
		t.Error("what is deleted was deleted again")
	}
	create(t, cfg, &secretsmanager.CreateSecretInput{Name: aws.String("gone"), SecretString: aws.String("x")})
	create(t, cfg, &secretsmanager.CreateSecretInput{Name: aws.String("vanishing"), SecretString: aws.String("x"),
		Tags: []types.Tag{{Key: aws.String(spec.TagOwner), Value: aws.String("app/staging")}}})
	gone, err := k.Observe(t.Context(), []resource.Key{secret.KeyOf("gone")})
	must(t, err)
	w.reset(nil)
	if err := k.Delete(t.Context(), secret.KeyOf("gone"), gone[secret.KeyOf("gone")]); resource.ClassOf(err) != resource.Conflict || len(w.counts) > 0 {
		t.Errorf("deleting what is not ours: %v, calls %v", err, w.counts)
	}
	vanishing, err := k.Observe(t.Context(), []resource.Key{secret.KeyOf("vanishing")})
	must(t, err)
	_, err = secretsmanager.NewFromConfig(cfg).DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{
		SecretId: aws.String("vanishing"), ForceDeleteWithoutRecovery: aws.Bool(true)})
	must(t, err)
	must(t, k.Delete(t.Context(), secret.KeyOf("vanishing"), vanishing[secret.KeyOf("vanishing")]))
}

func TestDeleteRefusesRotation(t *testing.T) {
	w, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	rotate(t.Context(), t, cfg)
	k := secret.New(cfg, instant())
	seen := observe(t.Context(), t, k, deployment())[dbName]
	w.reset(nil)
	if err := k.Delete(t.Context(), secret.KeyOf(dbName), seen.observed); resource.ClassOf(err) != resource.Conflict || len(w.counts) > 0 {
		t.Errorf("got %v after the calls %v, want a conflict and none", err, w.counts)
	}
}

// A replica of ours follows its primary, and is pruned nowhere else.
func TestReplicaIsNotOwned(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	replicate(t.Context(), t, cfg)
	owned, err := secret.New(cfg, instant()).Owned(t.Context(), deployment())
	must(t, err)
	if diff := cmp.Diff([]resource.Key{secret.KeyOf(mqName), secret.KeyOf(onceName)}, owned); diff != "" {
		t.Error(diff)
	}
}

// Emulators that do not take the token for the version's id: the value is
// read from then on, and a change of the spec is still one.
func TestTokenIgnored(t *testing.T) {
	w, cfg := watched(t)
	k, want := desiredFirst(t, cfg, instant())
	const other = "11111111-2222-3333-4444-555555555555"
	w.reset(func(operation string, n int, next func() (any, error)) (any, error) {
		out, err := next()
		if made, ok := out.(*secretsmanager.CreateSecretOutput); ok && *made.Name == dbName {
			return &secretsmanager.CreateSecretOutput{ARN: made.ARN, Name: made.Name, VersionId: aws.String(other)}, nil
		}
		return out, err
	})
	out, err := k.Create(t.Context(), secret.KeyOf(dbName), want)
	must(t, err)
	if out[secret.OutputVersion] != other || w.counts["TagResource"] != 1 {
		t.Errorf("version %s after the calls %v", out[secret.OutputVersion], w.counts)
	}
}

func TestOwned(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	for name, owner := range map[string]string{"near/miss": "app/staging2", "other": "other/staging"} {
		create(t, cfg, &secretsmanager.CreateSecretInput{Name: &name, SecretString: aws.String("x"),
			Tags: []types.Tag{{Key: aws.String(spec.TagOwner), Value: &owner}}})
	}
	create(t, cfg, &secretsmanager.CreateSecretInput{Name: aws.String("wrong/key"), SecretString: aws.String("x"),
		Tags: []types.Tag{{Key: aws.String(spec.TagOwner + "s"), Value: aws.String("app/staging")}}})
	remove(false)(t.Context(), t, cfg)
	owned, err := secret.New(cfg, instant()).Owned(t.Context(), deployment())
	must(t, err)
	want := []resource.Key{secret.KeyOf(mqName), secret.KeyOf(onceName)}
	if diff := cmp.Diff(want, owned); diff != "" {
		t.Error(diff)
	}
}
