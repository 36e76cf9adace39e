package secretsmanager

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/awserr"
)

// maxLabels is how many staging labels a secret may have, over all versions.
const maxLabels = 20

// attach puts a label on a version, taking it off the one that had it. When
// AWSCURRENT moves, AWSPREVIOUS moves to the version that it leaves.
func (s *Secret) attach(label string, to *Version) {
	from := s.staged(label)
	if from == to {
		return
	}
	if from != nil {
		from.drop(label)
	}
	to.add(label)
	if label == current && from != nil {
		s.attach(previous, from)
		to.drop(previous)
	}
}

func (v *Version) add(label string) {
	if !slices.Contains(v.Stages, label) {
		v.Stages = append(v.Stages, label)
		slices.Sort(v.Stages)
	}
}

func (v *Version) drop(label string) {
	v.Stages = slices.DeleteFunc(v.Stages, func(l string) bool { return l == label })
}

// checkRoom refuses labels beyond the quota.
func (s *Secret) checkRoom(labels ...string) error {
	all := slices.Clone(labels)
	for _, v := range s.Versions {
		all = append(all, v.Stages...)
	}
	slices.Sort(all)
	if len(slices.Compact(all)) > maxLabels {
		return awserr.New("LimitExceededException",
			"You have exceeded the number of staging labels allowed for a secret: %d.", maxLabels)
	}
	return nil
}

// UpdateSecretVersionStage moves a label, or takes it off. It is AWS's
// compare-and-swap: a label that sits on a version moves only if the caller
// names that version.
func (b *Backend) UpdateSecretVersionStage(
	in *secretsmanager.UpdateSecretVersionStageInput,
) (*secretsmanager.UpdateSecretVersionStageOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	to, err := s.named(in.MoveToVersionId)
	if err != nil {
		return nil, err
	}
	from, err := s.named(in.RemoveFromVersionId)
	if err != nil {
		return nil, err
	}
	label := aws.ToString(in.VersionStage)
	if err := s.checkMove(label, from, to); err != nil {
		return nil, err
	}
	if to == nil {
		from.drop(label)
	} else {
		b.rotated(s, label, to)
		s.attach(label, to)
	}
	b.touch(s)
	return &secretsmanager.UpdateSecretVersionStageOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}, nil
}

// named finds a version that a request names; nil if it names none.
func (s *Secret) named(id *string) (*Version, error) {
	if id == nil {
		return nil, nil
	}
	if v := s.version(*id); v != nil {
		return v, nil
	}
	return nil, notFound("Secrets Manager can't find the specified secret version: %s.", *id)
}

// rotated notes that a rotation ends: its version becomes AWSCURRENT.
func (b *Backend) rotated(s *Secret, label string, to *Version) {
	if label != current || s.staged(current) == to {
		return
	}
	s.Rotation.Since = b.now()
	if aws.ToBool(s.Rotation.Enabled) && s.staged(pending) == to {
		s.Rotated = aws.Time(b.now())
	}
}

// checkMove holds a move against where the label is.
func (s *Secret) checkMove(label string, from, to *Version) error {
	at := s.staged(label)
	switch {
	case from == nil && to == nil:
		return invalidParameter("You must provide MoveToVersionId or RemoveFromVersionId.")
	case label == current && to == nil:
		return invalidParameter("You can only move staging label AWSCURRENT to a different secret version. " +
			"It can't be completely removed.")
	case from == nil && at != nil && at != to:
		return invalidParameter("The parameter RemoveFromVersionId can't be empty. Staging label %s is currently attached "+
			"to version %s, so you must explicitly reference that version in RemoveFromVersionId.", label, at.ID)
	case from != nil && at != from:
		return invalidParameter("The parameter RemoveFromVersionId is invalid. Staging label %s is not currently attached "+
			"to version %s.", label, from.ID)
	case to != nil && to.empty():
		return notFound("Secrets Manager can't find the specified secret value for VersionId: %s", to.ID)
	case to != nil:
		return s.checkRoom(label)
	default:
		return nil
	}
}
