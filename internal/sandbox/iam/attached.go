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
	if err := b.attach(&role.Attached, aws.ToString(in.PolicyArn), "PoliciesPerRole"); err != nil {
		return nil, err
	}
	return &sdk.AttachRolePolicyOutput{}, nil
}

// attach adds a policy to those of a role or user, within its quota.
func (b *Backend) attach(attached *[]string, arn, quota string) error {
	if err := b.checkAttachable(arn); err != nil {
		return err
	}
	if slices.Contains(*attached, arn) {
		return nil
	}
	if len(*attached) >= maxAttached {
		return limitExceeded("Cannot exceed quota for %s: %d", quota, maxAttached)
	}
	*attached = append(*attached, arn)
	return nil
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
	if err := b.detach(&role.Attached, aws.ToString(in.PolicyArn)); err != nil {
		return nil, err
	}
	return &sdk.DetachRolePolicyOutput{}, nil
}

// detach removes a policy from those of a role or user.
func (b *Backend) detach(attached *[]string, arn string) error {
	if err := b.checkPolicyARN(arn); err != nil {
		return err
	}
	at := slices.Index(*attached, arn)
	if at < 0 {
		return noSuchPolicy(arn)
	}
	*attached = slices.Delete(*attached, at, at+1)
	return nil
}

// ListAttachedRolePolicies lists the managed policies on a role, by name.
func (b *Backend) ListAttachedRolePolicies(
	in *sdk.ListAttachedRolePoliciesInput,
) (*sdk.ListAttachedRolePoliciesOutput, error) {
	role, err := b.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	all := b.attachments(role.Attached, aws.ToString(in.PathPrefix))
	found, err := paginate(all, attachmentOrder, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return &sdk.ListAttachedRolePoliciesOutput{
		AttachedPolicies: append([]types.AttachedPolicy{}, found.items...),
		IsTruncated:      found.truncated, Marker: found.marker,
	}, nil
}

// attachments are those of the managed policies whose path begins so.
func (b *Backend) attachments(attached []string, prefix string) []types.AttachedPolicy {
	out := make([]types.AttachedPolicy, 0, len(attached))
	for _, arn := range attached {
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
