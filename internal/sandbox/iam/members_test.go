package iam

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/membertest"
	"ecs-reconciler/internal/sandbox/model"
)

const readARN = "arn:aws:iam::012345678901:policy/read"

// outcome performs an operation on an account that is always the same, and
// tells all that came of it.
func outcome(t *testing.T, operation string) func(any) string {
	return func(in any) string {
		b := inhabited(t)
		answer := reflect.ValueOf(b).MethodByName(operation).Call([]reflect.Value{reflect.ValueOf(in)})
		text, err := json.Marshal([]any{answer[0].Interface(), b.State()})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(string(text), answer[1].Interface())
	}
}

// inhabited has two of all: roles with policies, boundary and tags, policies
// with versions, profiles, and a service-linked role.
func inhabited(t *testing.T) *Backend {
	t.Helper()
	b, own := populated(t)
	createPolicy(t, b, "free")
	must[sdk.CreatePolicyVersionOutput](t)(b.CreatePolicyVersion(&sdk.CreatePolicyVersionInput{PolicyArn: &own, PolicyDocument: aws.String(readS3)}))
	must[sdk.TagPolicyOutput](t)(b.TagPolicy(&sdk.TagPolicyInput{PolicyArn: &own, Tags: tagged("a", "1", "b", "2")}))
	must[sdk.TagRoleOutput](t)(b.TagRole(&sdk.TagRoleInput{RoleName: aws.String("web"), Tags: tagged("a", "1")}))
	if err := putInline(b, "web", "second", readS3); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"empty", "full"} {
		must[sdk.CreateInstanceProfileOutput](t)(b.CreateInstanceProfile(&sdk.CreateInstanceProfileInput{InstanceProfileName: aws.String(name), Tags: tagged("a", "1", "b", "2")}))
	}
	must[sdk.AddRoleToInstanceProfileOutput](t)(b.AddRoleToInstanceProfile(&sdk.AddRoleToInstanceProfileInput{
		InstanceProfileName: aws.String("full"), RoleName: aws.String("web")}))
	createRole(t, b, "bounded")
	must[sdk.PutRolePermissionsBoundaryOutput](t)(b.PutRolePermissionsBoundary(&sdk.PutRolePermissionsBoundaryInput{
		RoleName: aws.String("bounded"), PermissionsBoundary: &own}))
	must[sdk.CreateServiceLinkedRoleOutput](t)(b.CreateServiceLinkedRole(&sdk.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ecs.amazonaws.com")}))
	b.state.Deletions = []string{"task/done"}
	peopled(t, b, own)
	return b
}

// peopled adds two users, one with all that a user may have.
func peopled(t *testing.T, b *Backend, managed string) {
	t.Helper()
	for _, name := range []string{"ann", "zoe"} {
		must[sdk.CreateUserOutput](t)(b.CreateUser(&sdk.CreateUserInput{UserName: &name, Tags: tagged("a", "1", "b", "2")}))
	}
	ann := aws.String("ann")
	for range 2 {
		must[sdk.CreateAccessKeyOutput](t)(b.CreateAccessKey(&sdk.CreateAccessKeyInput{UserName: ann}))
	}
	for _, name := range []string{"inline", "second"} {
		must[sdk.PutUserPolicyOutput](t)(b.PutUserPolicy(&sdk.PutUserPolicyInput{UserName: ann, PolicyName: &name, PolicyDocument: aws.String(readS3)}))
	}
	for _, arn := range []string{managed, "arn:aws:iam::aws:policy/ReadOnlyAccess"} {
		must[sdk.AttachUserPolicyOutput](t)(b.AttachUserPolicy(&sdk.AttachUserPolicyInput{UserName: ann, PolicyArn: &arn}))
	}
	must[sdk.PutUserPermissionsBoundaryOutput](t)(b.PutUserPermissionsBoundary(&sdk.PutUserPermissionsBoundaryInput{UserName: ann, PermissionsBoundary: &managed}))
}

// userOperations are those of users.
func userOperations() map[string]membertest.Operation {
	ann, zoe, read := aws.String("ann"), aws.String("zoe"), aws.String(readARN)
	one, first := aws.Int32(1), aws.String(encodeMarker("!"))
	document, name, root, inline := aws.String(readS3), aws.String("new"), aws.String("/"), aws.String("inline")
	only := func(inputs ...any) membertest.Operation { return membertest.Operation{Inputs: inputs} }
	return map[string]membertest.Operation{
		"AttachUserPolicy":              only(&sdk.AttachUserPolicyInput{UserName: zoe, PolicyArn: read}),
		"CreateAccessKey":               only(&sdk.CreateAccessKeyInput{UserName: zoe}),
		"CreateUser":                    only(&sdk.CreateUserInput{UserName: name, Path: root, PermissionsBoundary: read, Tags: tagged("a", "1")}),
		"DeleteAccessKey":               only(&sdk.DeleteAccessKeyInput{UserName: ann, AccessKeyId: aws.String("AKIAAAAAAAAAAAAAAAAA")}),
		"DeleteUser":                    only(&sdk.DeleteUserInput{UserName: zoe}),
		"DeleteUserPermissionsBoundary": only(&sdk.DeleteUserPermissionsBoundaryInput{UserName: ann}),
		"DeleteUserPolicy":              only(&sdk.DeleteUserPolicyInput{UserName: ann, PolicyName: inline}),
		"DetachUserPolicy":              only(&sdk.DetachUserPolicyInput{UserName: ann, PolicyArn: read}),
		"GetUser":                       only(&sdk.GetUserInput{UserName: ann}),
		"GetUserPolicy":                 only(&sdk.GetUserPolicyInput{UserName: ann, PolicyName: inline}),
		"ListAccessKeys":                only(&sdk.ListAccessKeysInput{UserName: ann, MaxItems: one, Marker: first}),
		"ListAttachedUserPolicies":      only(&sdk.ListAttachedUserPoliciesInput{UserName: ann, PathPrefix: root, MaxItems: one, Marker: first}),
		"ListUserPolicies":              only(&sdk.ListUserPoliciesInput{UserName: ann, MaxItems: one, Marker: first}),
		"ListUserTags":                  only(&sdk.ListUserTagsInput{UserName: ann, MaxItems: one, Marker: first}),
		"ListUsers":                     only(&sdk.ListUsersInput{PathPrefix: root, MaxItems: one, Marker: first}),
		"PutUserPermissionsBoundary":    only(&sdk.PutUserPermissionsBoundaryInput{UserName: zoe, PermissionsBoundary: read}),
		"PutUserPolicy":                 only(&sdk.PutUserPolicyInput{UserName: zoe, PolicyName: name, PolicyDocument: document}),
		"TagUser":                       only(&sdk.TagUserInput{UserName: ann, Tags: tagged("a", "2")}),
		"UntagUser":                     only(&sdk.UntagUserInput{UserName: ann, TagKeys: []string{"a"}}),
	}
}

// operations are IAM's, but for those of users, with requests that set every member.
func operations() map[string]membertest.Operation {
	web, bare, read := aws.String("web"), aws.String("bare"), aws.String(readARN)
	one, first := aws.Int32(1), aws.String(encodeMarker("!"))
	document, trust, name := aws.String(readS3), aws.String(trustTasks), aws.String("new")
	full, empty, root := aws.String("full"), aws.String("empty"), aws.String("/")
	only := func(inputs ...any) membertest.Operation { return membertest.Operation{Inputs: inputs} }
	return map[string]membertest.Operation{
		"AddRoleToInstanceProfile":           only(&sdk.AddRoleToInstanceProfileInput{InstanceProfileName: empty, RoleName: bare}),
		"AttachRolePolicy":                   only(&sdk.AttachRolePolicyInput{RoleName: bare, PolicyArn: read}),
		"CreateInstanceProfile":              only(&sdk.CreateInstanceProfileInput{InstanceProfileName: name, Path: root, Tags: tagged("a", "1")}),
		"CreatePolicy":                       only(&sdk.CreatePolicyInput{PolicyName: name, PolicyDocument: document, Path: root, Description: name, Tags: tagged("a", "1")}),
		"CreatePolicyVersion":                only(&sdk.CreatePolicyVersionInput{PolicyArn: read, PolicyDocument: document}),
		"CreateRole":                         only(&sdk.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: trust, Path: root, Description: name, MaxSessionDuration: aws.Int32(3600), PermissionsBoundary: read, Tags: tagged("a", "1")}),
		"CreateServiceLinkedRole":            only(&sdk.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("autoscaling.amazonaws.com"), Description: name, CustomSuffix: name}),
		"DeleteInstanceProfile":              only(&sdk.DeleteInstanceProfileInput{InstanceProfileName: empty}),
		"DeletePolicy":                       only(&sdk.DeletePolicyInput{PolicyArn: aws.String("arn:aws:iam::012345678901:policy/free")}),
		"DeletePolicyVersion":                only(&sdk.DeletePolicyVersionInput{PolicyArn: read, VersionId: aws.String("v2")}),
		"DeleteRole":                         only(&sdk.DeleteRoleInput{RoleName: bare}),
		"DeleteRolePermissionsBoundary":      only(&sdk.DeleteRolePermissionsBoundaryInput{RoleName: web}),
		"DeleteRolePolicy":                   only(&sdk.DeleteRolePolicyInput{RoleName: web, PolicyName: aws.String("inline")}),
		"DeleteServiceLinkedRole":            only(&sdk.DeleteServiceLinkedRoleInput{RoleName: aws.String("AWSServiceRoleForECS")}),
		"DetachRolePolicy":                   only(&sdk.DetachRolePolicyInput{RoleName: web, PolicyArn: read}),
		"GetAccountAuthorizationDetails":     only(&sdk.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{types.EntityTypeRole}, MaxItems: one, Marker: first}),
		"GetInstanceProfile":                 only(&sdk.GetInstanceProfileInput{InstanceProfileName: full}),
		"GetPolicy":                          only(&sdk.GetPolicyInput{PolicyArn: read}),
		"GetPolicyVersion":                   only(&sdk.GetPolicyVersionInput{PolicyArn: read, VersionId: aws.String("v2")}),
		"GetRole":                            only(&sdk.GetRoleInput{RoleName: web}),
		"GetRolePolicy":                      only(&sdk.GetRolePolicyInput{RoleName: web, PolicyName: aws.String("inline")}),
		"GetServiceLinkedRoleDeletionStatus": only(&sdk.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: aws.String("task/done")}),
		"ListAttachedRolePolicies":           only(&sdk.ListAttachedRolePoliciesInput{RoleName: web, PathPrefix: root, MaxItems: one, Marker: first}),
		"ListEntitiesForPolicy": only(
			&sdk.ListEntitiesForPolicyInput{PolicyArn: read, PathPrefix: root, EntityFilter: types.EntityTypeRole, MaxItems: one, Marker: first},
			&sdk.ListEntitiesForPolicyInput{PolicyArn: read, PolicyUsageFilter: types.PolicyUsageTypePermissionsPolicy}),
		"ListInstanceProfileTags":     only(&sdk.ListInstanceProfileTagsInput{InstanceProfileName: empty, MaxItems: one, Marker: first}),
		"ListInstanceProfiles":        only(&sdk.ListInstanceProfilesInput{PathPrefix: root, MaxItems: one, Marker: first}),
		"ListInstanceProfilesForRole": only(&sdk.ListInstanceProfilesForRoleInput{RoleName: web, MaxItems: one, Marker: first}),
		"ListPolicies": only(
			&sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, PathPrefix: root, MaxItems: one, Marker: first},
			&sdk.ListPoliciesInput{PolicyUsageFilter: types.PolicyUsageTypePermissionsBoundary, OnlyAttached: false},
			&sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeAws}),
		"ListPolicyTags":                only(&sdk.ListPolicyTagsInput{PolicyArn: read, MaxItems: one, Marker: first}),
		"ListPolicyVersions":            only(&sdk.ListPolicyVersionsInput{PolicyArn: read, MaxItems: one, Marker: first}),
		"ListRolePolicies":              only(&sdk.ListRolePoliciesInput{RoleName: web, MaxItems: one, Marker: first}),
		"ListRoleTags":                  only(&sdk.ListRoleTagsInput{RoleName: web, MaxItems: one, Marker: first}),
		"ListRoles":                     only(&sdk.ListRolesInput{PathPrefix: root, MaxItems: one, Marker: first}),
		"PutRolePermissionsBoundary":    only(&sdk.PutRolePermissionsBoundaryInput{RoleName: bare, PermissionsBoundary: read}),
		"PutRolePolicy":                 only(&sdk.PutRolePolicyInput{RoleName: bare, PolicyName: name, PolicyDocument: document}),
		"RemoveRoleFromInstanceProfile": only(&sdk.RemoveRoleFromInstanceProfileInput{InstanceProfileName: full, RoleName: web}),
		"SetDefaultPolicyVersion":       only(&sdk.SetDefaultPolicyVersionInput{PolicyArn: read, VersionId: aws.String("v2")}),
		"SimulateCustomPolicy":          custom(), "SimulatePrincipalPolicy": principal(),
		"TagInstanceProfile":     only(&sdk.TagInstanceProfileInput{InstanceProfileName: empty, Tags: tagged("a", "2")}),
		"TagPolicy":              only(&sdk.TagPolicyInput{PolicyArn: read, Tags: tagged("a", "2")}),
		"TagRole":                only(&sdk.TagRoleInput{RoleName: web, Tags: tagged("a", "2")}),
		"UntagInstanceProfile":   only(&sdk.UntagInstanceProfileInput{InstanceProfileName: empty, TagKeys: []string{"a"}}),
		"UntagPolicy":            only(&sdk.UntagPolicyInput{PolicyArn: read, TagKeys: []string{"a"}}),
		"UntagRole":              only(&sdk.UntagRoleInput{RoleName: web, TagKeys: []string{"a"}}),
		"UpdateAssumeRolePolicy": only(&sdk.UpdateAssumeRolePolicyInput{RoleName: web, PolicyDocument: trust}),
		"UpdateRole":             only(&sdk.UpdateRoleInput{RoleName: web, Description: name, MaxSessionDuration: aws.Int32(3600)}),
		"UpdateRoleDescription":  only(&sdk.UpdateRoleDescriptionInput{RoleName: web, Description: name}),
	}
}

const guarded = `{"Version":"2012-10-17","Statement":[` +
	`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/a","Condition":{"StringEquals":{"s3:prefix":"p"},"NumericLessThan":{"s3:max-keys":"9"},` +
	`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::012345678901:role/web"}}}]}`

func simulated() *sdk.SimulateCustomPolicyInput {
	return &sdk.SimulateCustomPolicyInput{
		ActionNames: []string{"s3:GetObject", "s3:PutObject"}, ResourceArns: []string{"arn:aws:s3:::b/a", "arn:aws:s3:::c"},
		PolicyInputList: []string{guarded}, PermissionsBoundaryPolicyInputList: []string{readS3}, MaxItems: aws.Int32(1), Marker: aws.String(encodeMarker("!")),
		CallerArn: aws.String("arn:aws:iam::012345678901:role/web"), ResourceOwner: aws.String("012345678901"),
		ContextEntries: []types.ContextEntry{
			{ContextKeyName: aws.String("s3:prefix"), ContextKeyValues: []string{"p"}, ContextKeyType: types.ContextKeyTypeEnumString},
			{ContextKeyName: aws.String("s3:max-keys"), ContextKeyValues: []string{"1"}, ContextKeyType: types.ContextKeyTypeEnumNumeric},
		},
	}
}

// unread are members of a simulation that change nothing.
func unread() map[string]string {
	return map[string]string{"ContextEntries.ContextKeyType": "the operator of a condition says how a value is read"}
}

func custom() membertest.Operation {
	return membertest.Operation{Inputs: []any{simulated()}, Same: unread(), Refused: map[string]string{
		"OrderedOrganizationPolicyInputList": "not served", "ResourceHandlingOption": "not served", "ResourcePolicy": "not served",
	}}
}

func principal() membertest.Operation {
	in := simulated()
	return membertest.Operation{Same: unread(), Inputs: []any{&sdk.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(accountRole + "bounded"), ActionNames: in.ActionNames, ResourceArns: in.ResourceArns, PolicyInputList: in.PolicyInputList,
		PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList, MaxItems: in.MaxItems, Marker: in.Marker,
		CallerArn: in.CallerArn, ResourceOwner: in.ResourceOwner, ContextEntries: in.ContextEntries,
	}}, Refused: map[string]string{
		"PolicyExclusionList": "not served", "ResourceHandlingOption": "not served", "ResourcePolicy": "AWS has none for roles",
	}}
}

// unproven are operations that nobody has listed yet.
func unproven() []string { return nil }

// TestEveryMemberOfEveryRequest goes through all operations.
func TestEveryMemberOfEveryRequest(t *testing.T) {
	ops := operations()
	maps.Copy(ops, userOperations())
	for _, name := range slices.Sorted(maps.Keys(model.Services()["iam"].Operations)) {
		op, listed := ops[name]
		if !listed && !slices.Contains(unproven(), name) {
			t.Errorf("%s is not listed among the operations", name)
		}
		if listed {
			op.Run = outcome(t, name)
			t.Run(name, func(t *testing.T) { membertest.Prove(t, op) })
		}
	}
}
