package secret_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/pkg/reconcile/kind/kindtest"
	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const (
	dbName    = "org/app/staging/db.env"
	mqName    = "org/app/staging/mq.json"
	onceName  = "org/app/staging/once"
	canary    = "CANARY-5kq0"
	ownLabel  = "ECS_RECONCILER_NEWEST" // on the newest version of ours
	region    = "us-west-2"
	elsewhere = "us-east-1"
)

// deployment declares a dotenv, a JSON and a create-only secret, the first
// with every setting.
func deployment() *spec.Deployment {
	return &spec.Deployment{
		Project: "app", Environment: "staging", AccountID: "012345678901", Partition: "aws", Region: region,
		Tags: map[string]string{"team": "data"},
		Secrets: []spec.ManagedSecret{
			{Name: dbName, Value: spec.NewSecret("DB_PASSWORD=" + canary + "\nDB_HOST=db\n"), Tasks: []string{"report"},
				Description: aws.String("the database"), Tags: map[string]string{"tier": "gold"}, RecoveryWindowDays: 7},
			{Name: mqName, Value: spec.NewSecret(`{"url":"amqp://` + canary + `@mq"}`), Tasks: []string{"report", "worker"},
				Replicas: []spec.Replica{{Region: "eu-west-1"}}, ResourcePolicy: letting("111111111111")},
			{Name: onceName, Value: spec.NewSecret("first"), CreateOnly: true, Tasks: []string{"worker"},
				Replicas: []spec.Replica{{Region: "eu-west-1", KMSKeyID: aws.String("alias/there")}}},
		},
	}
}

// letting is a policy that lets another account read.
func letting(account string) *spec.Document {
	return &spec.Document{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Resource": "*",
		"Principal": map[string]any{"AWS": account}, "Action": "secretsmanager:GetSecretValue"}}}
}

// reworded is the same policy in other words.
func reworded(account string) *spec.Document {
	return &spec.Document{"Version": "2012-10-17", "Statement": map[string]any{"Effect": "Allow", "Resource": []any{"*"},
		"Principal": map[string]any{"AWS": "arn:aws:iam::" + account + ":root"}, "Action": []any{"secretsmanager:getsecretvalue"}}}
}

// first is the secret of d that the cases edit.
func first(d *spec.Deployment) *spec.ManagedSecret { return &d.Secrets[0] }

// instant is options that wait for nothing.
func instant() secret.Options {
	return secret.Options{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func TestConformance(t *testing.T) {
	kindtest.Run(t, kindtest.Suite{
		New:        func(cfg aws.Config) resource.Any { return resource.Erase(secret.New(cfg, instant())) },
		Deployment: deployment,
		Changes:    append(changes(), deepChanges()...),
		Drifts:     append(drifts(), deepDrifts()...),
		Unowned:    unowned,
		Refused:    refusals(),
		Check:      check,
		Canary:     canary,
	})
}

func changes() []kindtest.Change {
	return []kindtest.Change{
		{Name: "value", Edit: func(d *spec.Deployment) { first(d).Value = spec.NewSecret("DB_PASSWORD=other\n") }, Paths: []string{"/value"}},
		{Name: "description", Edit: func(d *spec.Deployment) { first(d).Description = aws.String("another") }, Paths: []string{"/description"}},
		{Name: "description emptied", Edit: func(d *spec.Deployment) { first(d).Description = aws.String("") }, Paths: []string{"/description"}},
		{Name: "description no longer named", Edit: func(d *spec.Deployment) { first(d).Description = nil }},
		{Name: "tag", Edit: func(d *spec.Deployment) { first(d).Tags = map[string]string{"tier": "silver"} }, Paths: []string{"/tags/tier"}},
		{Name: "tag added", Edit: func(d *spec.Deployment) { first(d).Tags = map[string]string{"tier": "gold", "a/b": ""} }, Paths: []string{"/tags/a~1b"}},
		{Name: "tag no longer named", Edit: func(d *spec.Deployment) { first(d).Tags = nil }},
		{Name: "tasks", Edit: func(d *spec.Deployment) { first(d).Tasks = []string{"report", "worker"} }, Paths: []string{"/tags/ecs-reconciler~1task"}},
		{Name: "all at once", Edit: func(d *spec.Deployment) {
			s := first(d)
			s.Value, s.Description, s.Tags = spec.NewSecret("x=y"), aws.String("new"), map[string]string{"tier": "iron"}
		}, Paths: []string{"/value", "/description", "/tags/tier"}},
		{Name: "value looked after from now on", Edit: func(d *spec.Deployment) {
			d.Secrets[2].CreateOnly, d.Secrets[2].Value = false, spec.NewSecret("second")
		}, Paths: []string{"/value"}},
	}
}

func drifts() []kindtest.Drift {
	put := func(name, value string) func(context.Context, testing.TB, aws.Config) {
		return func(ctx context.Context, t testing.TB, cfg aws.Config) {
			_, err := secretsmanager.NewFromConfig(cfg).PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
				SecretId: &name, SecretString: &value})
			must(t, err)
		}
	}
	return []kindtest.Drift{
		{Name: "value put", Do: put(dbName, "DB_PASSWORD=by hand\n"), Paths: []string{"/value"}},
		{Name: "value put as binary", Do: putBinary, Paths: []string{"/value"}},
		{Name: "JSON value put", Do: put(mqName, `{"url":"by hand"}`), Paths: []string{"/value"}},
		{Name: "moved back to an older version", Do: moveBack, Paths: []string{"/value"}},
		{Name: "description", Do: update(&secretsmanager.UpdateSecretInput{Description: aws.String("by hand")}), Paths: []string{"/description"}},
		{Name: "tag changed", Do: tag("tier", "lead"), Paths: []string{"/tags/tier"}},
		{Name: "deployment's tag changed", Do: tag("team", "other"), Paths: []string{"/tags/team"}},
		{Name: "tag removed", Do: untag("tier"), Paths: []string{"/tags/tier"}},
		{Name: "applied tag and description", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			untag(spec.TagApplied)(ctx, t, cfg)
			update(&secretsmanager.UpdateSecretInput{Description: aws.String("by hand")})(ctx, t, cfg)
		}, Paths: []string{"/description"}},
		{Name: "task tag removed", Do: untag(spec.TagTask), Paths: []string{"/tags/ecs-reconciler~1task"}},
		{Name: "pending deletion", Do: remove(false), Paths: []string{"/deleted"}},
		{Name: "gone", Do: remove(true), Reason: resource.Missing},
	}
}

func refusals() []kindtest.Refusal {
	edit := func(d *spec.Deployment) { first(d).Value = spec.NewSecret("A=changed\n") }
	return []kindtest.Refusal{
		{Name: "rotation", Do: rotate, Edit: edit, Says: "create_only: true"},
		{Name: "replica", Do: replicate, Edit: edit, Says: "replica of the secret in " + elsewhere},
		{Name: "another owner", Do: tag(spec.TagOwner, "other/production"), Edit: edit, Says: "belongs to other/production"},
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func update(in *secretsmanager.UpdateSecretInput) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		in := *in
		in.SecretId = aws.String(dbName)
		_, err := secretsmanager.NewFromConfig(cfg).UpdateSecret(ctx, &in)
		must(t, err)
	}
}

func putBinary(ctx context.Context, t testing.TB, cfg aws.Config) {
	_, err := secretsmanager.NewFromConfig(cfg).PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: aws.String(dbName), SecretBinary: []byte("DB_PASSWORD=" + canary + "\nDB_HOST=db\n")})
	must(t, err)
}

// moveBack has two versions of ours and moves AWSCURRENT to the older.
func moveBack(ctx context.Context, t testing.TB, cfg aws.Config) {
	older := versionOf(ctx, t, cfg, dbName, "AWSCURRENT")
	api := secretsmanager.NewFromConfig(cfg)
	other := deployment()
	first(other).Value = spec.NewSecret("DB_PASSWORD=interlude\n")
	converge(ctx, t, cfg, other)
	converge(ctx, t, cfg, deployment())
	_, err := api.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: aws.String(dbName), VersionStage: aws.String("AWSCURRENT"),
		MoveToVersionId:     aws.String(versionOf(ctx, t, cfg, dbName, "AWSPREVIOUS")),
		RemoveFromVersionId: aws.String(versionOf(ctx, t, cfg, dbName, "AWSCURRENT"))})
	must(t, err)
	if versionOf(ctx, t, cfg, dbName, "AWSCURRENT") == older {
		t.Fatal("putting the first value again made no new version")
	}
}

func tag(key, value string) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		_, err := secretsmanager.NewFromConfig(cfg).TagResource(ctx, &secretsmanager.TagResourceInput{
			SecretId: aws.String(dbName), Tags: []types.Tag{{Key: &key, Value: &value}}})
		must(t, err)
	}
}

func untag(key string) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		_, err := secretsmanager.NewFromConfig(cfg).UntagResource(ctx, &secretsmanager.UntagResourceInput{
			SecretId: aws.String(dbName), TagKeys: []string{key}})
		must(t, err)
	}
}

func remove(force bool) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		in := &secretsmanager.DeleteSecretInput{SecretId: aws.String(dbName)}
		if force {
			in.ForceDeleteWithoutRecovery = aws.Bool(true)
		}
		_, err := secretsmanager.NewFromConfig(cfg).DeleteSecret(ctx, in)
		must(t, err)
	}
}

func rotate(ctx context.Context, t testing.TB, cfg aws.Config) {
	_, err := secretsmanager.NewFromConfig(cfg).RotateSecret(ctx, &secretsmanager.RotateSecretInput{
		SecretId: aws.String(dbName), RotateImmediately: aws.Bool(false),
		RotationLambdaARN: aws.String("arn:aws:lambda:us-west-2:012345678901:function:rotate"),
		RotationRules:     &types.RotationRulesType{AutomaticallyAfterDays: aws.Int64(30)}})
	must(t, err)
}

// replicate puts a replica, ours by its tags, in the place of the secret.
func replicate(ctx context.Context, t testing.TB, cfg aws.Config) {
	remove(true)(ctx, t, cfg)
	cfg.Region = elsewhere
	_, err := secretsmanager.NewFromConfig(cfg).CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String(dbName), SecretString: aws.String("x"),
		Tags:              []types.Tag{{Key: aws.String(spec.TagOwner), Value: aws.String("app/staging")}},
		AddReplicaRegions: []types.ReplicaRegionType{{Region: aws.String(region)}}})
	must(t, err)
}

// unowned makes the first secret by hand, with another value.
func unowned(ctx context.Context, t testing.TB, cfg aws.Config) {
	_, err := secretsmanager.NewFromConfig(cfg).CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String(dbName), SecretString: aws.String("DB_PASSWORD=by hand\n")})
	must(t, err)
}

// check wants no version under a label that is not AWS's for current and
// previous ones or our own, which is on one version at most, and one
// fingerprint key.
func check(ctx context.Context, t testing.TB, cfg aws.Config) {
	api := secretsmanager.NewFromConfig(cfg)
	out, err := api.ListSecrets(ctx, &secretsmanager.ListSecretsInput{})
	must(t, err)
	known := []string{"AWSCURRENT", "AWSPREVIOUS", ownLabel}
	keys := 0
	for _, s := range out.SecretList {
		for id, labels := range s.SecretVersionsToStages {
			if slices.ContainsFunc(labels, func(l string) bool { return !slices.Contains(known, l) }) {
				t.Errorf("%s: version %s is left with the labels %v", *s.Name, id, labels)
			}
		}
		if strings.HasSuffix(*s.Name, "/reconciler/fingerprint-key") {
			keys++
		}
	}
	if keys > 1 {
		t.Errorf("there are %d fingerprint keys", keys)
	}
}

func versionOf(ctx context.Context, t testing.TB, cfg aws.Config, name, label string) string {
	t.Helper()
	out, err := secretsmanager.NewFromConfig(cfg).DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &name})
	must(t, err)
	for id, labels := range out.VersionIdsToStages {
		if slices.Contains(labels, label) {
			return id
		}
	}
	t.Fatalf("%s: no version is %s", name, label)
	return ""
}
