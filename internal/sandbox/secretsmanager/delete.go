package secretsmanager

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/awsenv"
)

// The recovery window of a deletion, in days.
const (
	shortestWindow = 7
	defaultWindow  = 30
	longestWindow  = 30
)

// DeleteSecret schedules a deletion, or deletes at once if forced. Forcing the
// deletion of what does not exist is no error.
func (b *Backend) DeleteSecret(in *secretsmanager.DeleteSecretInput) (*secretsmanager.DeleteSecretOutput, error) {
	days, err := window(in)
	if err != nil {
		return nil, err
	}
	force := aws.ToBool(in.ForceDeleteWithoutRecovery)
	s, err := b.find(in.SecretId)
	if err != nil {
		if force && checkID(aws.ToString(in.SecretId)) == nil {
			return b.deleteAbsent(aws.ToString(in.SecretId)), nil
		}
		return nil, err
	}
	if err := b.checkDelete(s, force); err != nil {
		return nil, err
	}
	at := b.now()
	if force || s.isReplica(b.env.Region) {
		b.forget(s)
	} else {
		at = at.Add(time.Duration(days) * 24 * time.Hour)
		s.Deleted = &at
	}
	return &secretsmanager.DeleteSecretOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name), DeletionDate: &at}, nil
}

// window is the recovery window asked for.
func window(in *secretsmanager.DeleteSecretInput) (int64, error) {
	if in.RecoveryWindowInDays == nil {
		return defaultWindow, nil
	}
	if aws.ToBool(in.ForceDeleteWithoutRecovery) {
		return 0, invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
	}
	if days := *in.RecoveryWindowInDays; days >= shortestWindow && days <= longestWindow {
		return days, nil
	}
	return 0, invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
}

func (b *Backend) checkDelete(s *Secret, force bool) error {
	if err := s.checkOwner(); err != nil {
		return err
	}
	if s.Deleted != nil && !force {
		return invalidRequest(
			"You can't perform this operation on the secret because it was already scheduled for deletion.")
	}
	if len(s.Replicas) > 0 {
		var regions []string
		for _, r := range s.Replicas {
			regions = append(regions, aws.ToString(r.Region))
		}
		return invalidParameter("You can't delete secret %s that still has replica regions [%s]",
			s.Name, strings.Join(regions, ", "))
	}
	return nil
}

// deleteAbsent answers as if there had been something to delete.
func (b *Backend) deleteAbsent(id string) *secretsmanager.DeleteSecretOutput {
	arn, name := id, id
	if prefix := b.env.ARN("secretsmanager", "secret:"); strings.HasPrefix(id, prefix) {
		name = strings.TrimPrefix(id, prefix)
	} else {
		arn = prefix + id + "-" + b.env.Random(6, awsenv.AlphaNumeric)
	}
	return &secretsmanager.DeleteSecretOutput{ARN: &arn, Name: &name, DeletionDate: aws.Time(b.now())}
}

// RestoreSecret calls a scheduled deletion off.
func (b *Backend) RestoreSecret(in *secretsmanager.RestoreSecretInput) (*secretsmanager.RestoreSecretOutput, error) {
	s, err := b.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	if s.Deleted != nil {
		s.Deleted = nil
		b.touch(s)
	}
	return &secretsmanager.RestoreSecretOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}, nil
}
