package secretsmanager

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// UpdateSecret changes the description, the key or the value. Unlike
// PutSecretValue it refuses the token of any version that exists.
func (b *Backend) UpdateSecret(in *secretsmanager.UpdateSecretInput) (*secretsmanager.UpdateSecretOutput, error) {
	v := value{text: in.SecretString, binary: in.SecretBinary, token: in.ClientRequestToken}
	if err := b.checkUpdate(in, v); err != nil {
		return nil, err
	}
	s, err := b.updatable(in, v)
	if err != nil {
		return nil, err
	}
	if v.given() && s.version(*v.token) != nil {
		return nil, tokenTaken(*v.token, s.ARN)
	}
	if v.given() {
		if err := s.checkQuota(b.now()); err != nil {
			return nil, err
		}
	}
	if in.Description != nil {
		s.Description = *in.Description
	}
	if in.KmsKeyId != nil {
		b.encrypt(s, b.keyKept(in.KmsKeyId))
	}
	out := &secretsmanager.UpdateSecretOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}
	if v.given() {
		out.VersionId = aws.String(b.put(s, v, []string{current}).ID)
	}
	b.touch(s)
	return out, nil
}

func (b *Backend) checkUpdate(in *secretsmanager.UpdateSecretInput, v value) error {
	if v.given() {
		if err := v.checkToken(); err != nil {
			return err
		}
	}
	if in.Type != nil {
		return invalidParameter("The sandbox does not play managed external secrets: leave out Type.")
	}
	if err := v.check(); err != nil {
		return err
	}
	return b.checkKey(in.KmsKeyId)
}

// updatable finds the secret to update. Of a replica the key alone changes in
// its own region, says the user guide on replication.
func (b *Backend) updatable(in *secretsmanager.UpdateSecretInput, v value) (*Secret, error) {
	s, err := b.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	if s.isReplica(b.env.Region) && in.KmsKeyId != nil && in.Description == nil && !v.given() {
		return s, s.checkOwner()
	}
	return b.writable(in.SecretId)
}

// encrypt gives a secret another key, which encrypts the versions that carry a
// label of AWS's again.
func (b *Backend) encrypt(s *Secret, key string) {
	s.KMSKey = key
	for _, label := range []string{current, pending, previous} {
		if v := s.staged(label); v != nil {
			v.KMSKeys = []string{cmp.Or(key, defaultKey)}
		}
	}
	if status := b.statusOf(s); status != nil {
		status.KmsKeyId = aws.String(cmp.Or(key, managedKey))
	}
}
