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
	owner := "role " + role.Name
	if err := setInline(role.Inline, aws.ToString(in.PolicyName), aws.ToString(in.PolicyDocument), maxInline, owner); err != nil {
		return nil, err
	}
	return &sdk.PutRolePolicyOutput{}, nil
}

// setInline sets one of an owner's inline policies, within what they may count
// together.
func setInline(inline map[string]string, name, document string, most int, owner string) error {
	if err := policydoc.Identity(document); err != nil {
		return malformedDocument(err)
	}
	if inlineSize(inline, name)+policydoc.Size(document) > most {
		return limitExceeded("Maximum policy size of %d bytes exceeded for %s", most, owner)
	}
	inline[name] = document
	return nil
}

// inlineSize is what inline policies count, one of them left out.
func inlineSize(inline map[string]string, except string) int {
	total := 0
	for name, document := range inline {
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

func inlineDetails(inline map[string]string) []types.PolicyDetail {
	out := make([]types.PolicyDetail, 0, len(inline))
	for _, name := range slices.Sorted(maps.Keys(inline)) {
		out = append(out, types.PolicyDetail{
			PolicyName: aws.String(name), PolicyDocument: encodeDocument(inline[name]),
		})
	}
	return out
}
