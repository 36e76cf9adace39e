package secretsmanager

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// PutResourcePolicy sets the secret's policy.
func (b *Backend) PutResourcePolicy(
	in *secretsmanager.PutResourcePolicyInput,
) (*secretsmanager.PutResourcePolicyOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	doc, err := readPolicy(aws.ToString(in.ResourcePolicy))
	if err != nil {
		return nil, err
	}
	if aws.ToBool(in.BlockPublicPolicy) && doc.public() {
		return nil, awserr.New("PublicPolicyException", "The BlockPublicPolicy parameter is set to true, "+
			"and the resource policy did not prevent broad access to the secret.")
	}
	s.Policy = in.ResourcePolicy
	b.touch(s)
	return &secretsmanager.PutResourcePolicyOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}, nil
}

// GetResourcePolicy shows the secret's policy as it was put.
func (b *Backend) GetResourcePolicy(
	in *secretsmanager.GetResourcePolicyInput,
) (*secretsmanager.GetResourcePolicyOutput, error) {
	s, err := b.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	return &secretsmanager.GetResourcePolicyOutput{
		ARN: aws.String(s.ARN), Name: aws.String(s.Name), ResourcePolicy: s.Policy,
	}, nil
}

// DeleteResourcePolicy removes the secret's policy, if it has one.
func (b *Backend) DeleteResourcePolicy(
	in *secretsmanager.DeleteResourcePolicyInput,
) (*secretsmanager.DeleteResourcePolicyOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	s.Policy = nil
	b.touch(s)
	return &secretsmanager.DeleteResourcePolicyOutput{ARN: aws.String(s.ARN), Name: aws.String(s.Name)}, nil
}

// ValidateResourcePolicy says whether PutResourcePolicy would take a policy.
func (b *Backend) ValidateResourcePolicy(
	in *secretsmanager.ValidateResourcePolicyInput,
) (*secretsmanager.ValidateResourcePolicyOutput, error) {
	if in.SecretId != nil {
		if _, err := b.live(in.SecretId); err != nil {
			return nil, err
		}
	}
	doc, err := readPolicy(aws.ToString(in.ResourcePolicy))
	if err != nil {
		return nil, err
	}
	out := &secretsmanager.ValidateResourcePolicyOutput{PolicyValidationPassed: !doc.public()}
	if doc.public() {
		out.ValidationErrors = []types.ValidationErrorsEntry{{
			CheckName:    aws.String("PUBLIC_POLICY"),
			ErrorMessage: aws.String("The resource policy allows broad access to the secret."),
		}}
	}
	return out, nil
}
