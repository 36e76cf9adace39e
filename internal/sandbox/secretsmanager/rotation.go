package secretsmanager

import (
	"cmp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// RotateSecret sets how a secret is rotated and, unless told to wait, begins a
// rotation: a version without a value under AWSPENDING, which the rotation
// function would fill and make AWSCURRENT. There is no function to do so.
func (b *Backend) RotateSecret(in *secretsmanager.RotateSecretInput) (*secretsmanager.RotateSecretOutput, error) {
	if err := b.checkRotate(in); err != nil {
		return nil, err
	}
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	if err := s.checkRotatable(in); err != nil {
		return nil, err
	}
	s.Rotation.Enabled, s.Rotation.Since = aws.Bool(true), b.now()
	if in.RotationLambdaARN != nil {
		s.Rotation.Lambda = *in.RotationLambdaARN
	}
	if in.RotationRules != nil {
		s.Rotation.Rules = in.RotationRules
	}
	if in.RotateImmediately == nil || *in.RotateImmediately {
		b.beginRotation(s, *in.ClientRequestToken)
	}
	b.touch(s)
	return &secretsmanager.RotateSecretOutput{
		ARN: aws.String(s.ARN), Name: aws.String(s.Name), VersionId: in.ClientRequestToken,
	}, nil
}

// checkRotatable refuses a rotation without a function, on top of another, or
// under a token that is in use.
func (s *Secret) checkRotatable(in *secretsmanager.RotateSecretInput) error {
	switch {
	case in.RotationLambdaARN == nil && s.Rotation.Lambda == "":
		return invalidRequest("No Lambda rotation function ARN is associated with this secret.")
	case s.rotating() != nil && s.rotating().ID != *in.ClientRequestToken:
		return invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.")
	case s.version(*in.ClientRequestToken) != nil && s.rotating() == nil:
		return tokenTaken(*in.ClientRequestToken, s.ARN)
	default:
		return nil
	}
}

// rotating is the version of a rotation under way: AWSPENDING that is not
// AWSCURRENT too. Nil says that none is.
func (s *Secret) rotating() *Version {
	if v := s.staged(pending); v != nil && v != s.staged(current) {
		return v
	}
	return nil
}

// beginRotation makes the version that the function would fill.
func (b *Backend) beginRotation(s *Secret, token string) {
	if s.version(token) == nil {
		made := &Version{ID: token, Created: b.now(), KMSKeys: []string{cmp.Or(s.KMSKey, defaultKey)}}
		s.Versions = append(s.Versions, made)
		s.attach(pending, made)
	}
}

func (b *Backend) checkRotate(in *secretsmanager.RotateSecretInput) error {
	if in.ClientRequestToken == nil {
		return invalidParameter("You must provide a ClientRequestToken value. We recommend a UUID-type value.")
	}
	if in.ExternalSecretRotationMetadata != nil || in.ExternalSecretRotationRoleArn != nil {
		return invalidParameter("The sandbox does not play managed external secrets.")
	}
	if lambda := in.RotationLambdaARN; lambda != nil && !strings.HasPrefix(*lambda, b.env.ARN("lambda", "function:")) {
		return awserr.New("AccessDeniedException", "Secrets Manager cannot invoke the specified Lambda function. "+
			"Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.")
	}
	return checkRules(in.RotationRules)
}

// CancelRotateSecret turns rotation off. The labels stay as they are, those of
// a rotation under way too, whose version it names.
func (b *Backend) CancelRotateSecret(
	in *secretsmanager.CancelRotateSecretInput,
) (*secretsmanager.CancelRotateSecretOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	if !aws.ToBool(s.Rotation.Enabled) {
		return nil, invalidRequest("You tried to cancel the rotation of a secret that is not rotating.")
	}
	s.Rotation.Enabled = aws.Bool(false)
	b.touch(s)
	out := &secretsmanager.CancelRotateSecretOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}
	if v := s.rotating(); v != nil {
		out.VersionId = aws.String(v.ID)
	}
	return out, nil
}

// Own makes another service the owner of a secret, such as "rds". Owners make
// their secrets themselves, so no request can do this.
func (b *Backend) Own(name, service string) error {
	s, err := b.live(&name)
	if err != nil {
		return err
	}
	s.OwningService = service
	s.Tags = setTag(s.Tags, types.Tag{Key: aws.String("aws:secretsmanager:owningService"), Value: aws.String(service)})
	b.touch(s)
	return nil
}
