package iam

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

const accountUser = "arn:aws:iam::012345678901:user/"

func createUser(t *testing.T, b *Backend, name string) *types.User {
	t.Helper()
	return must[sdk.CreateUserOutput](t)(b.CreateUser(&sdk.CreateUserInput{UserName: &name, Path: aws.String("/ops/")})).User
}

func createKey(t *testing.T, b *Backend, user string) *types.AccessKey {
	t.Helper()
	return must[sdk.CreateAccessKeyOutput](t)(b.CreateAccessKey(&sdk.CreateAccessKeyInput{UserName: &user})).AccessKey
}

func TestUsers(t *testing.T) {
	b := account()
	ann := createUser(t, b, "Ann")
	if *ann.Arn != accountUser+"ops/Ann" || !strings.HasPrefix(*ann.UserId, "AIDA") {
		t.Errorf("%s, %s", *ann.Arn, *ann.UserId)
	}
	_, err := b.CreateUser(&sdk.CreateUserInput{UserName: aws.String("ann")})
	refusedWith(t, err, "EntityAlreadyExists", 409, "User with name ann already exists.")
	_, err = b.GetUser(&sdk.GetUserInput{UserName: aws.String("ann")})
	refusedWith(t, err, "NoSuchEntity", 404, "The user with name ann cannot be found.")
	createUser(t, b, "bob")
	page := must[sdk.ListUsersOutput](t)(b.ListUsers(&sdk.ListUsersInput{MaxItems: aws.Int32(1), PathPrefix: aws.String("/ops/")}))
	if len(page.Users) != 1 || *page.Users[0].UserName != "Ann" || !page.IsTruncated {
		t.Errorf("first page %s", toJSON(t, page))
	}
	page = must[sdk.ListUsersOutput](t)(b.ListUsers(&sdk.ListUsersInput{Marker: page.Marker}))
	if len(page.Users) != 1 || *page.Users[0].UserName != "bob" || page.IsTruncated {
		t.Errorf("second page %s", toJSON(t, page))
	}
}

func TestTheCallerIsAUser(t *testing.T) {
	b := account()
	_, err := b.GetUser(&sdk.GetUserInput{})
	refused(t, err, "NoSuchEntity", 404)
	createUser(t, b, "caller")
	if got := must[sdk.GetUserOutput](t)(b.GetUser(&sdk.GetUserInput{})); *got.User.UserName != "caller" {
		t.Error(toJSON(t, got))
	}
	b.env.CallerARN = "arn:aws:sts::012345678901:assumed-role/web/run"
	_, err = b.ListAccessKeys(&sdk.ListAccessKeysInput{})
	refusedWith(t, err, "ValidationError", 400, "Must specify userName when calling with non-User credentials")
	b.env.CallerARN = "arn:aws:iam::012345678901:root"
	if got := must[sdk.GetUserOutput](t)(b.GetUser(&sdk.GetUserInput{})); *got.User.Arn != b.env.CallerARN || got.User.UserName != nil {
		t.Error(toJSON(t, got))
	}
}

func TestAccessKeys(t *testing.T) {
	b := account()
	createUser(t, b, "ann")
	first, second := createKey(t, b, "ann"), createKey(t, b, "ann")
	_, err := b.CreateAccessKey(&sdk.CreateAccessKeyInput{UserName: aws.String("ann")})
	refusedWith(t, err, "LimitExceeded", 409, "Cannot exceed quota for AccessKeysPerUser: 2")
	if !strings.HasPrefix(*first.AccessKeyId, "AKIA") || len(*first.AccessKeyId) != 20 || len(*first.SecretAccessKey) != 40 {
		t.Errorf("the key is %s", toJSON(t, first))
	}
	owner, secret, found := b.KeyOwner(*second.AccessKeyId)
	if !found || owner.ARN != accountUser+"ops/ann" || secret != *second.SecretAccessKey {
		t.Errorf("%v, %v", owner, found)
	}
	drop := sdk.DeleteAccessKeyInput{UserName: aws.String("ann"), AccessKeyId: second.AccessKeyId}
	must[sdk.DeleteAccessKeyOutput](t)(b.DeleteAccessKey(&drop))
	_, err = b.DeleteAccessKey(&drop)
	refusedWith(t, err, "NoSuchEntity", 404, "The Access Key with id "+*second.AccessKeyId+" cannot be found.")
	if _, _, found := b.KeyOwner(*second.AccessKeyId); found {
		t.Error("a key that is deleted has an owner")
	}
	keys := must[sdk.ListAccessKeysOutput](t)(b.ListAccessKeys(&sdk.ListAccessKeysInput{UserName: aws.String("ann")})).AccessKeyMetadata
	if len(keys) != 1 || *keys[0].AccessKeyId != *first.AccessKeyId || keys[0].Status != types.StatusTypeActive {
		t.Errorf("keys are %s", toJSON(t, keys))
	}
}

func TestUserPolicies(t *testing.T) {
	b := account()
	createUser(t, b, "ann")
	ann := aws.String("ann")
	put := func(name, document string) error {
		_, err := b.PutUserPolicy(&sdk.PutUserPolicyInput{UserName: ann, PolicyName: &name, PolicyDocument: &document})
		return err
	}
	refused(t, put("bad", "{"), "MalformedPolicyDocument", 400)
	long := strings.Replace(readS3, `"*"`, `"arn:aws:s3:::`+strings.Repeat("x", 2048)+`"`, 1)
	refusedWith(t, put("long", long), "LimitExceeded", 409, "Maximum policy size of 2048 bytes exceeded for user ann")
	if err := put("read", readS3); err != nil {
		t.Fatal(err)
	}
	got := must[sdk.GetUserPolicyOutput](t)(b.GetUserPolicy(&sdk.GetUserPolicyInput{UserName: ann, PolicyName: aws.String("read")}))
	if decoded(t, got.PolicyDocument) != readS3 {
		t.Errorf("the document is %s", *got.PolicyDocument)
	}
	_, err := b.GetUserPolicy(&sdk.GetUserPolicyInput{UserName: ann, PolicyName: aws.String("none")})
	refusedWith(t, err, "NoSuchEntity", 404, "The user policy with name none cannot be found.")
	arn := createPolicy(t, b, "managed")
	attach := func(arn string) error {
		_, err := b.AttachUserPolicy(&sdk.AttachUserPolicyInput{UserName: ann, PolicyArn: &arn})
		return err
	}
	for i := range maxAttached - 1 {
		if err := attach(createPolicy(t, b, fmt.Sprint("more", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := attach(arn); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, attach(createPolicy(t, b, "beyond")), "LimitExceeded", 409, "Cannot exceed quota for PoliciesPerUser: 10")
	if entity, _ := b.Named("user", "ann"); len(entity.Policies) != 1+maxAttached {
		t.Errorf("%d policies", len(entity.Policies))
	}
	_, err = b.DeletePolicy(&sdk.DeletePolicyInput{PolicyArn: &arn})
	refused(t, err, "DeleteConflict", 409)
	attached := must[sdk.ListAttachedUserPoliciesOutput](t)(b.ListAttachedUserPolicies(&sdk.ListAttachedUserPoliciesInput{UserName: ann}))
	names := must[sdk.ListUserPoliciesOutput](t)(b.ListUserPolicies(&sdk.ListUserPoliciesInput{UserName: ann}))
	if len(attached.AttachedPolicies) != maxAttached || len(names.PolicyNames) != 1 {
		t.Errorf("%s, %s", toJSON(t, attached), toJSON(t, names))
	}
	drop := sdk.DetachUserPolicyInput{UserName: ann, PolicyArn: &arn}
	must[sdk.DetachUserPolicyOutput](t)(b.DetachUserPolicy(&drop))
	_, err = b.DetachUserPolicy(&drop)
	refused(t, err, "NoSuchEntity", 404)
}

// TestDeletingAUser goes through what stands in the way, in IAM's order.
func TestDeletingAUser(t *testing.T) {
	b := account()
	createUser(t, b, "ann")
	ann, name := aws.String("ann"), aws.String("p")
	key := createKey(t, b, "ann")
	arn := createPolicy(t, b, "managed")
	must[sdk.PutUserPolicyOutput](t)(b.PutUserPolicy(&sdk.PutUserPolicyInput{UserName: ann, PolicyName: name, PolicyDocument: aws.String(readS3)}))
	must[sdk.AttachUserPolicyOutput](t)(b.AttachUserPolicy(&sdk.AttachUserPolicyInput{UserName: ann, PolicyArn: &arn}))
	conflict := func(message string) {
		t.Helper()
		_, err := b.DeleteUser(&sdk.DeleteUserInput{UserName: ann})
		refusedWith(t, err, "DeleteConflict", 409, message)
	}
	conflict("Cannot delete entity, must delete access keys first.")
	must[sdk.DeleteAccessKeyOutput](t)(b.DeleteAccessKey(&sdk.DeleteAccessKeyInput{UserName: ann, AccessKeyId: key.AccessKeyId}))
	conflict("Cannot delete entity, must detach all policies first.")
	must[sdk.DetachUserPolicyOutput](t)(b.DetachUserPolicy(&sdk.DetachUserPolicyInput{UserName: ann, PolicyArn: &arn}))
	conflict("Cannot delete entity, must delete policies first.")
	must[sdk.DeleteUserPolicyOutput](t)(b.DeleteUserPolicy(&sdk.DeleteUserPolicyInput{UserName: ann, PolicyName: name}))
	must[sdk.DeleteUserOutput](t)(b.DeleteUser(&sdk.DeleteUserInput{UserName: ann}))
	_, err := b.DeleteUserPolicy(&sdk.DeleteUserPolicyInput{UserName: ann, PolicyName: name})
	refused(t, err, "NoSuchEntity", 404)
}

func TestUserTagsAndBoundary(t *testing.T) {
	b := account()
	edge := createPolicy(t, b, "edge")
	ann := aws.String("ann")
	tag := func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }
	must[sdk.CreateUserOutput](t)(b.CreateUser(&sdk.CreateUserInput{UserName: ann, Tags: []types.Tag{tag("Team", "data")}, PermissionsBoundary: &edge}))
	must[sdk.TagUserOutput](t)(b.TagUser(&sdk.TagUserInput{UserName: ann, Tags: []types.Tag{tag("team", "web"), tag("Stage", "test")}}))
	must[sdk.UntagUserOutput](t)(b.UntagUser(&sdk.UntagUserInput{UserName: ann, TagKeys: []string{"STAGE", "none"}}))
	tags := must[sdk.ListUserTagsOutput](t)(b.ListUserTags(&sdk.ListUserTagsInput{UserName: ann})).Tags
	same(t, "tags", []types.Tag{tag("team", "web")}, tags)
	entity, _ := b.Named("user", "ANN")
	if entity.Boundary != edge || entity.Tags["team"] != "web" {
		t.Errorf("%+v", entity)
	}
	_, err := b.DeletePolicy(&sdk.DeletePolicyInput{PolicyArn: &edge})
	refused(t, err, "DeleteConflict", 409)
	must[sdk.DeleteUserPermissionsBoundaryOutput](t)(b.DeleteUserPermissionsBoundary(&sdk.DeleteUserPermissionsBoundaryInput{UserName: ann}))
	if got := must[sdk.GetUserOutput](t)(b.GetUser(&sdk.GetUserInput{UserName: ann})); got.User.PermissionsBoundary != nil {
		t.Error(toJSON(t, got))
	}
	put := sdk.PutUserPermissionsBoundaryInput{UserName: ann, PermissionsBoundary: aws.String(edge + "x")}
	_, err = b.PutUserPermissionsBoundary(&put)
	refused(t, err, "NoSuchEntity", 404)
	put.PermissionsBoundary = &edge
	must[sdk.PutUserPermissionsBoundaryOutput](t)(b.PutUserPermissionsBoundary(&put))
}

func TestUsersWithinDetailsAndState(t *testing.T) {
	b := account()
	createUser(t, b, "ann")
	createRole(t, b, "ann")
	createKey(t, b, "ann")
	details := must[sdk.GetAccountAuthorizationDetailsOutput](t)(b.GetAccountAuthorizationDetails(&sdk.GetAccountAuthorizationDetailsInput{}))
	if len(details.UserDetailList) != 1 || *details.UserDetailList[0].UserName != "ann" || len(details.RoleDetailList) != 1 {
		t.Error(toJSON(t, details))
	}
	saved, err := json.Marshal(b.State())
	if err != nil {
		t.Fatal(err)
	}
	revived := account()
	if err := json.Unmarshal(saved, revived.State()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.State(), revived.State()); diff != "" {
		t.Errorf("state (-saved +read):\n%s", diff)
	}
}

// TestTrustInUsers keeps a user by its unique id: one made anew is another.
func TestTrustInUsers(t *testing.T) {
	b := account()
	ann := createUser(t, b, "ann")
	trust := aws.String(strings.Replace(trustTasks, `"Service":"ecs-tasks.amazonaws.com"`, `"AWS":"`+*ann.Arn+`"`, 1))
	in := sdk.CreateRoleInput{RoleName: aws.String("web"), AssumeRolePolicyDocument: trust}
	must[sdk.CreateRoleOutput](t)(b.CreateRole(&in))
	if got := decoded(t, getRole(t, b, "web").AssumeRolePolicyDocument); !strings.Contains(got, *ann.Arn) {
		t.Errorf("the trust policy is %s", got)
	}
	must[sdk.DeleteUserOutput](t)(b.DeleteUser(&sdk.DeleteUserInput{UserName: aws.String("ann")}))
	createUser(t, b, "ann")
	if got := decoded(t, getRole(t, b, "web").AssumeRolePolicyDocument); !strings.Contains(got, *ann.UserId) {
		t.Errorf("the trust policy is %s", got)
	}
	in.RoleName, in.AssumeRolePolicyDocument = aws.String("other"), aws.String(strings.Replace(*trust, "/ann", "/none", 1))
	_, err := b.CreateRole(&in)
	refused(t, err, "MalformedPolicyDocument", 400)
}
