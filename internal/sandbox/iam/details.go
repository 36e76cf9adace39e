package iam

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// GetAccountAuthorizationDetails reads users, roles and managed policies with
// all that hangs on them, in pages that run through one kind after the other.
// The account has no groups.
func (b *Backend) GetAccountAuthorizationDetails(
	in *sdk.GetAccountAuthorizationDetailsInput,
) (*sdk.GetAccountAuthorizationDetailsOutput, error) {
	found, err := paginate(b.detailKeys(in.Filter), func(key string) string { return key }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &sdk.GetAccountAuthorizationDetailsOutput{
		IsTruncated: found.truncated, Marker: found.marker, UserDetailList: []types.UserDetail{},
		GroupDetailList: []types.GroupDetail{}, RoleDetailList: []types.RoleDetail{}, Policies: []types.ManagedPolicyDetail{},
	}
	for _, key := range found.items {
		kind, name, _ := strings.Cut(key, " ")
		entity := roleKey(name[strings.LastIndex(name, "/")+1:])
		switch kind {
		case detailUser:
			out.UserDetailList = append(out.UserDetailList, b.detailedUser(b.state.Users[entity]))
		case detailRole:
			out.RoleDetailList = append(out.RoleDetailList, b.detailedRole(b.state.Roles[entity]))
		default:
			out.Policies = append(out.Policies, b.detailedPolicy(name))
		}
	}
	return out, nil
}

// The first word of an entity's key; they sort as AWS lists them.
const (
	detailUser   = "0user"
	detailRole   = "1role"
	detailPolicy = "2policy"
)

// detailKeys are the entities that a filter lets through, in their order. Of
// AWS's own policies only those in use count, as in IAM.
func (b *Backend) detailKeys(filter []types.EntityType) []string {
	wanted := func(kind types.EntityType) bool { return len(filter) == 0 || slices.Contains(filter, kind) }
	var keys []string
	if wanted(types.EntityTypeUser) {
		for _, user := range b.sortedUsers("") {
			keys = append(keys, detailUser+" "+userOrder(user))
		}
	}
	if wanted(types.EntityTypeRole) {
		for _, role := range b.sortedRoles("") {
			keys = append(keys, detailRole+" "+roleOrder(role))
		}
	}
	for _, arn := range b.policyARNs() {
		switch {
		case b.isAWSOwned(arn) && wanted(types.EntityTypeAWSManagedPolicy) && b.attachmentCount(arn)+b.boundaryCount(arn) > 0,
			!b.isAWSOwned(arn) && wanted(types.EntityTypeLocalManagedPolicy):
			keys = append(keys, detailPolicy+" "+arn)
		}
	}
	return keys
}

func (b *Backend) detailedPolicy(arn string) types.ManagedPolicyDetail {
	policy, _ := b.policy(arn)
	brief := b.briefPolicy(arn, policy)
	return types.ManagedPolicyDetail{
		Arn: aws.String(arn), AttachmentCount: brief.AttachmentCount, CreateDate: brief.CreateDate,
		DefaultVersionId: brief.DefaultVersionId, Description: policy.Description, IsAttachable: brief.IsAttachable,
		Path: brief.Path, PermissionsBoundaryUsageCount: brief.PermissionsBoundaryUsageCount, PolicyId: brief.PolicyId,
		PolicyName: brief.PolicyName, PolicyVersionList: shownVersions(policy), UpdateDate: brief.UpdateDate,
	}
}
