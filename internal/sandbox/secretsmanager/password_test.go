package secretsmanager

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/awsenv"
)

func TestRandomPasswords(t *testing.T) {
	yes, all := aws.Bool(true), awsenv.AlphaNumeric+punctuation
	for name, test := range map[string]struct {
		in     secretsmanager.GetRandomPasswordInput
		length int
		of     string
		code   string
	}{
		"default":        {secretsmanager.GetRandomPasswordInput{}, 32, all, ""},
		"long":           {secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(4096)}, 4096, all, ""},
		"with space":     {secretsmanager.GetRandomPasswordInput{IncludeSpace: yes}, 32, all + " ", ""},
		"digits":         {secretsmanager.GetRandomPasswordInput{ExcludeLowercase: yes, ExcludeUppercase: yes, ExcludePunctuation: yes}, 32, awsenv.Digits, ""},
		"no digits":      {secretsmanager.GetRandomPasswordInput{ExcludeNumbers: yes, ExcludePunctuation: yes}, 32, awsenv.Upper + awsenv.Lower, ""},
		"some left out":  {secretsmanager.GetRandomPasswordInput{ExcludeCharacters: aws.String(punctuation + "abc")}, 32, awsenv.Upper + awsenv.Digits + "defghijklmnopqrstuvwxyz", ""},
		"too short":      {secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(3)}, 0, "", "InvalidParameterException"},
		"short, of some": {secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(3), RequireEachIncludedType: aws.Bool(false)}, 3, all, ""},
		"of nothing":     {secretsmanager.GetRandomPasswordInput{ExcludeCharacters: &all}, 0, "", "InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := newFixture(t).GetRandomPassword(&test.in)
			wantCode(t, err, test.code)
			if err != nil {
				return
			}
			if got := *out.RandomPassword; len(got) != test.length || strings.Trim(got, test.of) != "" {
				t.Errorf("%d characters: %q", len(got), got)
			}
		})
	}
}

// With each kind required, a password of as many characters has one of each.
func TestEachKindIsInAPassword(t *testing.T) {
	f := newFixture(t)
	for range 50 {
		out, err := f.GetRandomPassword(&secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(4)})
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{awsenv.Upper, awsenv.Lower, awsenv.Digits, punctuation} {
			if !strings.ContainsAny(*out.RandomPassword, kind) {
				t.Errorf("%q has none of %s", *out.RandomPassword, kind)
			}
		}
	}
}
