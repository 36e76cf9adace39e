package secretsmanager

import "ecs-reconciler/internal/sandbox/kmskey"

// managedKey is the key that every account has.
const managedKey = "alias/aws/secretsmanager"

// checkKey refuses a key that does not exist.
func (b *Backend) checkKey(key *string) error {
	if key == nil || *key == managedKey || *key == b.env.ARN("kms", managedKey) {
		return nil
	}
	if kmskey.Exists(b.env, b.KMSKeys, *key) {
		return nil
	}
	return invalidParameter("The operation failed because of an invalid KMS key: Key '%s' does not exist", *key)
}
