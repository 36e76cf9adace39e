package secret

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/resource"
)

// defaultRecoveryWindow is AWS's, in days.
const defaultRecoveryWindow = 30

// Delete schedules the deletion, with the recovery window that the spec names
// or AWS's of 30 days. It never forces: until then the secret can be restored.
func (k *Kind) Delete(ctx context.Context, _ resource.Key, o Observed) error {
	if !o.Deleted.IsZero() {
		return nil
	}
	_, err := k.api.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: &o.ARN,
		RecoveryWindowInDays: aws.Int64(k.recoveryWindow(o.Name))})
	switch {
	case isCode(err, "ResourceNotFoundException"), isPendingDeletion(err):
		return nil
	default:
		return wrap("delete", o.Name, err)
	}
}

func (k *Kind) recoveryWindow(name string) int64 {
	_, wanted := k.remembered()
	if days := wanted[name].RecoveryWindowDays; days != 0 {
		return int64(days)
	}
	return defaultRecoveryWindow
}
