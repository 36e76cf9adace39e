package secretsmanager

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// DescribeSecret shows everything but the value, of secrets scheduled for
// deletion too.
func (b *Backend) DescribeSecret(in *secretsmanager.DescribeSecretInput) (*secretsmanager.DescribeSecretOutput, error) {
	s, err := b.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	e := s.entry()
	return &secretsmanager.DescribeSecretOutput{
		ARN: e.ARN, Name: e.Name, Description: e.Description, KmsKeyId: e.KmsKeyId, Tags: e.Tags,
		CreatedDate: e.CreatedDate, LastChangedDate: e.LastChangedDate, LastAccessedDate: e.LastAccessedDate,
		LastRotatedDate: e.LastRotatedDate, DeletedDate: e.DeletedDate, NextRotationDate: e.NextRotationDate,
		RotationEnabled: e.RotationEnabled, RotationLambdaARN: e.RotationLambdaARN, RotationRules: e.RotationRules,
		OwningService: e.OwningService, PrimaryRegion: e.PrimaryRegion, ReplicationStatus: b.statuses(s),
		VersionIdsToStages: e.SecretVersionsToStages,
	}, nil
}

// entry is a secret as lists show it.
func (s *Secret) entry() types.SecretListEntry {
	return types.SecretListEntry{
		ARN:                    aws.String(s.ARN),
		Name:                   aws.String(s.Name),
		Description:            text(s.Description),
		KmsKeyId:               text(s.KMSKey),
		Tags:                   slices.Clone(s.Tags),
		CreatedDate:            aws.Time(s.Created),
		LastChangedDate:        aws.Time(s.Changed),
		LastAccessedDate:       s.Accessed,
		LastRotatedDate:        s.Rotated,
		DeletedDate:            s.Deleted,
		NextRotationDate:       s.Rotation.next(),
		RotationEnabled:        s.Rotation.Enabled,
		RotationLambdaARN:      text(s.Rotation.Lambda),
		RotationRules:          s.Rotation.Rules,
		OwningService:          text(s.OwningService),
		PrimaryRegion:          text(s.PrimaryRegion),
		SecretVersionsToStages: s.stages(),
	}
}

// text is a member that AWS leaves out when it is empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
