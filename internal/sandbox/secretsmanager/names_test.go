package secretsmanager

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"plain": "", "Valid/_+=.@-Name": "", "ends-a1b2c3": "", "0": "",
		"Inv Name": "ValidationException", " lead": "ValidationException", "star*": "ValidationException",
		"owned!name": "ValidationException", "arn:like": "ValidationException", "umlautä": "ValidationException",
		"line\n": "ValidationException",
	} {
		f := newFixture(t)
		_, err := f.CreateSecret(&secretsmanager.CreateSecretInput{Name: &name})
		if want != "" {
			wantCode(t, err, want)
			continue
		}
		wantCode(t, err, "")
		_, err = f.DescribeSecret(&secretsmanager.DescribeSecretInput{SecretId: &name})
		wantCode(t, err, "")
	}
}

// Recorded from AWS: a partial ARN finds its secret, unless the name itself
// looks as if it ended in the six characters.
func TestFindingByARN(t *testing.T) {
	for name, partial := range map[string]string{
		"plain": "", "Valid/_+=.@-Name-a1b2": "", "Valid/_+=.@-Name-a1b2c3-": "",
		"Invalid/_+=.@-Name-a1b2c3": "ResourceNotFoundException",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			arn := *f.create(name, "x").ARN
			_, err := f.GetSecretValue(&secretsmanager.GetSecretValueInput{SecretId: &arn})
			wantCode(t, err, "")
			_, err = f.GetSecretValue(&secretsmanager.GetSecretValueInput{SecretId: aws.String(arn[:len(arn)-7])})
			wantCode(t, err, partial)
		})
	}
}

func TestARNsThatFindNothing(t *testing.T) {
	f := newFixture(t)
	arn := *f.create("s", "x").ARN
	for _, id := range []string{
		arn[:len(arn)-6] + "AAAAAA",
		"arn:aws:secretsmanager:eu-west-1:012345678901:secret:s",
		"arn:aws:secretsmanager:us-west-2:999999999999:secret:s",
		"arn:aws:ssm:us-west-2:012345678901:parameter/s",
		arn[:len(arn)-1],
		"absent",
	} {
		_, err := f.GetSecretValue(&secretsmanager.GetSecretValueInput{SecretId: &id})
		wantCode(t, err, "ResourceNotFoundException")
	}
}

func TestWhichVersionIsRead(t *testing.T) {
	f := newFixture(t)
	f.create("s", "1")
	f.put("s", "v2", "2")
	for name, test := range map[string]struct {
		id, stage *string
		want      string
		code      string
	}{
		"neither":        {nil, nil, "2", ""},
		"stage":          {nil, aws.String("AWSPREVIOUS"), "1", ""},
		"id":             {token("v1"), nil, "1", ""},
		"both, agreeing": {token("v1"), aws.String("AWSPREVIOUS"), "1", ""},
		"both, not so":   {token("v1"), aws.String("AWSCURRENT"), "", "InvalidRequestException"},
		"unknown stage":  {nil, aws.String("AWSPENDING"), "", "ResourceNotFoundException"},
		"unknown id":     {token("v9"), nil, "", "ResourceNotFoundException"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := f.GetSecretValue(&secretsmanager.GetSecretValueInput{
				SecretId: aws.String("s"), VersionId: test.id, VersionStage: test.stage,
			})
			wantCode(t, err, test.code)
			if err == nil && *out.SecretString != test.want {
				t.Errorf("read %q, not %q", *out.SecretString, test.want)
			}
		})
	}
}
