package secret

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// defaultRecoveryWindow is AWS's, in days.
const defaultRecoveryWindow = 30

// Delete schedules the deletion, with the recovery window that the spec names
// or AWS's of 30 days. It never forces: until then the secret can be restored.
func (k *Kind) Delete(ctx context.Context, _ resource.Key, o Observed) error {
	if !o.Deleted.IsZero() {
		return nil
	}
	if err := k.mayDelete(o); err != nil {
		return err
	}
	if err := k.alone(ctx, o); err != nil {
		return err
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

// alone removes a secret's replicas: AWS deletes none that has any.
func (k *Kind) alone(ctx context.Context, o Observed) error {
	err := k.unreplicate(ctx, o, sortedKeys(o.Replicas))
	if isCode(err, "ResourceNotFoundException") || isPendingDeletion(err) { // which it would not be with replicas
		return nil
	}
	if err != nil {
		return err
	}
	deadline := k.opts.Now().Add(replicaWait)
	for len(o.Replicas) > 0 {
		now, found, err := k.describe(ctx, o.ARN)
		if err != nil || !found || len(now.Replicas) == 0 {
			return err
		}
		if k.opts.Now().After(deadline) {
			return &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("AWS still removes the replicas of the secret %q", o.Name),
				Hint: "run it again later"}
		}
		k.opts.Wait(fmt.Sprintf("waiting for AWS to remove the replicas of the secret %q", o.Name))
		if err := k.opts.Sleep(ctx, replicaPause); err != nil {
			return fmt.Errorf("stopped waiting for the replicas of the secret %q to go: %w", o.Name, err)
		}
	}
	return nil
}

// mayDelete refuses what is not ours, or not ours alone.
func (k *Kind) mayDelete(o Observed) error {
	const byHand = "delete it by hand if that is meant"
	s, _ := k.remembered()
	switch owner := o.Tags[spec.TagOwner]; {
	case owner != s.owner:
		return resource.Conflictf("plan again to see what it is now", "the secret %q has come to belong to %q meanwhile", o.Name, owner)
	case o.OwningService != "":
		return resource.Conflictf(byHand, "the secret %q is not deleted: the service %s owns it", o.Name, o.OwningService)
	case o.Rotates:
		return resource.Conflictf(byHand, "the secret %q is not deleted: rotation is enabled, so others rely on it", o.Name)
	default:
		return nil
	}
}

func (k *Kind) recoveryWindow(name string) int64 {
	_, wanted := k.remembered()
	if days := wanted[name].RecoveryWindowDays; days != 0 {
		return int64(days)
	}
	return defaultRecoveryWindow
}
