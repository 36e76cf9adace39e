package secretsmanager

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// managedKey is the key that every account has.
const managedKey = "alias/aws/secretsmanager"

// keyKept is a key as a secret keeps it: empty for aws/secretsmanager, by
// whichever of its names, since AWS leaves that key out of what it shows. An
// empty text asks for it too, says UpdateSecret's reference.
func (b *Backend) keyKept(key *string) string {
	switch given := aws.ToString(key); given {
	case managedKey, b.env.ARN("kms", managedKey):
		return ""
	default:
		return given
	}
}

// checkKey refuses a key that does not exist.
func (b *Backend) checkKey(key *string) error {
	if b.keyKept(key) == "" || b.keyExists(*key) {
		return nil
	}
	return invalidParameter("The operation failed because of an invalid KMS key: Key '%s' does not exist", *key)
}

// keyExists says whether a key is one of those declared, by whichever of its
// names, or of good form and of this region if every key is.
func (b *Backend) keyExists(key string) bool {
	if slices.Contains(b.KMSKeys, "*") {
		here := `arn:` + b.env.Partition + `:kms:` + b.env.Region + `:[0-9]{12}:`
		form := `^((` + here + `)?alias/[A-Za-z0-9/_-]+|(` + here + `key/)?(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}))$`
		ok, err := regexp.MatchString(form, key)
		return err == nil && ok
	}
	return slices.ContainsFunc(b.KMSKeys, func(declared string) bool {
		return b.keyARN(declared) == b.keyARN(key)
	})
}

// keyARN spells a key out: an id or an alias is of this account and region.
func (b *Backend) keyARN(key string) string {
	switch {
	case strings.HasPrefix(key, "arn:"):
		return key
	case strings.HasPrefix(key, "alias/"):
		return b.env.ARN("kms", key)
	default:
		return b.env.ARN("kms", "key/"+strings.TrimPrefix(key, "key/"))
	}
}
