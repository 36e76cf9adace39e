package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
)

// PutRolePermissionsBoundary sets or replaces a role's boundary.
func (b *Backend) PutRolePermissionsBoundary(
	in *sdk.PutRolePermissionsBoundaryInput,
) (*sdk.PutRolePermissionsBoundaryOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	if err := b.checkBoundary(aws.ToString(in.PermissionsBoundary)); err != nil {
		return nil, err
	}
	role.Boundary = aws.ToString(in.PermissionsBoundary)
	return &sdk.PutRolePermissionsBoundaryOutput{}, nil
}

// DeleteRolePermissionsBoundary removes a role's boundary, if it has one.
func (b *Backend) DeleteRolePermissionsBoundary(
	in *sdk.DeleteRolePermissionsBoundaryInput,
) (*sdk.DeleteRolePermissionsBoundaryOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	role.Boundary = ""
	return &sdk.DeleteRolePermissionsBoundaryOutput{}, nil
}

func (b *Backend) checkBoundary(arn string) error {
	if err := b.checkPolicyARN(arn); err != nil {
		return err
	}
	if _, found := b.policy(arn); !found {
		return noSuchEntity("Scope ARN: %s does not exist or is not attachable.", arn)
	}
	return nil
}
