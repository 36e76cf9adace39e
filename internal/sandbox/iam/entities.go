package iam

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// ListEntitiesForPolicy lists the roles that a managed policy is attached to or
// the boundary of.
func (b *Backend) ListEntitiesForPolicy(in *sdk.ListEntitiesForPolicyInput) (*sdk.ListEntitiesForPolicyOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	if _, err := b.existingPolicy(arn); err != nil {
		return nil, err
	}
	found, err := paginate(b.usersOf(arn, in), roleOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListEntitiesForPolicyOutput{
		IsTruncated: found.truncated, Marker: found.marker,
		PolicyGroups: []types.PolicyGroup{}, PolicyRoles: []types.PolicyRole{}, PolicyUsers: []types.PolicyUser{},
	}
	for _, role := range found.items {
		out.PolicyRoles = append(out.PolicyRoles, types.PolicyRole{RoleName: aws.String(role.Name), RoleId: aws.String(role.ID)})
	}
	return out, nil
}

// usersOf are the roles that use a policy in the way that is asked for.
func (b *Backend) usersOf(arn string, in *sdk.ListEntitiesForPolicyInput) []*Role {
	if cmp.Or(in.EntityFilter, types.EntityTypeRole) != types.EntityTypeRole {
		return nil
	}
	var out []*Role
	for _, role := range b.sortedRoles(aws.ToString(in.PathPrefix)) {
		attached, bounds := slices.Contains(role.Attached, arn), role.Boundary == arn
		switch in.PolicyUsageFilter {
		case types.PolicyUsageTypePermissionsPolicy:
			bounds = false
		case types.PolicyUsageTypePermissionsBoundary:
			attached = false
		}
		if attached || bounds {
			out = append(out, role)
		}
	}
	return out
}

// GetServiceLinkedRoleDeletionStatus tells how a deletion went. The sandbox
// deletes at once, so a task of a role that is gone has succeeded.
func (b *Backend) GetServiceLinkedRoleDeletionStatus(
	in *sdk.GetServiceLinkedRoleDeletionStatusInput,
) (*sdk.GetServiceLinkedRoleDeletionStatusOutput, error) {
	task := aws.ToString(in.DeletionTaskId)
	if !slices.Contains(b.state.Deletions, task) {
		return nil, noSuchEntity("Deletion task %s cannot be found.", task)
	}
	return &sdk.GetServiceLinkedRoleDeletionStatusOutput{Status: types.DeletionTaskStatusTypeSucceeded}, nil
}

// reservedPath tells whether a path is AWS's own: the whole of it, in any case.
func reservedPath(path string) bool {
	return strings.HasPrefix(strings.ToLower(path), serviceRolePath)
}
