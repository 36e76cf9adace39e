package secretsmanager

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// TestASecretScheduledForDeletion goes through every operation.
func TestASecretScheduledForDeletion(t *testing.T) {
	id := aws.String("s")
	text, policy := aws.String("x"), aws.String(allowRoot)
	for name, test := range map[string]struct {
		call func(*Backend) error
		want string
	}{
		"Create": {func(b *Backend) error { return last(b.CreateSecret(&secretsmanager.CreateSecretInput{Name: id})) }, "InvalidRequestException"},
		"Put": {func(b *Backend) error {
			return last(b.PutSecretValue(&secretsmanager.PutSecretValueInput{SecretId: id, SecretString: text, ClientRequestToken: token("v2")}))
		}, "InvalidRequestException"},
		"Get": {func(b *Backend) error {
			return last(b.GetSecretValue(&secretsmanager.GetSecretValueInput{SecretId: id}))
		}, "InvalidRequestException"},
		"Update": {func(b *Backend) error {
			return last(b.UpdateSecret(&secretsmanager.UpdateSecretInput{SecretId: id, Description: text}))
		}, "InvalidRequestException"},
		"Stage": {func(b *Backend) error {
			return last(b.UpdateSecretVersionStage(&secretsmanager.UpdateSecretVersionStageInput{SecretId: id, VersionStage: text, MoveToVersionId: token("v1")}))
		}, "InvalidRequestException"},
		"Tag": {func(b *Backend) error {
			return last(b.TagResource(&secretsmanager.TagResourceInput{SecretId: id, Tags: []types.Tag{{Key: text}}}))
		}, "InvalidRequestException"},
		"Untag": {func(b *Backend) error {
			return last(b.UntagResource(&secretsmanager.UntagResourceInput{SecretId: id, TagKeys: []string{"k"}}))
		}, "InvalidRequestException"},
		"Rotate": {func(b *Backend) error {
			return last(b.RotateSecret(&secretsmanager.RotateSecretInput{SecretId: id, ClientRequestToken: token("v2")}))
		}, "InvalidRequestException"},
		"Cancel": {func(b *Backend) error {
			return last(b.CancelRotateSecret(&secretsmanager.CancelRotateSecretInput{SecretId: id}))
		}, "InvalidRequestException"},
		"PutPolicy": {func(b *Backend) error {
			return last(b.PutResourcePolicy(&secretsmanager.PutResourcePolicyInput{SecretId: id, ResourcePolicy: policy}))
		}, "InvalidRequestException"},
		"GetPolicy": {func(b *Backend) error {
			return last(b.GetResourcePolicy(&secretsmanager.GetResourcePolicyInput{SecretId: id}))
		}, "InvalidRequestException"},
		"Delete": {func(b *Backend) error { return last(b.DeleteSecret(&secretsmanager.DeleteSecretInput{SecretId: id})) }, "InvalidRequestException"},
		"Describe": {func(b *Backend) error {
			return last(b.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: id}))
		}, ""},
		"Force": {func(b *Backend) error {
			return last(b.DeleteSecret(&secretsmanager.DeleteSecretInput{SecretId: id, ForceDeleteWithoutRecovery: aws.Bool(true)}))
		}, ""},
		"Restore": {func(b *Backend) error { return last(b.RestoreSecret(&secretsmanager.RestoreSecretInput{SecretId: id})) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.create("s", "x")
			f.remove("s")
			wantCode(t, test.call(f.Backend), test.want)
		})
	}
}

// last is the error of a call whose output does not matter.
func last[T any](_ T, err error) error { return err }

func TestTheRecoveryWindowEnds(t *testing.T) {
	f := newFixture(t)
	first := f.create("s", "x")
	out, err := f.DeleteSecret(&secretsmanager.DeleteSecretInput{
		SecretId: aws.String("s"), RecoveryWindowInDays: aws.Int64(7),
	})
	if err != nil || !out.DeletionDate.Equal(f.time.Add(7*24*time.Hour)) {
		t.Fatalf("%v, %v", out, err)
	}
	*f.time = f.time.Add(7*24*time.Hour - time.Second)
	_, err = f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: first.ARN})
	wantCode(t, err, "")
	*f.time = f.time.Add(time.Second)
	_, err = f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: first.ARN})
	wantCode(t, err, "ResourceNotFoundException")
	if again := f.create("s", "x"); *again.ARN == *first.ARN {
		t.Error("a secret made anew has the old ARN")
	}
}

func TestDeletionWindows(t *testing.T) {
	for name, test := range map[string]struct {
		days  *int64
		force *bool
		want  string
	}{
		"default":          {nil, nil, ""},
		"shortest":         {aws.Int64(7), nil, ""},
		"longest":          {aws.Int64(30), nil, ""},
		"too short":        {aws.Int64(6), nil, "InvalidParameterException"},
		"too long":         {aws.Int64(31), nil, "InvalidParameterException"},
		"force":            {nil, aws.Bool(true), ""},
		"force, with days": {aws.Int64(7), aws.Bool(true), "InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.create("s", "x")
			_, err := f.DeleteSecret(&secretsmanager.DeleteSecretInput{
				SecretId: aws.String("s"), RecoveryWindowInDays: test.days, ForceDeleteWithoutRecovery: test.force,
			})
			wantCode(t, err, test.want)
		})
	}
}

func TestForceDeletingNothing(t *testing.T) {
	f := newFixture(t)
	in := &secretsmanager.DeleteSecretInput{SecretId: aws.String("absent")}
	_, err := f.DeleteSecret(in)
	wantCode(t, err, "ResourceNotFoundException")
	in.ForceDeleteWithoutRecovery = aws.Bool(true)
	out, err := f.DeleteSecret(in)
	if err != nil || *out.Name != "absent" {
		t.Errorf("%v, %v", out, err)
	}
}

func TestRestoring(t *testing.T) {
	f := newFixture(t)
	f.create("s", "x")
	f.remove("s")
	if _, err := f.RestoreSecret(&secretsmanager.RestoreSecretInput{SecretId: aws.String("s")}); err != nil {
		t.Fatal(err)
	}
	if f.current("s") != "x" {
		t.Error("the value did not survive")
	}
}

func TestDescribe(t *testing.T) {
	f := newFixture(t)
	if _, err := f.CreateSecret(&secretsmanager.CreateSecretInput{Name: aws.String("bare")}); err != nil {
		t.Fatal(err)
	}
	out, err := f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: aws.String("bare")})
	if err != nil {
		t.Fatal(err)
	}
	if out.Description != nil || out.KmsKeyId != nil || out.Tags != nil || out.VersionIdsToStages != nil ||
		out.RotationEnabled != nil || out.DeletedDate != nil || out.LastAccessedDate != nil {
		t.Errorf("a bare secret shows what was never set: %+v", out)
	}
}

func TestAccessIsNotedByTheDay(t *testing.T) {
	f := newFixture(t)
	f.create("s", "x")
	f.current("s")
	out, err := f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	if err != nil || !out.LastAccessedDate.Equal(f.time.Truncate(24*time.Hour)) {
		t.Errorf("%v, %v", out.LastAccessedDate, err)
	}
	if !out.LastChangedDate.Equal(*f.time) {
		t.Errorf("reading changed the secret: %v", out.LastChangedDate)
	}
}

func TestEveryChangeMovesLastChanged(t *testing.T) {
	f := newFixture(t)
	f.create("s", "x")
	id := aws.String("s")
	for name, change := range map[string]func() error{
		"value": func() error {
			return last(f.UpdateSecret(&secretsmanager.UpdateSecretInput{SecretId: id, SecretString: aws.String("x"), ClientRequestToken: token("v2")}))
		},
		"description": func() error {
			return last(f.UpdateSecret(&secretsmanager.UpdateSecretInput{SecretId: id, Description: aws.String("d")}))
		},
		"tag": func() error {
			return last(f.TagResource(&secretsmanager.TagResourceInput{SecretId: id, Tags: []types.Tag{{Key: id}}}))
		},
		"policy": func() error {
			return last(f.PutResourcePolicy(&secretsmanager.PutResourcePolicyInput{SecretId: id, ResourcePolicy: aws.String(allowRoot)}))
		},
	} {
		*f.time = f.time.Add(time.Hour)
		if err := change(); err != nil {
			t.Fatal(name, err)
		}
		if changed := f.state.Secrets["s"].Changed; !changed.Equal(*f.time) {
			t.Errorf("%s: last changed is %v, not %v", name, changed, *f.time)
		}
	}
}
