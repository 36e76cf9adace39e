package iam

import (
	"encoding/base64"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func tagged(pairs ...string) []types.Tag {
	var out []types.Tag
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, types.Tag{Key: aws.String(pairs[i]), Value: aws.String(pairs[i+1])})
	}
	return out
}

// TestPolicyTags: keys that differ by case are two, as recorded in
// localstack's test_policy_tag_operations.
func TestPolicyTags(t *testing.T) {
	b := account()
	arn := createPolicy(t, b, "read")
	must[sdk.TagPolicyOutput](t)(b.TagPolicy(&sdk.TagPolicyInput{PolicyArn: &arn, Tags: tagged("a", "1", "A", "2")}))
	out := must[sdk.ListPolicyTagsOutput](t)(b.ListPolicyTags(&sdk.ListPolicyTagsInput{PolicyArn: &arn}))
	same(t, "tags", tagged("A", "2", "a", "1"), out.Tags)
	first := must[sdk.ListPolicyTagsOutput](t)(b.ListPolicyTags(&sdk.ListPolicyTagsInput{PolicyArn: &arn, MaxItems: aws.Int32(1)}))
	second := must[sdk.ListPolicyTagsOutput](t)(b.ListPolicyTags(&sdk.ListPolicyTagsInput{PolicyArn: &arn, Marker: first.Marker}))
	same(t, "pages", tagged("A", "2", "a", "1"), append(first.Tags, second.Tags...))
	must[sdk.UntagPolicyOutput](t)(b.UntagPolicy(&sdk.UntagPolicyInput{PolicyArn: &arn, TagKeys: []string{"a"}}))
	out = must[sdk.ListPolicyTagsOutput](t)(b.ListPolicyTags(&sdk.ListPolicyTagsInput{PolicyArn: &arn}))
	same(t, "tags left", tagged("A", "2"), out.Tags)
	_, err := b.TagPolicy(&sdk.TagPolicyInput{PolicyArn: aws.String(executionARN), Tags: tagged("a", "1")})
	refused(t, err, "AccessDenied", 403)
	_, err = b.TagPolicy(&sdk.TagPolicyInput{PolicyArn: &arn, Tags: tagged("a", "1", "a", "2")})
	refused(t, err, "InvalidInput", 400)
}

func TestListAndTagInstanceProfiles(t *testing.T) {
	b := account()
	for name, path := range map[string]string{"one": "/a/", "two": "/b/", "three": "/"} {
		must[sdk.CreateInstanceProfileOutput](t)(b.CreateInstanceProfile(&sdk.CreateInstanceProfileInput{
			InstanceProfileName: aws.String(name), Path: aws.String(path), Tags: tagged("k", "v")}))
	}
	all := must[sdk.ListInstanceProfilesOutput](t)(b.ListInstanceProfiles(&sdk.ListInstanceProfilesInput{MaxItems: aws.Int32(2)}))
	if len(all.InstanceProfiles) != 2 || !all.IsTruncated || all.InstanceProfiles[0].Tags != nil {
		t.Errorf("listed %d profiles, truncated %v, want two without tags", len(all.InstanceProfiles), all.IsTruncated)
	}
	under := must[sdk.ListInstanceProfilesOutput](t)(b.ListInstanceProfiles(&sdk.ListInstanceProfilesInput{PathPrefix: aws.String("/a/")}))
	if len(under.InstanceProfiles) != 1 || *under.InstanceProfiles[0].InstanceProfileName != "one" {
		t.Errorf("listed %d profiles under /a/, want one", len(under.InstanceProfiles))
	}
	one := aws.String("one")
	must[sdk.TagInstanceProfileOutput](t)(b.TagInstanceProfile(&sdk.TagInstanceProfileInput{InstanceProfileName: one, Tags: tagged("l", "w")}))
	must[sdk.UntagInstanceProfileOutput](t)(b.UntagInstanceProfile(&sdk.UntagInstanceProfileInput{InstanceProfileName: one, TagKeys: []string{"k", "K"}}))
	tags := must[sdk.ListInstanceProfileTagsOutput](t)(b.ListInstanceProfileTags(&sdk.ListInstanceProfileTagsInput{InstanceProfileName: one}))
	same(t, "tags", tagged("l", "w"), tags.Tags)
}

func TestEntitiesForPolicy(t *testing.T) {
	b, own := populated(t)
	for name, c := range map[string]struct {
		in   sdk.ListEntitiesForPolicyInput
		want int
	}{
		"all":        {sdk.ListEntitiesForPolicyInput{}, 1},
		"boundaries": {sdk.ListEntitiesForPolicyInput{PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary}, 1},
		"elsewhere":  {sdk.ListEntitiesForPolicyInput{PathPrefix: aws.String("/other/")}, 0},
		"groups":     {sdk.ListEntitiesForPolicyInput{EntityFilter: types.EntityTypeGroup}, 0},
	} {
		c.in.PolicyArn = &own
		out := must[sdk.ListEntitiesForPolicyOutput](t)(b.ListEntitiesForPolicy(&c.in))
		if len(out.PolicyRoles) != c.want {
			t.Errorf("%s: %d roles, want %d", name, len(out.PolicyRoles), c.want)
		}
	}
	_, err := b.ListEntitiesForPolicy(&sdk.ListEntitiesForPolicyInput{PolicyArn: aws.String("arn:aws:iam::012345678901:policy/none")})
	refused(t, err, "NoSuchEntity", 404)
}

func TestDeletionStatus(t *testing.T) {
	b := account()
	must[sdk.CreateServiceLinkedRoleOutput](t)(b.CreateServiceLinkedRole(&sdk.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ecs.amazonaws.com")}))
	task := must[sdk.DeleteServiceLinkedRoleOutput](t)(b.DeleteServiceLinkedRole(&sdk.DeleteServiceLinkedRoleInput{RoleName: aws.String("AWSServiceRoleForECS")}))
	out := must[sdk.GetServiceLinkedRoleDeletionStatusOutput](t)(b.GetServiceLinkedRoleDeletionStatus(
		&sdk.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task.DeletionTaskId}))
	if out.Status != types.DeletionTaskStatusTypeSucceeded {
		t.Errorf("the deletion is %s", out.Status)
	}
	_, err := b.GetServiceLinkedRoleDeletionStatus(&sdk.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: aws.String("task/none")})
	refused(t, err, "NoSuchEntity", 404)
}

func TestSimulateCustomPolicy(t *testing.T) {
	b := account()
	in := &sdk.SimulateCustomPolicyInput{
		PolicyInputList: []string{readS3}, ActionNames: []string{"s3:GetObject", "s3:PutObject"}, MaxItems: aws.Int32(1),
	}
	first := must[sdk.SimulateCustomPolicyOutput](t)(b.SimulateCustomPolicy(in))
	in.Marker = first.Marker
	second := must[sdk.SimulateCustomPolicyOutput](t)(b.SimulateCustomPolicy(in))
	got := []types.PolicyEvaluationDecisionType{first.EvaluationResults[0].EvalDecision, second.EvaluationResults[0].EvalDecision}
	same(t, "decisions", []types.PolicyEvaluationDecisionType{"allowed", "implicitDeny"}, got)
	bound := must[sdk.SimulateCustomPolicyOutput](t)(b.SimulateCustomPolicy(&sdk.SimulateCustomPolicyInput{
		PolicyInputList: []string{readS3}, ActionNames: []string{"s3:GetObject"},
		PermissionsBoundaryPolicyInputList: []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}`},
	}))
	if got := bound.EvaluationResults[0].EvalDecision; got != "implicitDeny" {
		t.Errorf("beyond the boundary: %s", got)
	}
	_, err := b.SimulateCustomPolicy(&sdk.SimulateCustomPolicyInput{PolicyInputList: []string{"{}"}, ActionNames: []string{"s3:GetObject"}})
	refused(t, err, "InvalidInput", 400)
}

// TestMarkersAreSealed changes a marker's place without its checksum.
func TestMarkersAreSealed(t *testing.T) {
	b := account()
	for _, name := range []string{"a", "b", "c"} {
		createRole(t, b, name)
	}
	page := must[sdk.ListRolesOutput](t)(b.ListRoles(&sdk.ListRolesInput{MaxItems: aws.Int32(1)}))
	raw, err := base64.StdEncoding.DecodeString(*page.Marker)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1]++
	_, err = b.ListRoles(&sdk.ListRolesInput{Marker: aws.String(base64.StdEncoding.EncodeToString(raw))})
	refused(t, err, "ValidationError", 400)
}
