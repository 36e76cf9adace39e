package iam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
)

func putInline(b *Backend, role, name, document string) error {
	_, err := b.PutRolePolicy(&sdk.PutRolePolicyInput{RoleName: &role, PolicyName: &name, PolicyDocument: &document})
	return err
}

func TestInlinePoliciesComeBackAsSent(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	const sent = "{\n \"Version\": \"2012-10-17\", \"Statement\": {\"Effect\":\"Allow\",\"Action\":\"s3:Get*\"," +
		"\"Resource\":\"arn:aws:s3:::b/%3A+é~'()*\"}}"
	if err := putInline(b, "web", "read", sent); err != nil {
		t.Fatalf("PutRolePolicy: %v", err)
	}
	out := must[sdk.GetRolePolicyOutput](t)(b.GetRolePolicy(&sdk.GetRolePolicyInput{
		RoleName: aws.String("web"), PolicyName: aws.String("read"),
	}))
	if got := decoded(t, out.PolicyDocument); got != sent {
		t.Errorf("decoded once\n%s, want\n%s", got, sent)
	}
	if tail := "%3A%3A%3Ab%2F%253A%2B%C3%A9~%27%28%29%2A%22%7D%7D"; !strings.HasSuffix(*out.PolicyDocument, tail) {
		t.Errorf("encoded %s, want an end of %s", *out.PolicyDocument, tail)
	}
	if strings.ContainsAny(*out.PolicyDocument, " +\n\"{}:/*'()") {
		t.Errorf("reserved characters are left in %s", *out.PolicyDocument)
	}
}

func TestInlinePolicyLifecycle(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	for i := range 3 {
		if err := putInline(b, "web", fmt.Sprintf("p%d", 2-i), readS3); err != nil {
			t.Fatalf("PutRolePolicy: %v", err)
		}
	}
	first := must[sdk.ListRolePoliciesOutput](t)(b.ListRolePolicies(&sdk.ListRolePoliciesInput{
		RoleName: aws.String("web"), MaxItems: aws.Int32(2),
	}))
	second := must[sdk.ListRolePoliciesOutput](t)(b.ListRolePolicies(&sdk.ListRolePoliciesInput{
		RoleName: aws.String("web"), Marker: first.Marker,
	}))
	if diff := cmp.Diff([][]string{{"p0", "p1"}, {"p2"}}, [][]string{first.PolicyNames, second.PolicyNames}); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if !first.IsTruncated || second.IsTruncated {
		t.Errorf("truncated: %v, %v", first.IsTruncated, second.IsTruncated)
	}
	must[sdk.DeleteRolePolicyOutput](t)(b.DeleteRolePolicy(&sdk.DeleteRolePolicyInput{
		RoleName: aws.String("web"), PolicyName: aws.String("p1"),
	}))
	const gone = "The role policy with name p1 cannot be found."
	_, err := b.DeleteRolePolicy(&sdk.DeleteRolePolicyInput{RoleName: aws.String("web"), PolicyName: aws.String("p1")})
	refusedWith(t, err, "NoSuchEntity", 404, gone)
	_, err = b.GetRolePolicy(&sdk.GetRolePolicyInput{RoleName: aws.String("web"), PolicyName: aws.String("p1")})
	refusedWith(t, err, "NoSuchEntity", 404, gone)
}

func TestInlineQuota(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	sized := func(n int) string {
		head, tail := `{"Version":"2012-10-17","Statement":[{"Sid":"`, `","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
		return head + strings.Repeat("x", n-len(head)-len(tail)) + tail
	}
	if err := putInline(b, "web", "a", sized(10000)); err != nil {
		t.Fatalf("10,000 characters: %v", err)
	}
	refusedWith(t, putInline(b, "web", "b", sized(241)), "LimitExceeded", 409,
		"Maximum policy size of 10240 bytes exceeded for role web")
	if err := putInline(b, "web", "b", strings.ReplaceAll(sized(240), `,"`, ` ,  "`)); err != nil {
		t.Errorf("240 more, and white space: %v", err)
	}
	if err := putInline(b, "web", "a", sized(9999)); err != nil {
		t.Errorf("replacing counts the replaced: %v", err)
	}
	refusedWith(t, putInline(b, "web", "c", `{"Version":"2012-10-17"}`), "MalformedPolicyDocument", 400, "Syntax errors in policy.")
}
