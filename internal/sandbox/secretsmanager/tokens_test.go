package secretsmanager

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
)

func TestPutRepeatsAToken(t *testing.T) {
	for name, test := range map[string]struct {
		token, text string
		binary      []byte
		want        string
	}{
		"same value":             {"v1", "A", nil, ""},
		"other value":            {"v1", "B", nil, "ResourceExistsException"},
		"same bytes, but binary": {"v1", "", []byte("A"), "ResourceExistsException"},
		"new token":              {"v2", "A", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.create("s", "A")
			in := &secretsmanager.PutSecretValueInput{SecretId: aws.String("s"), ClientRequestToken: token(test.token)}
			if in.SecretBinary = test.binary; test.binary == nil {
				in.SecretString = &test.text
			}
			_, err := f.PutSecretValue(in)
			wantCode(t, err, test.want)
		})
	}
}

// Putting the token of an older version again does nothing: the value that was
// put over it stays AWSCURRENT.
func TestPutOfAnOldTokenIsNoRollback(t *testing.T) {
	f := newFixture(t)
	f.create("s", "A")
	f.put("s", "v2", "B")
	out := f.put("s", "v1", "A")
	if diff := cmp.Diff([]string{"AWSPREVIOUS"}, out.VersionStages); diff != "" {
		t.Error(diff)
	}
	if got := f.current("s"); got != "B" {
		t.Errorf("current is %q", got)
	}
	if err := f.move("s", "AWSCURRENT", "v2", "v1"); err != nil {
		t.Fatal(err)
	}
	if got := f.current("s"); got != "A" {
		t.Errorf("current is %q after the move", got)
	}
}

func TestUpdateRefusesEveryKnownToken(t *testing.T) {
	f := newFixture(t)
	f.create("s", "A")
	for _, text := range []string{"A", "B"} {
		_, err := f.UpdateSecret(&secretsmanager.UpdateSecretInput{
			SecretId: aws.String("s"), SecretString: &text, ClientRequestToken: token("v1"),
		})
		wantCode(t, err, "ResourceExistsException")
	}
}

func TestCreateAgain(t *testing.T) {
	f := newFixture(t)
	first := f.create("s", "A")
	if diff := cmp.Diff(first.ARN, f.create("s", "A").ARN); diff != "" {
		t.Errorf("the repeated call answers another ARN: %s", diff)
	}
	for _, in := range []*secretsmanager.CreateSecretInput{
		{SecretString: aws.String("B"), ClientRequestToken: token("v1")},
		{SecretString: aws.String("A"), ClientRequestToken: token("v2")},
		{ClientRequestToken: token("v1")},
	} {
		in.Name = aws.String("s")
		_, err := f.CreateSecret(in)
		wantCode(t, err, "ResourceExistsException")
	}
}

// Recorded from AWS: the token's absence comes before that of the secret, and
// has a code of its own for each operation.
func TestATokenIsNeeded(t *testing.T) {
	f := newFixture(t)
	text, id := aws.String("x"), aws.String("absent")
	_, err := f.CreateSecret(&secretsmanager.CreateSecretInput{Name: id, SecretString: text})
	wantCode(t, err, "InvalidRequestException")
	_, err = f.PutSecretValue(&secretsmanager.PutSecretValueInput{SecretId: id, SecretString: text})
	wantCode(t, err, "InvalidRequestException")
	_, err = f.UpdateSecret(&secretsmanager.UpdateSecretInput{SecretId: id, SecretString: text})
	wantCode(t, err, "InvalidRequestException")
	_, err = f.RotateSecret(&secretsmanager.RotateSecretInput{SecretId: id})
	wantCode(t, err, "InvalidParameterException")
	_, err = f.CreateSecret(&secretsmanager.CreateSecretInput{Name: id})
	wantCode(t, err, "")
}

func TestValuesThatNoVersionHolds(t *testing.T) {
	f := newFixture(t)
	f.create("s", "A")
	wide := strings.Repeat("é", 40000)
	for name, test := range map[string]struct {
		in   secretsmanager.PutSecretValueInput
		want string
	}{
		"nothing":        {secretsmanager.PutSecretValueInput{}, "InvalidRequestException"},
		"both":           {secretsmanager.PutSecretValueInput{SecretString: aws.String("x"), SecretBinary: []byte("x")}, "InvalidParameterException"},
		"text too long":  {secretsmanager.PutSecretValueInput{SecretString: &wide}, "ValidationException"},
		"bytes too long": {secretsmanager.PutSecretValueInput{SecretBinary: make([]byte, maxValue+1)}, "ValidationException"},
		"just fits":      {secretsmanager.PutSecretValueInput{SecretBinary: make([]byte, maxValue)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			test.in.SecretId, test.in.ClientRequestToken = aws.String("s"), token("v2")
			_, err := f.PutSecretValue(&test.in)
			wantCode(t, err, test.want)
			if err != nil && strings.Contains(err.Error(), "é") {
				t.Error("the refusal repeats the value")
			}
		})
	}
}
