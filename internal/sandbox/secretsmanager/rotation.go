package secretsmanager

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// RotateSecret marks a secret as rotating. There is no function to run, so no
// version is made.
func (b *Backend) RotateSecret(in *secretsmanager.RotateSecretInput) (*secretsmanager.RotateSecretOutput, error) {
	if err := checkRotate(in); err != nil {
		return nil, err
	}
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	if in.RotationLambdaARN == nil && s.Rotation.Lambda == "" {
		return nil, invalidRequest("No Lambda rotation function ARN is associated with this secret.")
	}
	s.Rotation.Enabled = aws.Bool(true)
	if in.RotationLambdaARN != nil {
		s.Rotation.Lambda = *in.RotationLambdaARN
	}
	if in.RotationRules != nil {
		s.Rotation.Rules = in.RotationRules
	}
	b.touch(s)
	return &secretsmanager.RotateSecretOutput{
		ARN: aws.String(s.ARN), Name: aws.String(s.Name), VersionId: in.ClientRequestToken,
	}, nil
}

func checkRotate(in *secretsmanager.RotateSecretInput) error {
	if in.ClientRequestToken == nil {
		return invalidParameter("You must provide a ClientRequestToken value. We recommend a UUID-type value.")
	}
	if in.ExternalSecretRotationMetadata != nil || in.ExternalSecretRotationRoleArn != nil {
		return invalidParameter("The sandbox does not play managed external secrets.")
	}
	if lambda := aws.ToString(in.RotationLambdaARN); lambda != "" && !strings.Contains(lambda, ":lambda:") {
		return awserr.New("AccessDeniedException", "Secrets Manager cannot invoke the specified Lambda function. "+
			"Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.")
	}
	return nil
}

// CancelRotateSecret takes the mark off again.
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
	return &secretsmanager.CancelRotateSecretOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}, nil
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
