package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// briefUser is a user as ListUsers answers it.
func (b *Backend) briefUser(u *User) types.User {
	return types.User{
		Arn: aws.String(b.userARN(u)), CreateDate: aws.Time(u.Created), Path: aws.String(u.Path),
		UserId: aws.String(u.ID), UserName: aws.String(u.Name),
	}
}

// shownUser is a user as GetUser answers it.
func (b *Backend) shownUser(u *User) types.User {
	out := b.briefUser(u)
	out.PermissionsBoundary = boundaryOf(u.Boundary)
	out.Tags = sdkTags(u.Tags)
	return out
}

// detailedUser is a user as GetAccountAuthorizationDetails answers it.
func (b *Backend) detailedUser(u *User) types.UserDetail {
	return types.UserDetail{
		Arn: aws.String(b.userARN(u)), CreateDate: aws.Time(u.Created), Path: aws.String(u.Path),
		UserId: aws.String(u.ID), UserName: aws.String(u.Name), GroupList: []string{},
		AttachedManagedPolicies: b.attachments(u.Attached, ""), PermissionsBoundary: boundaryOf(u.Boundary),
		Tags: append([]types.Tag{}, sdkTags(u.Tags)...), UserPolicyList: inlineDetails(u.Inline),
	}
}
