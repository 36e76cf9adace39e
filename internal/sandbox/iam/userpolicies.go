package iam

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// PutUserPolicy adds or replaces an inline policy.
func (b *Backend) PutUserPolicy(in *sdk.PutUserPolicyInput) (*sdk.PutUserPolicyOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	owner := "user " + user.Name
	if err := setInline(user.Inline, aws.ToString(in.PolicyName), aws.ToString(in.PolicyDocument), maxUserInline, owner); err != nil {
		return nil, err
	}
	return &sdk.PutUserPolicyOutput{}, nil
}

// GetUserPolicy reads an inline policy as it was sent, percent-encoded.
func (b *Backend) GetUserPolicy(in *sdk.GetUserPolicyInput) (*sdk.GetUserPolicyOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	document, found := user.Inline[aws.ToString(in.PolicyName)]
	if !found {
		return nil, noSuchUserPolicy(in.PolicyName)
	}
	return &sdk.GetUserPolicyOutput{
		UserName: aws.String(user.Name), PolicyName: in.PolicyName, PolicyDocument: encodeDocument(document),
	}, nil
}

// ListUserPolicies names the inline policies.
func (b *Backend) ListUserPolicies(in *sdk.ListUserPoliciesInput) (*sdk.ListUserPoliciesOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(user.Inline))
	found, err := paginate(names, func(name string) string { return name }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListUserPoliciesOutput{
		PolicyNames: append([]string{}, found.items...), IsTruncated: found.truncated, Marker: found.marker,
	}, nil
}

// DeleteUserPolicy removes an inline policy.
func (b *Backend) DeleteUserPolicy(in *sdk.DeleteUserPolicyInput) (*sdk.DeleteUserPolicyOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	if _, found := user.Inline[aws.ToString(in.PolicyName)]; !found {
		return nil, noSuchUserPolicy(in.PolicyName)
	}
	delete(user.Inline, aws.ToString(in.PolicyName))
	return &sdk.DeleteUserPolicyOutput{}, nil
}

func noSuchUserPolicy(name *string) error {
	return noSuchEntity("The user policy with name %s cannot be found.", aws.ToString(name))
}

// AttachUserPolicy attaches a managed policy; one that is attached already stays.
func (b *Backend) AttachUserPolicy(in *sdk.AttachUserPolicyInput) (*sdk.AttachUserPolicyOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	if err := b.attach(&user.Attached, aws.ToString(in.PolicyArn), "PoliciesPerUser"); err != nil {
		return nil, err
	}
	return &sdk.AttachUserPolicyOutput{}, nil
}

// DetachUserPolicy takes a managed policy off a user.
func (b *Backend) DetachUserPolicy(in *sdk.DetachUserPolicyInput) (*sdk.DetachUserPolicyOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	if err := b.detach(&user.Attached, aws.ToString(in.PolicyArn)); err != nil {
		return nil, err
	}
	return &sdk.DetachUserPolicyOutput{}, nil
}

// ListAttachedUserPolicies lists the managed policies on a user, by name.
func (b *Backend) ListAttachedUserPolicies(
	in *sdk.ListAttachedUserPoliciesInput,
) (*sdk.ListAttachedUserPoliciesOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	all := b.attachments(user.Attached, aws.ToString(in.PathPrefix))
	found, err := paginate(all, attachmentOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListAttachedUserPoliciesOutput{
		AttachedPolicies: append([]types.AttachedPolicy{}, found.items...),
		IsTruncated:      found.truncated, Marker: found.marker,
	}, nil
}

// PutUserPermissionsBoundary sets or replaces a user's boundary.
func (b *Backend) PutUserPermissionsBoundary(
	in *sdk.PutUserPermissionsBoundaryInput,
) (*sdk.PutUserPermissionsBoundaryOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	if err := b.checkBoundary(aws.ToString(in.PermissionsBoundary)); err != nil {
		return nil, err
	}
	user.Boundary = aws.ToString(in.PermissionsBoundary)
	return &sdk.PutUserPermissionsBoundaryOutput{}, nil
}

// DeleteUserPermissionsBoundary removes a user's boundary, if it has one.
func (b *Backend) DeleteUserPermissionsBoundary(
	in *sdk.DeleteUserPermissionsBoundaryInput,
) (*sdk.DeleteUserPermissionsBoundaryOutput, error) {
	user, err := b.user(in.UserName)
	if err != nil {
		return nil, err
	}
	user.Boundary = ""
	return &sdk.DeleteUserPermissionsBoundaryOutput{}, nil
}
