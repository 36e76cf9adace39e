package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// briefRole is a role as CreateRole answers it, tags and boundary apart.
func (b *Backend) briefRole(r *Role) types.Role {
	return types.Role{
		Arn: aws.String(b.roleARN(r)), AssumeRolePolicyDocument: encodeDocument(b.shownTrust(r)),
		CreateDate: aws.Time(r.Created), Path: aws.String(r.Path), RoleId: aws.String(r.ID), RoleName: aws.String(r.Name),
	}
}

// listedRole is a role as ListRoles answers it.
func (b *Backend) listedRole(r *Role) types.Role {
	out := b.briefRole(r)
	out.Description = r.Description
	out.MaxSessionDuration = aws.Int32(r.MaxSession)
	return out
}

// fullRole is a role as GetRole answers it: no tags rather than empty ones, but
// an empty RoleLastUsed.
func (b *Backend) fullRole(r *Role) types.Role {
	out := b.listedRole(r)
	out.RoleLastUsed = &types.RoleLastUsed{}
	out.PermissionsBoundary = boundaryOf(r.Boundary)
	out.Tags = sdkTags(r.Tags)
	return out
}

// detailedRole is a role as GetAccountAuthorizationDetails answers it: all that
// hangs on it, but neither description nor session length.
func (b *Backend) detailedRole(r *Role) types.RoleDetail {
	return types.RoleDetail{
		Arn: aws.String(b.roleARN(r)), AssumeRolePolicyDocument: encodeDocument(b.shownTrust(r)),
		CreateDate: aws.Time(r.Created), Path: aws.String(r.Path), RoleId: aws.String(r.ID), RoleName: aws.String(r.Name),
		AttachedManagedPolicies: b.attachments(r.Attached, ""), InstanceProfileList: b.shownProfiles(r),
		PermissionsBoundary: boundaryOf(r.Boundary), RoleLastUsed: &types.RoleLastUsed{},
		RolePolicyList: inlineDetails(r.Inline), Tags: append([]types.Tag{}, sdkTags(r.Tags)...),
	}
}

// boundaryOf shows the type "Policy", which is what IAM sends; the SDK's
// constant "PermissionsBoundaryPolicy" never comes over the wire.
func boundaryOf(arn string) *types.AttachedPermissionsBoundary {
	if arn == "" {
		return nil
	}
	return &types.AttachedPermissionsBoundary{
		PermissionsBoundaryArn: aws.String(arn), PermissionsBoundaryType: "Policy",
	}
}
