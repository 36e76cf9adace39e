package iam

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

func TestRoleShapes(t *testing.T) {
	b := account()
	boundary := createPolicy(t, b, "edge")
	created := must[sdk.CreateRoleOutput](t)(b.CreateRole(&sdk.CreateRoleInput{
		RoleName: aws.String("web"), Path: aws.String("/app/"), AssumeRolePolicyDocument: aws.String(trustTasks),
		Description: aws.String("the web"), MaxSessionDuration: aws.Int32(7200), PermissionsBoundary: &boundary,
		Tags: []types.Tag{{Key: aws.String("b"), Value: aws.String("2")}, {Key: aws.String("a"), Value: aws.String("")}},
	})).Role
	if len(*created.RoleId) != 21 || !strings.HasPrefix(*created.RoleId, "AROA") {
		t.Errorf("RoleId = %q, want AROA and 17 more", *created.RoleId)
	}
	brief := types.Role{
		Arn: aws.String(accountRole + "app/web"), RoleName: aws.String("web"), RoleId: created.RoleId, Path: aws.String("/app/"),
		CreateDate: aws.Time(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)), AssumeRolePolicyDocument: encodeDocument(trustTasks),
	}
	listed := brief
	listed.Description, listed.MaxSessionDuration = aws.String("the web"), aws.Int32(7200)
	full := listed
	full.RoleLastUsed = &types.RoleLastUsed{}
	full.PermissionsBoundary = &types.AttachedPermissionsBoundary{
		PermissionsBoundaryArn: &boundary, PermissionsBoundaryType: "Policy",
	}
	full.Tags = []types.Tag{{Key: aws.String("a"), Value: aws.String("")}, {Key: aws.String("b"), Value: aws.String("2")}}
	brief.PermissionsBoundary, brief.Tags = full.PermissionsBoundary, full.Tags

	same(t, "CreateRole", brief, created)
	same(t, "GetRole", full, getRole(t, b, "web"))
	same(t, "ListRoles", []types.Role{listed}, must[sdk.ListRolesOutput](t)(b.ListRoles(&sdk.ListRolesInput{})).Roles)
}

func TestRoleDefaults(t *testing.T) {
	b := account()
	createRole(t, b, "plain")
	role := getRole(t, b, "plain")
	if *role.Path != "/" || *role.MaxSessionDuration != 3600 || role.Description != nil || role.Tags != nil ||
		role.PermissionsBoundary != nil {
		t.Errorf("defaults of a role are\n%s", toJSON(t, role))
	}
}

func TestCreateRoleRefuses(t *testing.T) {
	tag := func(key string) types.Tag { return types.Tag{Key: &key, Value: aws.String("v")} }
	many := make([]types.Tag, 51)
	for i := range many {
		many[i] = tag(fmt.Sprint(i))
	}
	for _, test := range []struct {
		name   string
		change func(*sdk.CreateRoleInput)
		code   string
		status int
	}{
		{"same name", func(in *sdk.CreateRoleInput) { in.RoleName = aws.String("there") }, "EntityAlreadyExists", 409},
		{"name of another case", func(in *sdk.CreateRoleInput) { in.RoleName = aws.String("THERE") }, "EntityAlreadyExists", 409},
		{"AWS's path", func(in *sdk.CreateRoleInput) { in.Path = aws.String("/aws-service-role/ecs.amazonaws.com/") }, "InvalidInput", 400},
		{"no trust", func(in *sdk.CreateRoleInput) { in.AssumeRolePolicyDocument = aws.String("{}") }, "MalformedPolicyDocument", 400},
		{"boundary unknown", func(in *sdk.CreateRoleInput) {
			in.PermissionsBoundary = aws.String("arn:aws:iam::012345678901:policy/none")
		}, "NoSuchEntity", 404},
		{"boundary no policy", func(in *sdk.CreateRoleInput) {
			in.PermissionsBoundary = aws.String("arn:aws:iam::012345678901:role/none")
		}, "InvalidInput", 400},
		{"too many tags", func(in *sdk.CreateRoleInput) { in.Tags = many }, "LimitExceeded", 409},
		{"a tag twice", func(in *sdk.CreateRoleInput) { in.Tags = []types.Tag{tag("k"), tag("K")} }, "InvalidInput", 400},
		{"AWS's tag", func(in *sdk.CreateRoleInput) { in.Tags = []types.Tag{tag("AWS:x")} }, "InvalidInput", 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := account()
			createRole(t, b, "there")
			in := &sdk.CreateRoleInput{RoleName: aws.String("new"), AssumeRolePolicyDocument: aws.String(trustTasks)}
			test.change(in)
			_, err := b.CreateRole(in)
			refused(t, err, test.code, test.status)
			if n := len(b.state.Roles); n != 1 {
				t.Errorf("%d roles after a refusal, want 1", n)
			}
		})
	}
}

func TestRoleQuota(t *testing.T) {
	b := account()
	b.MaxRoles = 1
	createRole(t, b, "one")
	_, err := b.CreateRole(&sdk.CreateRoleInput{RoleName: aws.String("two"), AssumeRolePolicyDocument: aws.String(trustTasks)})
	refusedWith(t, err, "LimitExceeded", 409, "Cannot exceed quota for RolesPerAccount: 1")
}

func TestListRolesPages(t *testing.T) {
	b := account()
	for i := range 5 {
		must[sdk.CreateRoleOutput](t)(b.CreateRole(&sdk.CreateRoleInput{
			RoleName: aws.String(fmt.Sprintf("r%d", i)), Path: aws.String([]string{"/b/", "/a/"}[i%2]),
			AssumeRolePolicyDocument: aws.String(trustTasks),
		}))
	}
	var names []string
	in := &sdk.ListRolesInput{MaxItems: aws.Int32(2)}
	for {
		out := must[sdk.ListRolesOutput](t)(b.ListRoles(in))
		for _, role := range out.Roles {
			names = append(names, *role.RoleName)
		}
		if out.IsTruncated != (out.Marker != nil) {
			t.Fatalf("IsTruncated is %v, and the marker %v", out.IsTruncated, out.Marker)
		}
		if !out.IsTruncated {
			break
		}
		in.Marker = out.Marker
		// What was listed may go without harm to the pages to come.
		must[sdk.DeleteRoleOutput](t)(b.DeleteRole(&sdk.DeleteRoleInput{RoleName: out.Roles[0].RoleName}))
	}
	if diff := cmp.Diff([]string{"r1", "r3", "r0", "r2", "r4"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	left := must[sdk.ListRolesOutput](t)(b.ListRoles(&sdk.ListRolesInput{PathPrefix: aws.String("/a/")}))
	if len(left.Roles) != 1 || *left.Roles[0].RoleName != "r3" {
		t.Errorf("below /a/: %s", toJSON(t, left.Roles))
	}
	none := must[sdk.ListRolesOutput](t)(b.ListRoles(&sdk.ListRolesInput{PathPrefix: aws.String("/none/")}))
	if none.Roles == nil || len(none.Roles) != 0 {
		t.Errorf("below /none/: %v, want an empty list", none.Roles)
	}
	_, err := b.ListRoles(&sdk.ListRolesInput{Marker: aws.String("made up")})
	refused(t, err, "ValidationError", 400)
}

func TestUpdateRole(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	update := func(description *string, session *int32) *types.Role {
		must[sdk.UpdateRoleOutput](t)(b.UpdateRole(&sdk.UpdateRoleInput{
			RoleName: aws.String("web"), Description: description, MaxSessionDuration: session,
		}))
		return getRole(t, b, "web")
	}
	if role := update(aws.String("one"), aws.Int32(7200)); *role.Description != "one" || *role.MaxSessionDuration != 7200 {
		t.Errorf("after both: %q, %d", *role.Description, *role.MaxSessionDuration)
	}
	if role := update(nil, nil); *role.Description != "one" || *role.MaxSessionDuration != 7200 {
		t.Errorf("after neither: %q, %d; want no change", *role.Description, *role.MaxSessionDuration)
	}
	if role := update(aws.String("two"), nil); *role.Description != "two" || *role.MaxSessionDuration != 3600 {
		t.Errorf("after a description alone: %q, %d; want one hour", *role.Description, *role.MaxSessionDuration)
	}
	if role := update(nil, aws.Int32(43200)); *role.Description != "two" || *role.MaxSessionDuration != 43200 {
		t.Errorf("after a session alone: %q, %d", *role.Description, *role.MaxSessionDuration)
	}
	out := must[sdk.UpdateRoleDescriptionOutput](t)(b.UpdateRoleDescription(&sdk.UpdateRoleDescriptionInput{
		RoleName: aws.String("web"), Description: aws.String("three"),
	}))
	if *out.Role.Description != "three" || *getRole(t, b, "web").MaxSessionDuration != 43200 {
		t.Error("UpdateRoleDescription does not change the description alone")
	}
}

func TestDeleteRoleConflicts(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	name := aws.String("web")
	must[sdk.PutRolePolicyOutput](t)(b.PutRolePolicy(&sdk.PutRolePolicyInput{
		RoleName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(readS3),
	}))
	must[sdk.AttachRolePolicyOutput](t)(b.AttachRolePolicy(&sdk.AttachRolePolicyInput{
		RoleName: name, PolicyArn: aws.String(executionARN),
	}))
	must[sdk.CreateInstanceProfileOutput](t)(b.CreateInstanceProfile(&sdk.CreateInstanceProfileInput{InstanceProfileName: name}))
	must[sdk.AddRoleToInstanceProfileOutput](t)(b.AddRoleToInstanceProfile(&sdk.AddRoleToInstanceProfileInput{
		RoleName: name, InstanceProfileName: name,
	}))
	remove := func() error {
		_, err := b.DeleteRole(&sdk.DeleteRoleInput{RoleName: name})
		return err
	}
	refusedWith(t, remove(), "DeleteConflict", 409, "Cannot delete entity, must remove roles from instance profile first.")
	must[sdk.RemoveRoleFromInstanceProfileOutput](t)(b.RemoveRoleFromInstanceProfile(
		&sdk.RemoveRoleFromInstanceProfileInput{RoleName: name, InstanceProfileName: name}))
	refusedWith(t, remove(), "DeleteConflict", 409, "Cannot delete entity, must detach all policies first.")
	must[sdk.DetachRolePolicyOutput](t)(b.DetachRolePolicy(&sdk.DetachRolePolicyInput{
		RoleName: name, PolicyArn: aws.String(executionARN),
	}))
	refusedWith(t, remove(), "DeleteConflict", 409, "Cannot delete entity, must delete policies first.")
	must[sdk.DeleteRolePolicyOutput](t)(b.DeleteRolePolicy(&sdk.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String("p")}))
	if err := remove(); err != nil {
		t.Fatalf("DeleteRole of a bare role: %v", err)
	}
	refusedWith(t, remove(), "NoSuchEntity", 404, "The role with name web cannot be found.")
}

// Every operation on a role says the same of a role that is not there.
func TestNoSuchRole(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	for operation, err := range onRole(b, aws.String("Web")) {
		t.Run(operation, func(t *testing.T) {
			refusedWith(t, err, "NoSuchEntity", 404, "The role with name Web cannot be found.")
		})
	}
}

// onRole calls every operation that takes a role's name.
func onRole(b *Backend, name *string) map[string]error {
	policy, document, some := aws.String(executionARN), aws.String(readS3), aws.String("p")
	out := map[string]error{}
	_, out["GetRole"] = b.GetRole(&sdk.GetRoleInput{RoleName: name})
	_, out["ListRolePolicies"] = b.ListRolePolicies(&sdk.ListRolePoliciesInput{RoleName: name})
	_, out["GetRolePolicy"] = b.GetRolePolicy(&sdk.GetRolePolicyInput{RoleName: name, PolicyName: some})
	_, out["ListAttachedRolePolicies"] = b.ListAttachedRolePolicies(&sdk.ListAttachedRolePoliciesInput{RoleName: name})
	_, out["ListRoleTags"] = b.ListRoleTags(&sdk.ListRoleTagsInput{RoleName: name})
	_, out["ListInstanceProfilesForRole"] = b.ListInstanceProfilesForRole(&sdk.ListInstanceProfilesForRoleInput{RoleName: name})
	_, out["TagRole"] = b.TagRole(&sdk.TagRoleInput{RoleName: name})
	_, out["UntagRole"] = b.UntagRole(&sdk.UntagRoleInput{RoleName: name})
	_, out["UpdateRoleDescription"] = b.UpdateRoleDescription(&sdk.UpdateRoleDescriptionInput{RoleName: name})
	_, out["DeleteServiceLinkedRole"] = b.DeleteServiceLinkedRole(&sdk.DeleteServiceLinkedRoleInput{RoleName: name})
	maps.Copy(out, changingRole(b, name, policy, document, some))
	return out
}

// changingRole calls the operations that a service-linked role refuses.
func changingRole(b *Backend, name, policy, document, some *string) map[string]error {
	out := map[string]error{}
	_, out["UpdateRole"] = b.UpdateRole(&sdk.UpdateRoleInput{RoleName: name, Description: some})
	_, out["UpdateAssumeRolePolicy"] = b.UpdateAssumeRolePolicy(&sdk.UpdateAssumeRolePolicyInput{
		RoleName: name, PolicyDocument: aws.String(trustTasks),
	})
	_, out["PutRolePolicy"] = b.PutRolePolicy(&sdk.PutRolePolicyInput{RoleName: name, PolicyName: some, PolicyDocument: document})
	_, out["DeleteRolePolicy"] = b.DeleteRolePolicy(&sdk.DeleteRolePolicyInput{RoleName: name, PolicyName: some})
	_, out["AttachRolePolicy"] = b.AttachRolePolicy(&sdk.AttachRolePolicyInput{RoleName: name, PolicyArn: policy})
	_, out["DetachRolePolicy"] = b.DetachRolePolicy(&sdk.DetachRolePolicyInput{RoleName: name, PolicyArn: policy})
	_, out["PutRolePermissionsBoundary"] = b.PutRolePermissionsBoundary(
		&sdk.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: policy})
	_, out["DeleteRolePermissionsBoundary"] = b.DeleteRolePermissionsBoundary(
		&sdk.DeleteRolePermissionsBoundaryInput{RoleName: name})
	_, out["DeleteRole"] = b.DeleteRole(&sdk.DeleteRoleInput{RoleName: name})
	return out
}

func TestServiceLinkedRoles(t *testing.T) {
	b := account()
	create := func(service string, suffix *string) (*sdk.CreateServiceLinkedRoleOutput, error) {
		return b.CreateServiceLinkedRole(&sdk.CreateServiceLinkedRoleInput{AWSServiceName: &service, CustomSuffix: suffix})
	}
	role := must[sdk.CreateServiceLinkedRoleOutput](t)(create("ecs.amazonaws.com", nil)).Role
	if want := accountRole + "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"; *role.Arn != want {
		t.Errorf("ARN %s, want %s", *role.Arn, want)
	}
	_, err := create("ecs.amazonaws.com", nil)
	refusedWith(t, err, "InvalidInput", 400,
		"Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.")
	_, err = create("ecs.amazonaws.com", aws.String("x"))
	refusedWith(t, err, "InvalidInput", 400, "Custom suffix is not allowed for ecs.amazonaws.com")
	_, err = create("nothing.amazonaws.com", nil)
	refused(t, err, "InvalidInput", 400)
	second := must[sdk.CreateServiceLinkedRoleOutput](t)(create("autoscaling.amazonaws.com", aws.String("x"))).Role
	if *second.RoleName != "AWSServiceRoleForAutoScaling_x" {
		t.Errorf("name with a suffix is %s", *second.RoleName)
	}

	before := toJSON(t, b.State())
	for operation, err := range changingRole(b, role.RoleName, aws.String(executionARN), aws.String(readS3), aws.String("p")) {
		t.Run(operation, func(t *testing.T) { refused(t, err, "UnmodifiableEntity", 400) })
	}
	if diff := cmp.Diff(before, toJSON(t, b.State())); diff != "" {
		t.Errorf("a refusal changed the state:\n%s", diff)
	}
	must[sdk.DeleteServiceLinkedRoleOutput](t)(b.DeleteServiceLinkedRole(
		&sdk.DeleteServiceLinkedRoleInput{RoleName: role.RoleName}))
	if b.RoleExists(*role.Arn) {
		t.Error("the service-linked role is still there")
	}
	createRole(t, b, "web")
	_, err = b.DeleteServiceLinkedRole(&sdk.DeleteServiceLinkedRoleInput{RoleName: aws.String("web")})
	refused(t, err, "ValidationError", 400)
}
