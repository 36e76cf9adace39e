package secretsmanager

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/internal/sandbox/kmskey"
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
	if b.keyKept(key) == "" || kmskey.Exists(b.env, b.KMSKeys, *key) {
		return nil
	}
	return invalidParameter("The operation failed because of an invalid KMS key: Key '%s' does not exist", *key)
}
