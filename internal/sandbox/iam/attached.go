package iam

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// AttachRolePolicy attaches a managed policy; one that is attached already stays.
func (b *Backend) AttachRolePolicy(in *sdk.AttachRolePolicyInput) (*sdk.AttachRolePolicyOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	arn := aws.ToString(in.PolicyArn)
	if err := b.checkAttachable(arn); err != nil {
		return nil, err
	}
	if slices.Contains(role.Attached, arn) {
		return &sdk.AttachRolePolicyOutput{}, nil
	}
	if len(role.Attached) >= maxAttached {
		return nil, limitExceeded("Cannot exceed quota for PoliciesPerRole: %d", maxAttached)
	}
	role.Attached = append(role.Attached, arn)
	return &sdk.AttachRolePolicyOutput{}, nil
}

func (b *Backend) checkAttachable(arn string) error {
	if err := b.checkPolicyARN(arn); err != nil {
		return err
	}
	policy, found := b.policy(arn)
	if !found {
		return noSuchEntity("Policy %s does not exist or is not attachable.", arn)
	}
	if strings.HasPrefix(policy.Path, serviceRolePath) {
		return awserr.New("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")
	}
	return nil
}

// checkPolicyARN refuses what is not the ARN of a managed policy in this
// account or of AWS. IAM has one code for what is no ARN at all and another for
// an ARN of something else.
func (b *Backend) checkPolicyARN(arn string) error {
	if !strings.HasPrefix(arn, "arn:") {
		return awserr.New("ValidationError", "ARN %s is not valid.", arn)
	}
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[1] != b.env.Partition || parts[2] != "iam" || parts[3] != "" ||
		parts[4] != awsOwned && !accountID.MatchString(parts[4]) || !strings.HasPrefix(parts[5], "policy/") {
		return invalidInput("ARN %s is not valid.", arn)
	}
	return nil
}

// DetachRolePolicy takes a managed policy off a role.
func (b *Backend) DetachRolePolicy(in *sdk.DetachRolePolicyInput) (*sdk.DetachRolePolicyOutput, error) {
	role, err := b.modifiableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	arn := aws.ToString(in.PolicyArn)
	if err := b.checkPolicyARN(arn); err != nil {
		return nil, err
	}
	at := slices.Index(role.Attached, arn)
	if at < 0 {
		return nil, noSuchPolicy(arn)
	}
	role.Attached = slices.Delete(role.Attached, at, at+1)
	return &sdk.DetachRolePolicyOutput{}, nil
}

// ListAttachedRolePolicies lists the managed policies on a role, by name.
func (b *Backend) ListAttachedRolePolicies(
	in *sdk.ListAttachedRolePoliciesInput,
) (*sdk.ListAttachedRolePoliciesOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	all := b.attachments(role, aws.ToString(in.PathPrefix))
	found, err := paginate(all, attachmentOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListAttachedRolePoliciesOutput{
		AttachedPolicies: append([]types.AttachedPolicy{}, found.items...),
		IsTruncated:      found.truncated, Marker: found.marker,
	}, nil
}

// attachments are the managed policies of a role whose path begins so.
func (b *Backend) attachments(role *Role, prefix string) []types.AttachedPolicy {
	out := make([]types.AttachedPolicy, 0, len(role.Attached))
	for _, arn := range role.Attached {
		policy, found := b.policy(arn)
		if found && strings.HasPrefix(policy.Path, prefix) {
			out = append(out, types.AttachedPolicy{PolicyArn: aws.String(arn), PolicyName: aws.String(policy.Name)})
		}
	}
	slices.SortFunc(out, func(x, y types.AttachedPolicy) int {
		return cmp.Compare(attachmentOrder(x), attachmentOrder(y))
	})
	return out
}

func attachmentOrder(p types.AttachedPolicy) string { return *p.PolicyName + " " + *p.PolicyArn }
