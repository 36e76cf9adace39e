package secret_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/kind/kindtest"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const europe = "eu-west-1"

// deepChanges are those of keys, copies and policies.
func deepChanges() []kindtest.Change {
	second := func(d *spec.Deployment) *spec.ManagedSecret { return &d.Secrets[1] }
	none := spec.Document(nil)
	return []kindtest.Change{
		{Name: "key", Edit: func(d *spec.Deployment) { first(d).KMSKeyID = aws.String("alias/app") }, Paths: []string{"/kms_key_id"}},
		{Name: "replica added", Edit: func(d *spec.Deployment) {
			second(d).Replicas = []spec.Replica{{Region: "ap-south-1"}, {Region: europe}}
		}, Paths: []string{"/replicas/ap-south-1"}},
		{Name: "replica moved", Edit: func(d *spec.Deployment) { second(d).Replicas = []spec.Replica{{Region: "ap-south-1"}} },
			Paths: []string{"/replicas/ap-south-1", "/replicas/eu-west-1"}},
		{Name: "replica's key", Edit: func(d *spec.Deployment) {
			second(d).Replicas = []spec.Replica{{Region: europe, KMSKeyID: aws.String("alias/there")}}
		}, Paths: []string{"/replicas/eu-west-1/kms_key_id"}},
		{Name: "replicas removed", Edit: func(d *spec.Deployment) { second(d).Replicas = []spec.Replica{} }, Paths: []string{"/replicas/eu-west-1"}},
		{Name: "replicas no longer named", Edit: func(d *spec.Deployment) { second(d).Replicas = nil }},
		{Name: "policy", Edit: func(d *spec.Deployment) { second(d).ResourcePolicy = letting("222222222222") }, Paths: []string{"/resource_policy"}},
		{Name: "policy removed", Edit: func(d *spec.Deployment) { second(d).ResourcePolicy = &none }, Paths: []string{"/resource_policy"}},
		{Name: "policy no longer named", Edit: func(d *spec.Deployment) { second(d).ResourcePolicy = nil }},
		{Name: "key, copies and policy", Edit: func(d *spec.Deployment) {
			s := second(d)
			s.KMSKeyID, s.Replicas = aws.String("alias/app"), []spec.Replica{{Region: "ap-south-1", KMSKeyID: aws.String("")}}
			s.ResourcePolicy = letting("222222222222")
		}, Paths: []string{"/kms_key_id", "/replicas/ap-south-1", "/replicas/eu-west-1", "/resource_policy"}},
	}
}

func deepDrifts() []kindtest.Drift {
	return []kindtest.Drift{
		{Name: "replica removed", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			_, err := secretsmanager.NewFromConfig(cfg).RemoveRegionsFromReplication(ctx, &secretsmanager.RemoveRegionsFromReplicationInput{
				SecretId: aws.String(mqName), RemoveReplicaRegions: []string{europe}})
			must(t, err)
		}, Paths: []string{"/replicas/eu-west-1"}},
		{Name: "replica added", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			_, err := secretsmanager.NewFromConfig(cfg).ReplicateSecretToRegions(ctx, &secretsmanager.ReplicateSecretToRegionsInput{
				SecretId: aws.String(mqName), AddReplicaRegions: []types.ReplicaRegionType{{Region: aws.String("ap-south-1")}}})
			must(t, err)
		}, Paths: []string{"/replicas/ap-south-1"}},
		{Name: "replica's key", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			cfg.Region = europe
			_, err := secretsmanager.NewFromConfig(cfg).UpdateSecret(ctx, &secretsmanager.UpdateSecretInput{
				SecretId: aws.String(onceName), KmsKeyId: aws.String("alias/elsewhere")})
			must(t, err)
		}, Paths: []string{"/replicas/eu-west-1/kms_key_id"}},
		{Name: "policy put", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			_, err := secretsmanager.NewFromConfig(cfg).PutResourcePolicy(ctx, &secretsmanager.PutResourcePolicyInput{SecretId: aws.String(mqName),
				ResourcePolicy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"secretsmanager:*","Resource":"*"}]}`)})
			must(t, err)
		}, Paths: []string{"/resource_policy"}},
		{Name: "policy deleted", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			_, err := secretsmanager.NewFromConfig(cfg).DeleteResourcePolicy(ctx, &secretsmanager.DeleteResourcePolicyInput{SecretId: aws.String(mqName)})
			must(t, err)
		}, Paths: []string{"/resource_policy"}},
	}
}

// A key of its own is put back, and every labelled version is encrypted anew.
func TestKeyIsPutBack(t *testing.T) {
	_, cfg := watched(t)
	d := deployment()
	first(d).KMSKeyID = aws.String("alias/app")
	converge(t.Context(), t, cfg, d)
	update(&secretsmanager.UpdateSecretInput{KmsKeyId: aws.String("alias/other")})(t.Context(), t, cfg)
	o := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]
	if diff := cmp.Diff([]string{"/kms_key_id"}, pathsOf(o.changes)); diff != "" || !o.standing.Moved {
		t.Fatalf("moved %v, %s", o.standing.Moved, diff)
	}
	before := versionOf(t.Context(), t, cfg, dbName, "AWSCURRENT")
	converge(t.Context(), t, cfg, d)
	if versionOf(t.Context(), t, cfg, dbName, "AWSCURRENT") != before {
		t.Error("another key made another version")
	}
	if o := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]; len(o.changes) > 0 || o.observed.KMSKeyID == "alias/other" {
		t.Errorf("not settled: %v, key %s", pathsOf(o.changes), o.observed.KMSKeyID)
	}
	versions, err := secretsmanager.NewFromConfig(cfg).ListSecretVersionIds(t.Context(), &secretsmanager.ListSecretVersionIdsInput{SecretId: aws.String(dbName)})
	must(t, err)
	for _, v := range versions.Versions {
		if got := strings.Join(v.KmsKeyIds, " "); !strings.Contains(got, "app") {
			t.Errorf("version %s is encrypted with %s", *v.VersionId, got)
		}
	}
}

func TestPolicyInOtherWordsIsNoChange(t *testing.T) {
	_, cfg := watched(t)
	converge(t.Context(), t, cfg, deployment())
	d := deployment()
	d.Secrets[1].ResourcePolicy = reworded("111111111111")
	if o := observe(t.Context(), t, secret.New(cfg, instant()), d)[mqName]; len(o.changes) > 0 {
		t.Errorf("changes: %v", pathsOf(o.changes))
	}
}

func TestPublicPolicyIsRefused(t *testing.T) {
	_, cfg := watched(t)
	d := deployment()
	d.Secrets[1].ResourcePolicy = letting("*")
	k := secret.New(cfg, instant())
	o := observe(t.Context(), t, k, d)[mqName]
	_, err := k.Create(t.Context(), secret.KeyOf(mqName), o.desired)
	if err == nil || !strings.Contains(err.Error(), "narrow `resource_policy`") {
		t.Fatalf("error: %v", err)
	}
	o = observe(t.Context(), t, secret.New(cfg, instant()), d)[mqName]
	if o.standing.Moved || !strings.Contains(strings.Join(pathsOf(o.changes), " "), "/resource_policy") {
		t.Errorf("then moved %v and %v: want a policy that is still to be put", o.standing.Moved, pathsOf(o.changes))
	}
}

// A policy of a secret that comes back from its deletion is put back with it.
func TestPolicyAfterRestore(t *testing.T) {
	_, cfg := watched(t)
	d := deployment()
	first(d).ResourcePolicy = letting("111111111111")
	converge(t.Context(), t, cfg, d)
	_, err := secretsmanager.NewFromConfig(cfg).DeleteResourcePolicy(t.Context(), &secretsmanager.DeleteResourcePolicyInput{SecretId: aws.String(dbName)})
	must(t, err)
	remove(false)(t.Context(), t, cfg)
	converge(t.Context(), t, cfg, d)
	if o := observe(t.Context(), t, secret.New(cfg, instant()), d)[dbName]; len(o.changes) > 0 {
		t.Errorf("not settled: %v", pathsOf(o.changes))
	}
}

// A name that is taken in the other region fails the copy, in AWS's words, and
// the copy is asked for again once it is free.
func TestReplicaThatFails(t *testing.T) {
	_, cfg := watched(t)
	there := cfg.Copy()
	there.Region = europe
	_, err := secretsmanager.NewFromConfig(there).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String(mqName), SecretString: aws.String("theirs")})
	must(t, err)
	d := deployment()
	k := secret.New(cfg, instant())
	_, err = k.Create(t.Context(), secret.KeyOf(mqName), observe(t.Context(), t, k, d)[mqName].desired)
	if err == nil || !strings.Contains(err.Error(), europe+": Replication failed: Secret name") {
		t.Fatalf("error: %v", err)
	}
	o := observe(t.Context(), t, k, d)[mqName]
	if diff := cmp.Diff([]string{"/replicas/eu-west-1"}, pathsOf(o.changes)); diff != "" || o.standing.Moved {
		t.Fatalf("moved %v, %s", o.standing.Moved, diff)
	}
	if !strings.Contains(o.changes[0].Note, "already exists") {
		t.Errorf("the plan does not say why: %+v", o.changes[0])
	}
	_, err = secretsmanager.NewFromConfig(there).DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: aws.String(mqName), ForceDeleteWithoutRecovery: aws.Bool(true)})
	must(t, err)
	converge(t.Context(), t, cfg, d)
	if o := observe(t.Context(), t, k, d)[mqName]; len(o.changes) > 0 {
		t.Errorf("not settled: %v", pathsOf(o.changes))
	}
}

// slow shows every copy in progress the first n times that it is looked at.
func slow(n int) func(string, int, func() (any, error)) (any, error) {
	return func(operation string, _ int, next func() (any, error)) (any, error) {
		out, err := next()
		if described, ok := out.(*secretsmanager.DescribeSecretOutput); ok && operation == "DescribeSecret" && n > 0 {
			n--
			late := *described
			late.ReplicationStatus = slices.Clone(late.ReplicationStatus)
			for i := range late.ReplicationStatus {
				late.ReplicationStatus[i].Status = types.StatusTypeInProgress
			}
			return &late, err
		}
		return out, err
	}
}

func TestReplicasAreWaitedFor(t *testing.T) {
	notWanted := errors.New("no")
	for name, c := range map[string]struct {
		slow  int
		sleep error
		slept int
		says  string
	}{
		"in sync after a while": {slow: 3, slept: 3},
		"never":                 {slow: 1000, slept: 61, says: "still not in sync in eu-west-1 after 5m0s"},
		"waiting is not wanted": {slow: 1000, sleep: notWanted, slept: 1},
	} {
		t.Run(name, func(t *testing.T) {
			w, cfg := watched(t)
			now, slept := time.Now(), 0
			k, _ := desiredFirst(t, cfg, secret.Options{Now: func() time.Time { return now }, Sleep: func(_ context.Context, d time.Duration) error {
				now, slept = now.Add(d), slept+1
				return c.sleep
			}})
			want := observe(t.Context(), t, k, deployment())[mqName].desired
			w.reset(slow(c.slow))
			_, err := k.Create(t.Context(), secret.KeyOf(mqName), want)
			if got := fmt.Sprint(err); c.says == "" && err != nil || c.says != "" && !strings.Contains(got, c.says) {
				t.Errorf("error: %v, want %q", err, c.says)
			}
			if slept != c.slept {
				t.Errorf("slept %d times, want %d", slept, c.slept)
			}
		})
	}
}

// What declares neither copies nor a policy costs no call for them.
func TestDepthCostsNothingWhereItIsNotDeclared(t *testing.T) {
	w, cfg := watched(t)
	d := many(20)
	converge(t.Context(), t, cfg, d)
	w.reset(nil)
	observe(t.Context(), t, secret.New(cfg, instant()), d)
	w.wants(t, map[string]int{"ListSecrets": 1, "GetSecretValue": 1})
}

// Three times within ten minutes is enough; then the secret is left alone until
// the time has passed, and corrected at once by force.
func TestQuarrelIsLeftAlone(t *testing.T) {
	_, cfg := watched(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	opts := instant()
	opts.Now = func() time.Time { return now }
	d := deployment()
	converge(t.Context(), t, cfg, d)
	fight := func() object {
		now = now.Add(time.Minute)
		put(t, cfg, dbName, "by hand "+now.String())
		return observe(t.Context(), t, secret.New(cfg, opts), d)[dbName]
	}
	for range 3 {
		o := fight()
		if o.standing.Refuse != "" {
			t.Fatalf("refused too soon: %s", o.standing.Refuse)
		}
		_, err := secret.New(cfg, opts).Update(t.Context(), secret.KeyOf(dbName), o.desired, o.observed, o.changes)
		must(t, err)
	}
	o := fight()
	if !strings.Contains(o.standing.Refuse, "another writer keeps changing it") || !strings.Contains(o.standing.Refuse, "12:11:00 UTC") {
		t.Fatalf("not left alone: %q", o.standing.Refuse)
	}
	forced := opts
	forced.Force = true
	if o := observe(t.Context(), t, secret.New(cfg, forced), d)[dbName]; o.standing.Refuse != "" {
		t.Errorf("refused though forced: %s", o.standing.Refuse)
	}
	changed := deployment()
	first(changed).Description = aws.String("of the spec")
	put(t, cfg, dbName, first(d).Value.Reveal())
	if o := observe(t.Context(), t, secret.New(cfg, opts), changed)[dbName]; o.standing.Refuse != "" {
		t.Errorf("a change of the spec is refused: %s", o.standing.Refuse)
	}
	now = now.Add(10 * time.Minute)
	if o := fight(); o.standing.Refuse != "" {
		t.Errorf("refused for ever: %s", o.standing.Refuse)
	}
}

// AWS would refuse more versions soon, and the last ones are left to others.
func TestVersionsAreNotWastedOnASecret(t *testing.T) {
	_, cfg := watched(t)
	d := deployment()
	converge(t.Context(), t, cfg, d)
	for i := range 91 {
		put(t, cfg, dbName, fmt.Sprintf("by hand %d", i))
	}
	k := secret.New(cfg, instant())
	o := observe(t.Context(), t, k, d)[dbName]
	_, err := k.Update(t.Context(), secret.KeyOf(dbName), o.desired, o.observed, o.changes)
	if err == nil || !strings.Contains(err.Error(), "versions of the last 24 hours") || resource.ClassOf(err) != resource.Terminal {
		t.Fatalf("error: %v", err)
	}
}
