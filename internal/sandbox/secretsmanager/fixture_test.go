package secretsmanager

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// fixture is a Secrets Manager with a clock that tests move.
type fixture struct {
	*Backend
	t    *testing.T
	time *time.Time
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	return fixture{Backend: New(envFor("us-west-2", &now)), t: t, time: &now}
}

func envFor(region string, now *time.Time) *awsenv.Env {
	return &awsenv.Env{
		Account: awsenv.DefaultAccount, Region: region, Partition: "aws",
		Now: func() time.Time { return *now }, Rand: rand.NewChaCha8([32]byte{1}),
	}
}

// token is a token that is long enough, and tells itself apart.
func token(name string) *string {
	return aws.String(name + strings.Repeat("-", 36-len(name)))
}

// create makes a secret whose first version is "v1" and holds text.
func (f fixture) create(name, text string) *secretsmanager.CreateSecretOutput {
	f.t.Helper()
	out, err := f.CreateSecret(&secretsmanager.CreateSecretInput{
		Name: &name, SecretString: &text, ClientRequestToken: token("v1"),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

// put makes a version, with labels unless they are to be AWS's.
func (f fixture) put(name, version, text string, labels ...string) *secretsmanager.PutSecretValueOutput {
	f.t.Helper()
	out, err := f.PutSecretValue(&secretsmanager.PutSecretValueInput{
		SecretId: &name, SecretString: &text, ClientRequestToken: token(version), VersionStages: labels,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

// move moves a label between versions; an empty name names none.
func (f fixture) move(name, label, from, to string) error {
	in := &secretsmanager.UpdateSecretVersionStageInput{SecretId: &name, VersionStage: &label}
	if from != "" {
		in.RemoveFromVersionId = token(from)
	}
	if to != "" {
		in.MoveToVersionId = token(to)
	}
	_, err := f.UpdateSecretVersionStage(in)
	return err
}

// stagesOf shows a secret's labels, as "v1=AWSPREVIOUS v2=AWSCURRENT,mine".
func (f fixture) stagesOf(name string) string {
	f.t.Helper()
	out, err := f.ListSecretVersionIds(&secretsmanager.ListSecretVersionIdsInput{
		SecretId: &name, IncludeDeprecated: aws.Bool(true),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	var parts []string
	for _, v := range out.Versions {
		parts = append(parts, strings.TrimRight(*v.VersionId, "-")+"="+strings.Join(v.VersionStages, ","))
	}
	return strings.Join(parts, " ")
}

// current is the AWSCURRENT text of a secret.
func (f fixture) current(name string) string {
	f.t.Helper()
	out, err := f.GetSecretValue(&secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		f.t.Fatal(err)
	}
	return aws.ToString(out.SecretString)
}

func (f fixture) remove(name string) {
	f.t.Helper()
	if _, err := f.DeleteSecret(&secretsmanager.DeleteSecretInput{SecretId: &name}); err != nil {
		f.t.Fatal(err)
	}
}

// wantCode checks an error's code; empty stands for no error.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	got := ""
	var failure *awserr.Error
	if errors.As(err, &failure) {
		got = failure.Code
	} else if err != nil {
		got = err.Error()
	}
	if got != code {
		t.Errorf("error is %q (%v), not %q", got, err, code)
	}
}
