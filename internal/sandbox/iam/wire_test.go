package iam_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// These tests speak to the backend as the reconciler does: through the SDK,
// over HTTP, in the service's own protocol.

const (
	trustTasks = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	readS3 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/a+b%3A&<é>"}]}`
)

func client(t *testing.T) *iam.Client {
	t.Helper()
	_, cfg := sandboxtest.New(t)
	return iam.NewFromConfig(cfg)
}

func ok[T any](t *testing.T, out *T, err error) *T {
	t.Helper()
	if err != nil {
		t.Fatalf("%T: %v", out, err)
	}
	return out
}

func create(t *testing.T, c *iam.Client, in iam.CreateRoleInput) *types.Role {
	t.Helper()
	if in.AssumeRolePolicyDocument == nil {
		in.AssumeRolePolicyDocument = aws.String(trustTasks)
	}
	out, err := c.CreateRole(t.Context(), &in)
	return ok(t, out, err).Role
}

func text(t *testing.T, document *string) string {
	t.Helper()
	out, err := url.PathUnescape(*document)
	if err != nil {
		t.Fatalf("document %q: %v", *document, err)
	}
	return out
}

func TestRoleOverTheWire(t *testing.T) {
	c := client(t)
	create(t, c, iam.CreateRoleInput{
		RoleName: aws.String("web"), Path: aws.String("/app/"), Description: aws.String("a & b <c>"),
		MaxSessionDuration: aws.Int32(7200), Tags: []types.Tag{{Key: aws.String("ecs-reconciler/owner"), Value: aws.String("p/é")}},
		PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/PowerUserAccess"),
	})
	_, err := c.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String("web"), PolicyName: aws.String("read"), PolicyDocument: aws.String(readS3),
	})
	if err != nil {
		t.Fatalf("PutRolePolicy: %v", err)
	}
	out, err := c.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("web")})
	role := ok(t, out, err).Role
	if got := text(t, role.AssumeRolePolicyDocument); got != trustTasks {
		t.Errorf("trust is %s", got)
	}
	got := []any{
		*role.Arn, *role.Description, *role.MaxSessionDuration, *role.Tags[0].Key, *role.Tags[0].Value,
		*role.PermissionsBoundary.PermissionsBoundaryArn, string(role.PermissionsBoundary.PermissionsBoundaryType),
		role.RoleLastUsed != nil, role.CreateDate.IsZero(),
	}
	want := []any{
		"arn:aws:iam::012345678901:role/app/web", "a & b <c>", int32(7200), "ecs-reconciler/owner", "p/é",
		"arn:aws:iam::aws:policy/PowerUserAccess", "Policy", true, false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("role (-want +got):\n%s", diff)
	}
	inline, err := c.GetRolePolicy(t.Context(), &iam.GetRolePolicyInput{RoleName: aws.String("web"), PolicyName: aws.String("read")})
	if got := text(t, ok(t, inline, err).PolicyDocument); got != readS3 {
		t.Errorf("inline policy is %s", got)
	}
}

func TestPagesOverTheWire(t *testing.T) {
	c := client(t)
	for i := range 7 {
		name := fmt.Sprintf("role-%d", i)
		create(t, c, iam.CreateRoleInput{RoleName: &name})
		if _, err := c.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
			RoleName: &name, PolicyName: aws.String("read"), PolicyDocument: aws.String(readS3),
		}); err != nil {
			t.Fatalf("PutRolePolicy: %v", err)
		}
	}
	roles := 0
	for p := iam.NewListRolesPaginator(c, &iam.ListRolesInput{MaxItems: aws.Int32(3)}); p.HasMorePages(); {
		out, err := p.NextPage(t.Context())
		roles += len(ok(t, out, err).Roles)
	}
	details := 0
	for p := iam.NewGetAccountAuthorizationDetailsPaginator(c, &iam.GetAccountAuthorizationDetailsInput{
		MaxItems: aws.Int32(2), Filter: []types.EntityType{types.EntityTypeRole},
	}); p.HasMorePages(); {
		out, err := p.NextPage(t.Context())
		for _, role := range ok(t, out, err).RoleDetailList {
			if got := text(t, role.RolePolicyList[0].PolicyDocument); got != readS3 {
				t.Errorf("policy of %s is %s", *role.RoleName, got)
			}
			details++
		}
	}
	if roles != 7 || details != 7 {
		t.Errorf("%d roles listed, %d in detail, want 7 of each", roles, details)
	}
}

func TestErrorsOverTheWire(t *testing.T) {
	c := client(t)
	create(t, c, iam.CreateRoleInput{RoleName: aws.String("web")})
	create(t, c, iam.CreateRoleInput{RoleName: aws.String("full"), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}})
	_, err := c.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{
		RoleName: aws.String("full"), PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess"),
	})
	if err != nil {
		t.Fatalf("AttachRolePolicy: %v", err)
	}

	_, err = c.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("none")})
	wantError[*types.NoSuchEntityException](t, err, "The role with name none cannot be found.")
	_, err = c.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("full")})
	wantError[*types.DeleteConflictException](t, err, "must detach all policies first")
	_, err = c.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("WEB"), AssumeRolePolicyDocument: aws.String(trustTasks)})
	wantError[*types.EntityAlreadyExistsException](t, err, "Role with name WEB already exists.")
	_, err = c.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String("web"), PolicyDocument: aws.String(strings.Replace(trustTasks, "ecs-tasks", "nope", 1)),
	})
	wantError[*types.MalformedPolicyDocumentException](t, err, `"SERVICE":"nope.amazonaws.com"`)
	_, err = c.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String("web"), PolicyName: aws.String("p"), PolicyDocument: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Sid":"` + strings.Repeat("x", 10240) + `","Effect":"Allow","Action":"*","Resource":"*"}]}`),
	})
	wantError[*types.LimitExceededException](t, err, "Maximum policy size of 10240 bytes exceeded for role web")
	_, err = c.PutRolePermissionsBoundary(t.Context(), &iam.PutRolePermissionsBoundaryInput{
		RoleName: aws.String("web"), PermissionsBoundary: aws.String("arn:aws:iam::012345678901:policy/none"),
	})
	wantError[*types.NoSuchEntityException](t, err, "Scope ARN:")
	_, err = c.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("no spaces"), AssumeRolePolicyDocument: aws.String(trustTasks)})
	wantCode(t, err, "ValidationError")
}

// wantError checks that an error is of the SDK's type, and what it says.
func wantError[E error](t *testing.T, err error, message string) {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Errorf("error %v, want a %T", err, want)
		return
	}
	if !strings.Contains(want.Error(), message) {
		t.Errorf("error %q, want %q in it", want, message)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var failure smithy.APIError
	if !errors.As(err, &failure) || failure.ErrorCode() != code {
		t.Errorf("error %v, want %s", err, code)
	}
}

func TestPoliciesOverTheWire(t *testing.T) {
	c := client(t)
	create(t, c, iam.CreateRoleInput{RoleName: aws.String("web")})
	made, err := c.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String("read"), PolicyDocument: aws.String(readS3)})
	arn := ok(t, made, err).Policy.Arn
	_, err = c.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("web"), PolicyArn: arn})
	if err != nil {
		t.Fatalf("AttachRolePolicy: %v", err)
	}
	version, err := c.GetPolicyVersion(t.Context(), &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")})
	if got := text(t, ok(t, version, err).PolicyVersion.Document); got != readS3 {
		t.Errorf("version 1 is %s", got)
	}
	attached, err := c.ListAttachedRolePolicies(t.Context(), &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("web")})
	if list := ok(t, attached, err).AttachedPolicies; len(list) != 1 || *list[0].PolicyArn != *arn {
		t.Errorf("attached: %v", list)
	}
	simulated, err := c.SimulatePrincipalPolicy(t.Context(), &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String("arn:aws:iam::012345678901:role/web"), ActionNames: []string{"s3:GetObject", "s3:PutObject"},
		ResourceArns: []string{"arn:aws:s3:::b/a+b%3A&<é>"},
		ContextEntries: []types.ContextEntry{{
			ContextKeyName: aws.String("aws:username"), ContextKeyType: types.ContextKeyTypeEnumString, ContextKeyValues: []string{"x"},
		}},
	})
	var decisions []types.PolicyEvaluationDecisionType
	for _, result := range ok(t, simulated, err).EvaluationResults {
		decisions = append(decisions, result.EvalDecision)
	}
	want := []types.PolicyEvaluationDecisionType{types.PolicyEvaluationDecisionTypeAllowed, types.PolicyEvaluationDecisionTypeImplicitDeny}
	if diff := cmp.Diff(want, decisions); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
}
