package secretsmanager

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/awsenv"
)

// passwordLength is a password's length unless the request says another.
const passwordLength = 32

// punctuation is what AWS puts into passwords beside letters and digits.
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// GetRandomPassword draws a password, with at least one character of each
// kind that is let in unless the request does without.
func (b *Backend) GetRandomPassword(
	in *secretsmanager.GetRandomPasswordInput,
) (*secretsmanager.GetRandomPasswordOutput, error) {
	length := passwordLength
	if in.PasswordLength != nil {
		length = int(*in.PasswordLength)
	}
	kinds := passwordKinds(in)
	if len(kinds) == 0 {
		return nil, invalidParameter("The password policy does not allow any characters to be used for the password.")
	}
	var drawn []byte
	if in.RequireEachIncludedType == nil || *in.RequireEachIncludedType {
		if length < len(kinds) {
			return nil, invalidParameter("The password length %d is too short to have a character of each of %d types.", length, len(kinds))
		}
		for _, kind := range kinds {
			drawn = append(drawn, b.env.Random(1, kind)...)
		}
	}
	for all := strings.Join(kinds, ""); len(drawn) < length; {
		drawn = append(drawn, b.env.Random(1, all)...)
	}
	b.shuffle(drawn)
	return &secretsmanager.GetRandomPasswordOutput{RandomPassword: aws.String(string(drawn))}, nil
}

// passwordKinds are the kinds of characters that a password is drawn from,
// without those that are left out.
func passwordKinds(in *secretsmanager.GetRandomPasswordInput) []string {
	var out []string
	for _, kind := range []struct {
		characters string
		let        bool
	}{
		{awsenv.Upper, !aws.ToBool(in.ExcludeUppercase)},
		{awsenv.Lower, !aws.ToBool(in.ExcludeLowercase)},
		{awsenv.Digits, !aws.ToBool(in.ExcludeNumbers)},
		{punctuation, !aws.ToBool(in.ExcludePunctuation)},
		{" ", aws.ToBool(in.IncludeSpace)},
	} {
		left := strings.Map(func(r rune) rune {
			if strings.ContainsRune(aws.ToString(in.ExcludeCharacters), r) {
				return -1
			}
			return r
		}, kind.characters)
		if kind.let && left != "" {
			out = append(out, left)
		}
	}
	return out
}

// shuffle puts characters into an order of chance.
func (b *Backend) shuffle(text []byte) {
	for i := len(text) - 1; i > 0; i-- {
		j := b.below(i + 1)
		text[i], text[j] = text[j], text[i]
	}
}

// below draws a number below n, which is at most 65,536.
func (b *Backend) below(n int) int {
	const hex = awsenv.Hex
	drawn := 0
	for _, digit := range b.env.Random(4, hex) {
		drawn = drawn*len(hex) + strings.IndexRune(hex, digit)
	}
	return drawn % n
}
