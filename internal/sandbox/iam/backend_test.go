package iam

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

const (
	trustTasks = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	readS3       = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
	executionARN = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
	accountRole  = "arn:aws:iam::012345678901:role/"
)

// account is a backend whose clock stands still and whose ids repeat.
func account() *Backend {
	return New(&awsenv.Env{
		Account: awsenv.DefaultAccount, Region: awsenv.DefaultRegion, Partition: "aws",
		Now:       func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC) },
		Rand:      rand.NewChaCha8([32]byte{1}),
		CallerARN: "arn:aws:iam::012345678901:user/caller",
	})
}

// must gives the output of a call that has to succeed.
func must[T any](t *testing.T) func(out *T, err error) *T {
	return func(out *T, err error) *T {
		t.Helper()
		if err != nil {
			t.Fatalf("%T: %v", out, err)
		}
		return out
	}
}

// refused checks the code, and the HTTP status, of a call that has to fail.
func refused(t *testing.T, err error, code string, status int) {
	t.Helper()
	var failure *awserr.Error
	if !errors.As(err, &failure) {
		t.Fatalf("error %v is none of AWS's, want %s", err, code)
	}
	if failure.Code != code || failure.HTTPStatus() != status {
		t.Errorf("refused with %s (%d): %s; want %s (%d)", failure.Code, failure.HTTPStatus(), failure.Message, code, status)
	}
}

// refusedWith also checks the message.
func refusedWith(t *testing.T, err error, code string, status int, message string) {
	t.Helper()
	refused(t, err, code, status)
	if got := awserr.From(err).Message; got != message {
		t.Errorf("message\n got %q\nwant %q", got, message)
	}
}

func createRole(t *testing.T, b *Backend, name string) *types.Role {
	t.Helper()
	return must[sdk.CreateRoleOutput](t)(b.CreateRole(&sdk.CreateRoleInput{
		RoleName: &name, AssumeRolePolicyDocument: aws.String(trustTasks),
	})).Role
}

func createPolicy(t *testing.T, b *Backend, name string) string {
	t.Helper()
	out := must[sdk.CreatePolicyOutput](t)(b.CreatePolicy(&sdk.CreatePolicyInput{
		PolicyName: &name, PolicyDocument: aws.String(readS3),
	}))
	return *out.Policy.Arn
}

func getRole(t *testing.T, b *Backend, name string) *types.Role {
	t.Helper()
	return must[sdk.GetRoleOutput](t)(b.GetRole(&sdk.GetRoleInput{RoleName: &name})).Role
}

// decoded undoes the encoding of a document, once.
func decoded(t *testing.T, document *string) string {
	t.Helper()
	text, err := url.PathUnescape(aws.ToString(document))
	if err != nil {
		t.Fatalf("document %q: %v", aws.ToString(document), err)
	}
	return text
}

// same compares SDK values; their unexported parts are empty.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(toJSON(t, want), toJSON(t, got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatalf("marshal %T: %v", v, err)
	}
	return string(raw)
}

func TestStateSurvivesJSON(t *testing.T) {
	b := account()
	createRole(t, b, "first")
	arn := createPolicy(t, b, "policy")
	must[sdk.CreateRoleOutput](t)(b.CreateRole(&sdk.CreateRoleInput{
		RoleName: aws.String("Second"), Path: aws.String("/team/"), Description: aws.String("d"),
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
			`"Principal":{"AWS":"` + accountRole + `first"},"Action":"sts:AssumeRole"}]}`),
		PermissionsBoundary: &arn, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}))
	must[sdk.PutRolePolicyOutput](t)(b.PutRolePolicy(&sdk.PutRolePolicyInput{
		RoleName: aws.String("Second"), PolicyName: aws.String("p"), PolicyDocument: aws.String(readS3),
	}))
	must[sdk.CreateServiceLinkedRoleOutput](t)(b.CreateServiceLinkedRole(&sdk.CreateServiceLinkedRoleInput{
		AWSServiceName: aws.String("ecs.amazonaws.com"),
	}))
	must[sdk.CreateInstanceProfileOutput](t)(b.CreateInstanceProfile(&sdk.CreateInstanceProfileInput{
		InstanceProfileName: aws.String("prof"),
	}))

	saved, err := json.Marshal(b.State())
	if err != nil {
		t.Fatalf("marshal: %v", err)
	}
	revived := account()
	if err := json.Unmarshal(saved, revived.State()); err != nil {
		t.Fatalf("unmarshal: %v", err)
	}
	if diff := cmp.Diff(b.State(), revived.State()); diff != "" {
		t.Errorf("state (-saved +read):\n%s", diff)
	}
	everything := &sdk.GetAccountAuthorizationDetailsInput{}
	want := must[sdk.GetAccountAuthorizationDetailsOutput](t)(b.GetAccountAuthorizationDetails(everything))
	got := must[sdk.GetAccountAuthorizationDetailsOutput](t)(revived.GetAccountAuthorizationDetails(everything))
	same(t, "authorization details", want, got)
}

func TestRoleExists(t *testing.T) {
	b := account()
	must[sdk.CreateRoleOutput](t)(b.CreateRole(&sdk.CreateRoleInput{
		RoleName: aws.String("web"), Path: aws.String("/app/"), AssumeRolePolicyDocument: aws.String(trustTasks),
	}))
	for arn, want := range map[string]bool{
		accountRole + "app/web":                     true,
		accountRole + "web":                         false,
		accountRole + "app/WEB":                     false,
		accountRole + "app/other":                   false,
		"arn:aws:iam::999999999999:role/app/web":    false,
		"arn:aws-cn:iam::012345678901:role/app/web": false,
		"": false,
	} {
		if got := b.RoleExists(arn); got != want {
			t.Errorf("RoleExists(%q) = %v, want %v", arn, got, want)
		}
	}
}
