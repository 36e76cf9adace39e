package secretsmanager

import (
	"regexp"
	"slices"
	"strings"
)

// managedKey is the key that every account has.
const managedKey = "alias/aws/secretsmanager"

// checkKey refuses a key that does not exist.
func (b *Backend) checkKey(key *string) error {
	if key == nil || *key == managedKey || *key == b.env.ARN("kms", managedKey) {
		return nil
	}
	if b.keyExists(*key) {
		return nil
	}
	return invalidParameter("The operation failed because of an invalid KMS key: Key '%s' does not exist", *key)
}

// keyExists says whether a key is one of those declared, by whichever of its
// names, or of good form if every key is.
func (b *Backend) keyExists(key string) bool {
	if slices.Contains(b.KMSKeys, "*") {
		form := `^(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:)?(key/)?(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|alias/[A-Za-z0-9/_-]+)$`
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
		return b.env.ARN("kms", "key/"+key)
	}
}
