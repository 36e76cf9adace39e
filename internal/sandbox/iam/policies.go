package iam

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// CreatePolicy makes a customer managed policy with one version, v1.
func (b *Backend) CreatePolicy(in *sdk.CreatePolicyInput) (*sdk.CreatePolicyOutput, error) {
	name, document := aws.ToString(in.PolicyName), aws.ToString(in.PolicyDocument)
	if b.policyNamed(name) {
		return nil, alreadyExists("A policy called %s already exists. Duplicate names are not allowed.", name)
	}
	if len(b.state.Policies) >= maxPolicies {
		return nil, limitExceeded("Cannot exceed quota for PoliciesPerAccount: %d", maxPolicies)
	}
	tags, err := mergeTags(nil, in.Tags, sameCase)
	if err != nil {
		return nil, err
	}
	if err := checkManaged(document); err != nil {
		return nil, err
	}
	now := b.now()
	policy := &Policy{
		Name: name, Path: cmp.Or(aws.ToString(in.Path), "/"), ID: b.uniqueID("ANPA"), Description: in.Description,
		Created: now, Updated: now, Tags: tags, Default: "v1", Last: 1,
		Versions: []Version{{ID: "v1", Document: document, Created: now}},
	}
	arn := b.policyARN(policy)
	b.state.Policies[arn] = policy
	out := b.briefPolicy(arn, policy)
	out.Tags = sdkTags(tags)
	return &sdk.CreatePolicyOutput{Policy: &out}, nil
}

func checkManaged(document string) error {
	if err := policydoc.Identity(document); err != nil {
		return malformedDocument(err)
	}
	if policydoc.Size(document) > maxManaged {
		return limitExceeded("Cannot exceed quota for PolicySize: %d", maxManaged)
	}
	return nil
}

// GetPolicy reads a managed policy without its documents.
func (b *Backend) GetPolicy(in *sdk.GetPolicyInput) (*sdk.GetPolicyOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	policy, err := b.existingPolicy(arn)
	if err != nil {
		return nil, err
	}
	out := b.briefPolicy(arn, policy)
	out.Description = policy.Description
	out.Tags = append([]types.Tag{}, sdkTags(policy.Tags)...)
	return &sdk.GetPolicyOutput{Policy: &out}, nil
}

// ListPolicies lists managed policies, without description and tags: the
// account's own, and those of AWS that the sandbox knows.
func (b *Backend) ListPolicies(in *sdk.ListPoliciesInput) (*sdk.ListPoliciesOutput, error) {
	var arns []string
	for _, arn := range b.policyARNs() {
		if b.listed(arn, in) {
			arns = append(arns, arn)
		}
	}
	found, err := paginate(arns, func(arn string) string { return arn }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := make([]types.Policy, 0, len(found.items))
	for _, arn := range found.items {
		policy, _ := b.policy(arn)
		out = append(out, b.briefPolicy(arn, policy))
	}
	return &sdk.ListPoliciesOutput{Policies: out, IsTruncated: found.truncated, Marker: found.marker}, nil
}

func (b *Backend) listed(arn string, in *sdk.ListPoliciesInput) bool {
	policy, _ := b.policy(arn)
	if !strings.HasPrefix(policy.Path, aws.ToString(in.PathPrefix)) {
		return false
	}
	switch {
	case in.Scope == types.PolicyScopeTypeAws && !b.isAWSOwned(arn),
		in.Scope == types.PolicyScopeTypeLocal && b.isAWSOwned(arn),
		in.OnlyAttached && b.attachmentCount(arn) == 0,
		in.PolicyUsageFilter == types.PolicyUsageTypePermissionsBoundary && b.boundaryCount(arn) == 0,
		in.PolicyUsageFilter == types.PolicyUsageTypePermissionsPolicy && b.attachmentCount(arn) == 0:
		return false
	}
	return true
}

// DeletePolicy removes a customer managed policy that nothing uses and that has
// no version but the default one.
func (b *Backend) DeletePolicy(in *sdk.DeletePolicyInput) (*sdk.DeletePolicyOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	policy, err := b.ownPolicy(arn, "DeletePolicy")
	if err != nil {
		return nil, err
	}
	if b.attachmentCount(arn)+b.boundaryCount(arn) > 0 {
		return nil, deleteConflict("Cannot delete a policy attached to entities.")
	}
	if len(policy.Versions) > 1 {
		return nil, deleteConflict("This policy has more than one version. Before you delete a policy, you must " +
			"delete the policy's versions. The default version is deleted with the policy.")
	}
	delete(b.state.Policies, arn)
	return &sdk.DeletePolicyOutput{}, nil
}

// policy finds a managed policy, the account's own or AWS's.
func (b *Backend) policy(arn string) (*Policy, bool) {
	if policy, found := b.state.Policies[arn]; found {
		return policy, true
	}
	return b.awsPolicy(arn)
}

func (b *Backend) existingPolicy(arn string) (*Policy, error) {
	if err := b.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	policy, found := b.policy(arn)
	if !found {
		return nil, noSuchPolicy(arn)
	}
	return policy, nil
}

// ownPolicy is existingPolicy for an operation that AWS's own policies refuse.
func (b *Backend) ownPolicy(arn, operation string) (*Policy, error) {
	policy, err := b.existingPolicy(arn)
	if err == nil && b.isAWSOwned(arn) {
		return nil, awserr.New("AccessDenied", "User: %s is not authorized to perform: iam:%s on resource: policy %s",
			b.env.CallerARN, operation, arn).WithStatus(http.StatusForbidden)
	}
	return policy, err
}

func noSuchPolicy(arn string) error { return noSuchEntity("Policy %s was not found.", arn) }

func (b *Backend) policyNamed(name string) bool {
	for _, policy := range b.state.Policies {
		if strings.EqualFold(policy.Name, name) {
			return true
		}
	}
	return false
}

func (b *Backend) policyARN(p *Policy) string { return b.env.GlobalARN("iam", "policy"+p.Path+p.Name) }

// policyARNs are all managed policies, sorted.
func (b *Backend) policyARNs() []string {
	arns := append(b.awsPolicyARNs(), slices.Collect(maps.Keys(b.state.Policies))...)
	slices.Sort(arns)
	return arns
}

func (b *Backend) briefPolicy(arn string, p *Policy) types.Policy {
	return types.Policy{
		Arn: aws.String(arn), AttachmentCount: aws.Int32(b.attachmentCount(arn)), CreateDate: aws.Time(p.Created),
		DefaultVersionId: aws.String(p.Default), IsAttachable: !strings.HasPrefix(p.Path, serviceRolePath),
		Path: aws.String(p.Path), PermissionsBoundaryUsageCount: aws.Int32(b.boundaryCount(arn)),
		PolicyId: aws.String(p.ID), PolicyName: aws.String(p.Name), UpdateDate: aws.Time(p.Updated),
	}
}

func (b *Backend) attachmentCount(arn string) int32 {
	return b.count(func(_ string, attached []string) bool { return slices.Contains(attached, arn) })
}

func (b *Backend) boundaryCount(arn string) int32 {
	return b.count(func(boundary string, _ []string) bool { return boundary == arn })
}

// count is how many roles and users have such a boundary or such policies.
func (b *Backend) count(such func(boundary string, attached []string) bool) int32 {
	var n int32
	for _, role := range b.state.Roles {
		if such(role.Boundary, role.Attached) {
			n++
		}
	}
	for _, user := range b.state.Users {
		if such(user.Boundary, user.Attached) {
			n++
		}
	}
	return n
}
