package iam

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// PutRolePolicy adds or replaces an inline policy.
func (b *Backend) PutRolePolicy(in *sdk.PutRolePolicyInput) (*sdk.PutRolePolicyOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	document := aws.ToString(in.PolicyDocument)
	if err := policydoc.Identity(document); err != nil {
		return nil, malformedDocument(err)
	}
	if inlineSize(role, aws.ToString(in.PolicyName))+policydoc.Size(document) > maxInline {
		return nil, limitExceeded("Maximum policy size of %d bytes exceeded for role %s", maxInline, role.Name)
	}
	role.Inline[aws.ToString(in.PolicyName)] = document
	return &sdk.PutRolePolicyOutput{}, nil
}

// inlineSize is what a role's inline policies count, one of them left out.
func inlineSize(role *Role, except string) int {
	total := 0
	for name, document := range role.Inline {
		if name != except {
			total += policydoc.Size(document)
		}
	}
	return total
}

// GetRolePolicy reads an inline policy as it was sent, percent-encoded.
func (b *Backend) GetRolePolicy(in *sdk.GetRolePolicyInput) (*sdk.GetRolePolicyOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	document, found := role.Inline[aws.ToString(in.PolicyName)]
	if !found {
		return nil, noSuchInline(in.PolicyName)
	}
	return &sdk.GetRolePolicyOutput{
		RoleName: aws.String(role.Name), PolicyName: in.PolicyName, PolicyDocument: encodeDocument(document),
	}, nil
}

// ListRolePolicies names the inline policies.
func (b *Backend) ListRolePolicies(in *sdk.ListRolePoliciesInput) (*sdk.ListRolePoliciesOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(role.Inline))
	found, err := paginate(names, func(name string) string { return name }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListRolePoliciesOutput{
		PolicyNames: append([]string{}, found.items...), IsTruncated: found.truncated, Marker: found.marker,
	}, nil
}

// DeleteRolePolicy removes an inline policy.
func (b *Backend) DeleteRolePolicy(in *sdk.DeleteRolePolicyInput) (*sdk.DeleteRolePolicyOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	if _, found := role.Inline[aws.ToString(in.PolicyName)]; !found {
		return nil, noSuchInline(in.PolicyName)
	}
	delete(role.Inline, aws.ToString(in.PolicyName))
	return &sdk.DeleteRolePolicyOutput{}, nil
}

func noSuchInline(name *string) error {
	return noSuchEntity("The role policy with name %s cannot be found.", aws.ToString(name))
}

func inlineDetails(role *Role) []types.PolicyDetail {
	out := make([]types.PolicyDetail, 0, len(role.Inline))
	for _, name := range slices.Sorted(maps.Keys(role.Inline)) {
		out = append(out, types.PolicyDetail{
			PolicyName: aws.String(name), PolicyDocument: encodeDocument(role.Inline[name]),
		})
	}
	return out
}
