package iam

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

// populated is an account of two roles, one policy and one of AWS's in use.
func populated(t *testing.T) (b *Backend, own string) {
	t.Helper()
	b = account()
	own = createPolicy(t, b, "read")
	must[sdk.CreateRoleOutput](t)(b.CreateRole(&sdk.CreateRoleInput{
		RoleName: aws.String("web"), Path: aws.String("/app/"), AssumeRolePolicyDocument: aws.String(trustTasks),
		Description: aws.String("d"), MaxSessionDuration: aws.Int32(7200), PermissionsBoundary: &own,
		Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}))
	createRole(t, b, "bare")
	for _, arn := range []string{executionARN, own} {
		if err := attach(b, "web", arn); err != nil {
			t.Fatal(err)
		}
	}
	if err := putInline(b, "web", "inline", readS3); err != nil {
		t.Fatal(err)
	}
	name := aws.String("web")
	must[sdk.CreateInstanceProfileOutput](t)(b.CreateInstanceProfile(&sdk.CreateInstanceProfileInput{InstanceProfileName: name}))
	must[sdk.AddRoleToInstanceProfileOutput](t)(b.AddRoleToInstanceProfile(&sdk.AddRoleToInstanceProfileInput{
		InstanceProfileName: name, RoleName: name,
	}))
	return b, own
}

func TestAuthorizationDetailsOfARole(t *testing.T) {
	b, own := populated(t)
	out := must[sdk.GetAccountAuthorizationDetailsOutput](t)(b.GetAccountAuthorizationDetails(
		&sdk.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{types.EntityTypeRole}}))
	role := getRole(t, b, "web")
	brief := types.Role{
		Arn: role.Arn, RoleName: role.RoleName, RoleId: role.RoleId, Path: role.Path, CreateDate: role.CreateDate,
		AssumeRolePolicyDocument: role.AssumeRolePolicyDocument,
	}
	profile := must[sdk.GetInstanceProfileOutput](t)(b.GetInstanceProfile(
		&sdk.GetInstanceProfileInput{InstanceProfileName: aws.String("web")})).InstanceProfile
	same(t, "roles of the profile", []types.Role{brief}, profile.Roles)
	same(t, "tags of the profile", []types.Tag{}, profile.Tags)
	profile.Tags = nil // which lists leave out
	same(t, "details", []types.RoleDetail{{
		Arn: role.Arn, RoleName: role.RoleName, RoleId: role.RoleId, Path: role.Path, CreateDate: role.CreateDate,
		AssumeRolePolicyDocument: encodeDocument(trustTasks), RoleLastUsed: &types.RoleLastUsed{},
		PermissionsBoundary: role.PermissionsBoundary, Tags: role.Tags, InstanceProfileList: []types.InstanceProfile{*profile},
		AttachedManagedPolicies: []types.AttachedPolicy{
			{PolicyName: aws.String("AmazonECSTaskExecutionRolePolicy"), PolicyArn: aws.String(executionARN)},
			{PolicyName: aws.String("read"), PolicyArn: &own},
		},
		RolePolicyList: []types.PolicyDetail{{PolicyName: aws.String("inline"), PolicyDocument: encodeDocument(readS3)}},
	}}, out.RoleDetailList[:1])
	if len(out.RoleDetailList) != 2 || len(out.Policies) != 0 || out.IsTruncated {
		t.Errorf("%d roles, %d policies, truncated %v", len(out.RoleDetailList), len(out.Policies), out.IsTruncated)
	}
	bare := out.RoleDetailList[1]
	if bare.Tags == nil || bare.RolePolicyList == nil || bare.AttachedManagedPolicies == nil || bare.InstanceProfileList == nil {
		t.Errorf("a bare role has lists that are absent: %s", toJSON(t, bare))
	}
}

func TestAuthorizationDetailsPagesAndFilters(t *testing.T) {
	b, own := populated(t)
	createRole(t, b, "zz")
	all := []string{"web", "bare", "zz", own, executionARN} // in order of path and name
	for name, test := range map[string]struct {
		filter []types.EntityType
		want   []string
	}{
		"all":          {nil, all},
		"roles":        {[]types.EntityType{types.EntityTypeRole}, all[:3]},
		"own":          {[]types.EntityType{types.EntityTypeLocalManagedPolicy}, all[3:4]},
		"AWS's in use": {[]types.EntityType{types.EntityTypeAWSManagedPolicy}, all[4:]},
		"two":          {[]types.EntityType{types.EntityTypeAWSManagedPolicy, types.EntityTypeRole}, []string{"web", "bare", "zz", executionARN}},
		"users":        {[]types.EntityType{types.EntityTypeUser, types.EntityTypeGroup}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int32{1, 2, 1000} {
				got := detailNames(t, b, &sdk.GetAccountAuthorizationDetailsInput{Filter: test.filter, MaxItems: &size})
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("pages of %d (-want +got):\n%s", size, diff)
				}
			}
		})
	}
	_, err := b.GetAccountAuthorizationDetails(&sdk.GetAccountAuthorizationDetailsInput{Marker: aws.String("?")})
	refused(t, err, "ValidationError", 400)
}

// detailNames reads all pages and names what is on them.
func detailNames(t *testing.T, b *Backend, in *sdk.GetAccountAuthorizationDetailsInput) (names []string) {
	t.Helper()
	for {
		out := must[sdk.GetAccountAuthorizationDetailsOutput](t)(b.GetAccountAuthorizationDetails(in))
		if n := len(out.RoleDetailList) + len(out.Policies); n > int(*in.MaxItems) {
			t.Fatalf("a page has %d entities, more than %d", n, *in.MaxItems)
		}
		for _, role := range out.RoleDetailList {
			names = append(names, *role.RoleName)
		}
		for _, policy := range out.Policies {
			names = append(names, *policy.Arn)
			if len(policy.PolicyVersionList) == 0 || policy.PolicyVersionList[0].Document == nil {
				t.Errorf("policy %s comes without its document", *policy.Arn)
			}
		}
		if !out.IsTruncated {
			return names
		}
		in.Marker = out.Marker
	}
}

func TestInstanceProfiles(t *testing.T) {
	b, _ := populated(t)
	list := must[sdk.ListInstanceProfilesForRoleOutput](t)(b.ListInstanceProfilesForRole(
		&sdk.ListInstanceProfilesForRoleInput{RoleName: aws.String("web")}))
	if len(list.InstanceProfiles) != 1 || *list.InstanceProfiles[0].InstanceProfileName != "web" {
		t.Errorf("profiles of web: %s", toJSON(t, list.InstanceProfiles))
	}
	_, err := b.CreateInstanceProfile(&sdk.CreateInstanceProfileInput{InstanceProfileName: aws.String("WEB")})
	refused(t, err, "EntityAlreadyExists", 409)
	_, err = b.AddRoleToInstanceProfile(&sdk.AddRoleToInstanceProfileInput{
		InstanceProfileName: aws.String("web"), RoleName: aws.String("bare"),
	})
	refused(t, err, "LimitExceeded", 409)
	_, err = b.RemoveRoleFromInstanceProfile(&sdk.RemoveRoleFromInstanceProfileInput{
		InstanceProfileName: aws.String("web"), RoleName: aws.String("bare"),
	})
	refused(t, err, "NoSuchEntity", 404)
	_, err = b.DeleteInstanceProfile(&sdk.DeleteInstanceProfileInput{InstanceProfileName: aws.String("web")})
	refused(t, err, "DeleteConflict", 409)
	must[sdk.RemoveRoleFromInstanceProfileOutput](t)(b.RemoveRoleFromInstanceProfile(
		&sdk.RemoveRoleFromInstanceProfileInput{InstanceProfileName: aws.String("web"), RoleName: aws.String("web")}))
	must[sdk.DeleteInstanceProfileOutput](t)(b.DeleteInstanceProfile(
		&sdk.DeleteInstanceProfileInput{InstanceProfileName: aws.String("web")}))
	_, err = b.GetInstanceProfile(&sdk.GetInstanceProfileInput{InstanceProfileName: aws.String("web")})
	refused(t, err, "NoSuchEntity", 404)
}

// A scan of the account is what the reconciler does most: it must stay cheap.
func BenchmarkAuthorizationDetailsOf1000Roles(b *testing.B) {
	backend := account()
	for i := range 1000 {
		name := fmt.Sprintf("role-%d", i)
		_, err := backend.CreateRole(&sdk.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trustTasks)})
		if err != nil {
			b.Fatal(err)
		}
		if err := attach(backend, name, executionARN); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := backend.GetAccountAuthorizationDetails(&sdk.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1000)})
		if err != nil {
			b.Fatal(err)
		}
	}
}
