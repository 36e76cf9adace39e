package iam

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// CreatePolicyVersion adds a document to a customer managed policy, and makes it
// the one in force only if asked to.
func (b *Backend) CreatePolicyVersion(in *sdk.CreatePolicyVersionInput) (*sdk.CreatePolicyVersionOutput, error) {
	policy, err := b.ownPolicy(aws.ToString(in.PolicyArn), "CreatePolicyVersion")
	if err != nil {
		return nil, err
	}
	if err := checkManaged(aws.ToString(in.PolicyDocument)); err != nil {
		return nil, err
	}
	if len(policy.Versions) >= maxVersions {
		return nil, limitExceeded("A managed policy can have up to %d versions. Before you create a new version, "+
			"you must delete an existing version.", maxVersions)
	}
	policy.Last++
	policy.Updated = b.now()
	version := Version{ID: "v" + strconv.Itoa(policy.Last), Document: aws.ToString(in.PolicyDocument), Created: policy.Updated}
	policy.Versions = append(policy.Versions, version)
	if in.SetAsDefault {
		policy.Default = version.ID
	}
	out := shownVersion(policy, version)
	out.Document = nil
	return &sdk.CreatePolicyVersionOutput{PolicyVersion: &out}, nil
}

// GetPolicyVersion reads one document, percent-encoded.
func (b *Backend) GetPolicyVersion(in *sdk.GetPolicyVersionInput) (*sdk.GetPolicyVersionOutput, error) {
	policy, at, err := b.version(in.PolicyArn, in.VersionId)
	if err != nil {
		return nil, err
	}
	out := shownVersion(policy, policy.Versions[at])
	return &sdk.GetPolicyVersionOutput{PolicyVersion: &out}, nil
}

// ListPolicyVersions lists versions, newest first, without their documents.
func (b *Backend) ListPolicyVersions(in *sdk.ListPolicyVersionsInput) (*sdk.ListPolicyVersionsOutput, error) {
	policy, err := b.existingPolicy(aws.ToString(in.PolicyArn))
	if err != nil {
		return nil, err
	}
	found, err := paginate(shownVersions(policy), newestFirst, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	for i := range found.items {
		found.items[i].Document = nil
	}
	return &sdk.ListPolicyVersionsOutput{
		Versions: found.items, IsTruncated: found.truncated, Marker: found.marker,
	}, nil
}

// newestFirst is a key that falls as a version's number rises, with room for a
// billion versions.
func newestFirst(v types.PolicyVersion) string {
	number, err := strconv.Atoi(strings.TrimPrefix(*v.VersionId, "v"))
	if err != nil {
		return *v.VersionId
	}
	return fmt.Sprintf("%010d", 1_000_000_000-number)
}

// SetDefaultPolicyVersion puts a version into force.
func (b *Backend) SetDefaultPolicyVersion(
	in *sdk.SetDefaultPolicyVersionInput,
) (*sdk.SetDefaultPolicyVersionOutput, error) {
	policy, _, err := b.ownVersion(in.PolicyArn, in.VersionId, "SetDefaultPolicyVersion")
	if err != nil {
		return nil, err
	}
	policy.Default = aws.ToString(in.VersionId)
	policy.Updated = b.now()
	return &sdk.SetDefaultPolicyVersionOutput{}, nil
}

// DeletePolicyVersion removes a version that is not in force.
func (b *Backend) DeletePolicyVersion(in *sdk.DeletePolicyVersionInput) (*sdk.DeletePolicyVersionOutput, error) {
	policy, at, err := b.ownVersion(in.PolicyArn, in.VersionId, "DeletePolicyVersion")
	if err != nil {
		return nil, err
	}
	if policy.Default == aws.ToString(in.VersionId) {
		return nil, deleteConflict("Cannot delete the default version of a policy.")
	}
	policy.Versions = slices.Delete(policy.Versions, at, at+1)
	return &sdk.DeletePolicyVersionOutput{}, nil
}

func (b *Backend) ownVersion(arn, id *string, operation string) (*Policy, int, error) {
	policy, at, err := b.version(arn, id)
	if err != nil {
		return nil, 0, err
	}
	if _, err := b.ownPolicy(aws.ToString(arn), operation); err != nil {
		return nil, 0, err
	}
	return policy, at, nil
}

// version finds a policy and the place of one of its versions.
func (b *Backend) version(arn, id *string) (*Policy, int, error) {
	if err := b.checkPolicyARN(aws.ToString(arn)); err != nil {
		return nil, 0, err
	}
	policy, found := b.policy(aws.ToString(arn))
	if found {
		for at, version := range policy.Versions {
			if version.ID == aws.ToString(id) {
				return policy, at, nil
			}
		}
	}
	return nil, 0, noSuchEntity("Policy %s version %s does not exist or is not attachable.",
		aws.ToString(arn), aws.ToString(id))
}

// shownVersions are newest first.
func shownVersions(p *Policy) []types.PolicyVersion {
	out := make([]types.PolicyVersion, 0, len(p.Versions))
	for _, version := range slices.Backward(p.Versions) {
		out = append(out, shownVersion(p, version))
	}
	return out
}

func shownVersion(p *Policy, v Version) types.PolicyVersion {
	return types.PolicyVersion{
		VersionId: aws.String(v.ID), Document: encodeDocument(v.Document), CreateDate: aws.Time(v.Created),
		IsDefaultVersion: v.ID == p.Default,
	}
}

// inForce is the document of the version in force.
func (p *Policy) inForce() string {
	for _, version := range p.Versions {
		if version.ID == p.Default {
			return version.Document
		}
	}
	return ""
}
