package iam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

func TestPolicyShapes(t *testing.T) {
	b := account()
	tags := []types.Tag{{Key: aws.String("A"), Value: aws.String("1")}, {Key: aws.String("a"), Value: aws.String("2")}}
	created := must[sdk.CreatePolicyOutput](t)(b.CreatePolicy(&sdk.CreatePolicyInput{
		PolicyName: aws.String("read"), Path: aws.String("/team/"), Description: aws.String("reads"),
		PolicyDocument: aws.String(readS3), Tags: tags,
	})).Policy
	arn := "arn:aws:iam::012345678901:policy/team/read"
	want := types.Policy{
		Arn: &arn, PolicyName: aws.String("read"), Path: aws.String("/team/"), PolicyId: created.PolicyId,
		DefaultVersionId: aws.String("v1"), AttachmentCount: aws.Int32(0), PermissionsBoundaryUsageCount: aws.Int32(0),
		IsAttachable: true, CreateDate: aws.Time(b.now()), UpdateDate: aws.Time(b.now()),
	}
	listed := must[sdk.ListPoliciesOutput](t)(b.ListPolicies(&sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal}))
	same(t, "ListPolicies", []types.Policy{want}, listed.Policies)
	want.Tags = tags
	same(t, "CreatePolicy", want, created)
	want.Description = aws.String("reads")
	same(t, "GetPolicy", want, must[sdk.GetPolicyOutput](t)(b.GetPolicy(&sdk.GetPolicyInput{PolicyArn: &arn})).Policy)
	version := must[sdk.GetPolicyVersionOutput](t)(b.GetPolicyVersion(&sdk.GetPolicyVersionInput{
		PolicyArn: &arn, VersionId: aws.String("v1"),
	})).PolicyVersion
	if got := decoded(t, version.Document); got != readS3 || !version.IsDefaultVersion {
		t.Errorf("version is %s", toJSON(t, version))
	}
}

func TestCreatePolicyRefuses(t *testing.T) {
	b := account()
	createPolicy(t, b, "there")
	create := func(name, document string) error {
		_, err := b.CreatePolicy(&sdk.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document})
		return err
	}
	refusedWith(t, create("THERE", readS3), "EntityAlreadyExists", 409,
		"A policy called THERE already exists. Duplicate names are not allowed.")
	refused(t, create("new", trustTasks), "MalformedPolicyDocument", 400)
	long := `{"Version":"2012-10-17","Statement":[{"Sid":"` + strings.Repeat("x", 6144) +
		`","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	refusedWith(t, create("new", long), "LimitExceeded", 409, "Cannot exceed quota for PolicySize: 6144")
	twice := []types.Tag{{Key: aws.String("k")}, {Key: aws.String("k")}}
	_, err := b.CreatePolicy(&sdk.CreatePolicyInput{PolicyName: aws.String("new"), PolicyDocument: aws.String(readS3), Tags: twice})
	refusedWith(t, err, "InvalidInput", 400, "Duplicate tag keys found.")
}

func TestGetPolicyRefuses(t *testing.T) {
	b := account()
	const none = "arn:aws:iam::012345678901:policy/none"
	_, err := b.GetPolicy(&sdk.GetPolicyInput{PolicyArn: aws.String(none)})
	refusedWith(t, err, "NoSuchEntity", 404, "Policy "+none+" was not found.")
	_, err = b.GetPolicyVersion(&sdk.GetPolicyVersionInput{PolicyArn: aws.String(none), VersionId: aws.String("v1")})
	refusedWith(t, err, "NoSuchEntity", 404, "Policy "+none+" version v1 does not exist or is not attachable.")
	_, err = b.GetPolicy(&sdk.GetPolicyInput{PolicyArn: aws.String("arn:aws:iam::012345678901:role/none")})
	refused(t, err, "InvalidInput", 400)
}

func TestListPoliciesFilters(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	used := createPolicy(t, b, "used")
	edge := createPolicy(t, b, "edge")
	createPolicy(t, b, "idle")
	if err := attach(b, "web", used); err != nil {
		t.Fatal(err)
	}
	if err := attach(b, "web", executionARN); err != nil {
		t.Fatal(err)
	}
	must[sdk.PutRolePermissionsBoundaryOutput](t)(b.PutRolePermissionsBoundary(&sdk.PutRolePermissionsBoundaryInput{
		RoleName: aws.String("web"), PermissionsBoundary: &edge,
	}))
	for name, test := range map[string]struct {
		in   sdk.ListPoliciesInput
		want []string
	}{
		"own":         {sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal}, []string{"edge", "idle", "used"}},
		"attached":    {sdk.ListPoliciesInput{OnlyAttached: true}, []string{"used", "AmazonECSTaskExecutionRolePolicy"}},
		"AWS's, path": {sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeAws, PathPrefix: aws.String("/aws-service-role/")}, []string{"AmazonECSServiceRolePolicy"}},
		"boundaries":  {sdk.ListPoliciesInput{PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary}, []string{"edge"}},
		"permissions": {sdk.ListPoliciesInput{PolicyUsageFilter: types.PolicyUsageTypePermissionsPolicy, Scope: types.PolicyScopeTypeLocal}, []string{"used"}},
		"first page":  {sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, MaxItems: aws.Int32(1)}, []string{"edge"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range must[sdk.ListPoliciesOutput](t)(b.ListPolicies(&test.in)).Policies {
				got = append(got, *p.PolicyName)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("policies (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPolicyVersions(t *testing.T) {
	b := account()
	arn := createPolicy(t, b, "read")
	other := strings.Replace(readS3, "s3:GetObject", "s3:ListBucket", 1)
	add := func(inForce bool) (*sdk.CreatePolicyVersionOutput, error) {
		return b.CreatePolicyVersion(&sdk.CreatePolicyVersionInput{
			PolicyArn: &arn, PolicyDocument: &other, SetAsDefault: inForce,
		})
	}
	for i := 2; i <= 5; i++ {
		version := must[sdk.CreatePolicyVersionOutput](t)(add(i == 3)).PolicyVersion
		if *version.VersionId != fmt.Sprintf("v%d", i) || version.IsDefaultVersion != (i == 3) || version.Document != nil {
			t.Errorf("version %d is %s", i, toJSON(t, version))
		}
	}
	_, err := add(false)
	refusedWith(t, err, "LimitExceeded", 409, "A managed policy can have up to 5 versions. "+
		"Before you create a new version, you must delete an existing version.")
	drop := func(id string) error {
		_, err := b.DeletePolicyVersion(&sdk.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: &id})
		return err
	}
	refusedWith(t, drop("v3"), "DeleteConflict", 409, "Cannot delete the default version of a policy.")
	refused(t, drop("v9"), "NoSuchEntity", 404)
	if err := drop("v1"); err != nil {
		t.Fatalf("DeletePolicyVersion: %v", err)
	}
	must[sdk.SetDefaultPolicyVersionOutput](t)(b.SetDefaultPolicyVersion(&sdk.SetDefaultPolicyVersionInput{
		PolicyArn: &arn, VersionId: aws.String("v2"),
	}))
	must[sdk.CreatePolicyVersionOutput](t)(add(false))
	var ids []string
	in := &sdk.ListPolicyVersionsInput{PolicyArn: &arn, MaxItems: aws.Int32(2)}
	for more := true; more; {
		out := must[sdk.ListPolicyVersionsOutput](t)(b.ListPolicyVersions(in))
		for _, v := range out.Versions {
			ids = append(ids, fmt.Sprintf("%s %v %v", *v.VersionId, v.IsDefaultVersion, v.Document == nil))
		}
		more, in.Marker = out.IsTruncated, out.Marker
	}
	if diff := cmp.Diff([]string{"v6 false true", "v5 false true", "v4 false true", "v3 false true", "v2 true true"}, ids); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestDeletePolicy(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	arn := createPolicy(t, b, "read")
	remove := func(arn string) error {
		_, err := b.DeletePolicy(&sdk.DeletePolicyInput{PolicyArn: &arn})
		return err
	}
	if err := attach(b, "web", arn); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, remove(arn), "DeleteConflict", 409, "Cannot delete a policy attached to entities.")
	must[sdk.DetachRolePolicyOutput](t)(b.DetachRolePolicy(&sdk.DetachRolePolicyInput{RoleName: aws.String("web"), PolicyArn: &arn}))
	must[sdk.CreatePolicyVersionOutput](t)(b.CreatePolicyVersion(&sdk.CreatePolicyVersionInput{
		PolicyArn: &arn, PolicyDocument: aws.String(readS3), SetAsDefault: true,
	}))
	refused(t, remove(arn), "DeleteConflict", 409)
	must[sdk.DeletePolicyVersionOutput](t)(b.DeletePolicyVersion(&sdk.DeletePolicyVersionInput{
		PolicyArn: &arn, VersionId: aws.String("v1"),
	}))
	if err := remove(arn); err != nil {
		t.Fatalf("DeletePolicy: %v", err)
	}
	refused(t, remove(arn), "NoSuchEntity", 404)
	refused(t, remove(executionARN), "AccessDenied", 403)
}
