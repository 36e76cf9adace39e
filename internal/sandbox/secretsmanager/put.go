package secretsmanager

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/awserr"
)

// Versions without a label are forgotten once there are more than keepVersions
// of all, but never within keepFor of their making.
const (
	keepVersions = 100
	keepFor      = 24 * time.Hour
)

// defaultKey is how AWS names the key aws/secretsmanager in a version.
const defaultKey = "DefaultEncryptionKey"

// PutSecretValue makes a version. A token that names a version with the same
// value already does nothing at all: the labels stay where they are, even if
// AWSCURRENT is elsewhere.
func (b *Backend) PutSecretValue(in *secretsmanager.PutSecretValueInput) (*secretsmanager.PutSecretValueOutput, error) {
	v := value{text: in.SecretString, binary: in.SecretBinary, token: in.ClientRequestToken}
	if err := checkPut(in, v); err != nil {
		return nil, err
	}
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	held := s.version(*v.token)
	if held != nil && !held.empty() {
		if !v.equals(held) {
			return nil, tokenTaken(*v.token, s.ARN)
		}
		return s.putOutput(held), nil
	}
	labels := in.VersionStages
	if len(labels) == 0 {
		labels = []string{current}
	}
	if err := s.checkRoom(labels...); err != nil {
		return nil, err
	}
	if held == nil {
		if err := s.checkQuota(b.now()); err != nil {
			return nil, err
		}
	}
	return s.putOutput(b.put(s, v, labels)), nil
}

func checkPut(in *secretsmanager.PutSecretValueInput, v value) error {
	if err := v.checkToken(); err != nil {
		return err
	}
	if in.RotationToken != nil {
		return invalidParameter("The sandbox runs no rotation: leave out RotationToken.")
	}
	if !v.given() {
		return invalidRequest("You must provide either SecretString or SecretBinary.")
	}
	return v.check()
}

func (s *Secret) putOutput(v *Version) *secretsmanager.PutSecretValueOutput {
	return &secretsmanager.PutSecretValueOutput{
		ARN:           aws.String(s.ARN),
		Name:          aws.String(s.Name),
		VersionId:     aws.String(v.ID),
		VersionStages: slices.Clone(v.Stages),
	}
}

// put makes a version with labels, or fills the one that a rotation began. A
// secret's first version is AWSCURRENT whatever labels were asked for. A version
// that stops being AWSCURRENT here loses AWSPENDING too, as recorded of AWS.
func (b *Backend) put(s *Secret, v value, labels []string) *Version {
	if !slices.ContainsFunc(s.Versions, func(held *Version) bool { return !held.empty() }) {
		labels = append(slices.Clone(labels), current)
	}
	before, made := s.staged(current), s.version(*v.token)
	if made == nil {
		made = &Version{ID: *v.token}
		s.Versions = append(s.Versions, made)
	}
	made.String, made.Binary, made.Created = v.text, v.binary, b.now()
	made.KMSKeys = []string{cmp.Or(s.KMSKey, defaultKey)}
	for _, label := range labels {
		s.attach(label, made)
	}
	if after := s.staged(current); after != before {
		if before != nil {
			before.drop(pending)
		}
		s.Rotation.Since = b.now()
	}
	s.prune(b.now())
	b.touch(s)
	return made
}

// checkQuota refuses a version more where all that there may be are too young
// to be forgotten or have a label. The quota is "about 100" in AWS's
// documentation; writing faster than every ten minutes reaches it.
func (s *Secret) checkQuota(now time.Time) error {
	staying := 0
	for _, v := range s.Versions {
		if !v.forgettable(now) {
			staying++
		}
	}
	if staying < keepVersions {
		return nil
	}
	return awserr.New("LimitExceededException", "You have exceeded the number of versions allowed for a secret: %d.", keepVersions)
}

// forgettable says whether AWS may remove the version once there are too many.
func (v *Version) forgettable(now time.Time) bool {
	return len(v.Stages) == 0 && now.Sub(v.Created) > keepFor
}

// prune forgets the oldest versions without a label.
func (s *Secret) prune(now time.Time) {
	surplus := len(s.Versions) - keepVersions
	s.Versions = slices.DeleteFunc(s.Versions, func(v *Version) bool {
		gone := surplus > 0 && v.forgettable(now)
		if gone {
			surplus--
		}
		return gone
	})
}

// touch notes a change and copies it to the replicas.
func (b *Backend) touch(s *Secret) {
	s.Changed = b.now()
	b.sync(s)
}
