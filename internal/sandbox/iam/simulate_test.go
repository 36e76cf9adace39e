package iam

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

const denyS3 = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`

// simulate gives the decision on one action for a role called web.
func simulate(t *testing.T, b *Backend, action string, change func(*sdk.SimulatePrincipalPolicyInput)) types.EvaluationResult {
	t.Helper()
	in := &sdk.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(accountRole + "web"), ActionNames: []string{action},
	}
	if change != nil {
		change(in)
	}
	out := must[sdk.SimulatePrincipalPolicyOutput](t)(b.SimulatePrincipalPolicy(in))
	if len(out.EvaluationResults) != 1 {
		t.Fatalf("%d results, want 1", len(out.EvaluationResults))
	}
	return out.EvaluationResults[0]
}

func TestSimulate(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	decide := func(action string, want types.PolicyEvaluationDecisionType, change func(*sdk.SimulatePrincipalPolicyInput)) {
		t.Helper()
		if got := simulate(t, b, action, change).EvalDecision; got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
	decide("s3:GetObject", "implicitDeny", nil)
	if err := putInline(b, "web", "read", readS3); err != nil {
		t.Fatal(err)
	}
	if err := attach(b, "web", executionARN); err != nil {
		t.Fatal(err)
	}
	decide("s3:GetObject", "allowed", nil)
	decide("logs:PutLogEvents", "allowed", nil)
	decide("s3:PutObject", "implicitDeny", nil)
	decide("s3:GetObject", "explicitDeny", func(in *sdk.SimulatePrincipalPolicyInput) { in.PolicyInputList = []string{denyS3} })
	decide("s3:GetObject", "explicitDeny", func(in *sdk.SimulatePrincipalPolicyInput) {
		in.PermissionsBoundaryPolicyInputList = []string{denyS3}
	})
	edge := createPolicy(t, b, "edge")
	must[sdk.PutRolePermissionsBoundaryOutput](t)(b.PutRolePermissionsBoundary(&sdk.PutRolePermissionsBoundaryInput{
		RoleName: aws.String("web"), PermissionsBoundary: &edge,
	}))
	decide("s3:GetObject", "allowed", nil)
	decide("logs:PutLogEvents", "implicitDeny", nil)
	if got := simulate(t, b, "logs:PutLogEvents", nil).PermissionsBoundaryDecisionDetail; got == nil || got.AllowedByPermissionsBoundary {
		t.Errorf("boundary's detail is %s", toJSON(t, got))
	}
}

func TestSimulateContext(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	if err := tagRole(b, "Team", "data"); err != nil {
		t.Fatal(err)
	}
	document := `{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/x",
   "Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com","aws:PrincipalTag/Team":"data"},
    "ArnEquals":{"aws:PrincipalArn":"` + accountRole + `web"}}}]}`
	if err := putInline(b, "web", "pass", document); err != nil {
		t.Fatal(err)
	}
	on := func(in *sdk.SimulatePrincipalPolicyInput) { in.ResourceArns = []string{accountRole + "x"} }
	without := simulate(t, b, "iam:PassRole", on)
	if diff := cmp.Diff([]string{"iam:PassedToService"}, without.MissingContextValues); diff != "" || without.EvalDecision != "implicitDeny" {
		t.Errorf("without the context: %s, missing (-want +got):\n%s", without.EvalDecision, diff)
	}
	with := simulate(t, b, "iam:PassRole", func(in *sdk.SimulatePrincipalPolicyInput) {
		on(in)
		in.ContextEntries = []types.ContextEntry{{
			ContextKeyName: aws.String("iam:passedtoservice"), ContextKeyValues: []string{"ecs-tasks.amazonaws.com"},
			ContextKeyType: types.ContextKeyTypeEnumString,
		}}
	})
	same(t, "result", []types.Statement{{
		SourcePolicyId: aws.String("role_web_pass"), SourcePolicyType: types.PolicySourceTypeRole,
		StartPosition: &types.Position{Line: 2, Column: 3}, EndPosition: &types.Position{Line: 4, Column: 76},
	}}, with.MatchedStatements)
	if with.EvalDecision != "allowed" || len(with.ResourceSpecificResults) != 1 || *with.EvalResourceName != accountRole+"x" {
		t.Errorf("with the context: %s", toJSON(t, with))
	}
	other := simulate(t, b, "iam:PassRole", func(in *sdk.SimulatePrincipalPolicyInput) {
		on(in)
		in.CallerArn = aws.String(accountRole + "someone-else")
	})
	if other.EvalDecision != "implicitDeny" {
		t.Errorf("as another caller: %s", other.EvalDecision)
	}
}

func TestSimulatePages(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	in := &sdk.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(accountRole + "web"), MaxItems: aws.Int32(3),
		ActionNames: []string{"s3:A", "s3:B"}, ResourceArns: []string{"arn:aws:s3:::x", "arn:aws:s3:::y"},
	}
	var got []string
	for more := true; more; {
		out := must[sdk.SimulatePrincipalPolicyOutput](t)(b.SimulatePrincipalPolicy(in))
		for _, r := range out.EvaluationResults {
			got = append(got, *r.EvalActionName+" "+*r.EvalResourceName)
		}
		more, in.Marker = out.IsTruncated, out.Marker
	}
	want := []string{"s3:A arn:aws:s3:::x", "s3:A arn:aws:s3:::y", "s3:B arn:aws:s3:::x", "s3:B arn:aws:s3:::y"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestSimulateRefuses(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	for name, test := range map[string]struct {
		change func(*sdk.SimulatePrincipalPolicyInput)
		code   string
		status int
	}{
		"unknown role":      {func(in *sdk.SimulatePrincipalPolicyInput) { in.PolicySourceArn = aws.String(accountRole + "none") }, "NoSuchEntity", 404},
		"action, no vendor": {func(in *sdk.SimulatePrincipalPolicyInput) { in.ActionNames = []string{"Get"} }, "InvalidInput", 400},
		"action, wildcard":  {func(in *sdk.SimulatePrincipalPolicyInput) { in.ActionNames = []string{"s3:*"} }, "InvalidInput", 400},
		"bad policy":        {func(in *sdk.SimulatePrincipalPolicyInput) { in.PolicyInputList = []string{"{}"} }, "InvalidInput", 400},
		"resource policy":   {func(in *sdk.SimulatePrincipalPolicyInput) { in.ResourcePolicy = aws.String(readS3) }, "InvalidInput", 400},
		"another owner": {func(in *sdk.SimulatePrincipalPolicyInput) {
			in.ResourceOwner = aws.String("arn:aws:iam::999999999999:root")
		}, "InvalidInput", 400},
		"exclusions": {func(in *sdk.SimulatePrincipalPolicyInput) {
			in.PolicyExclusionList = []types.PolicyIdentifier{&types.PolicyIdentifierMemberPolicyArn{Value: executionARN}}
		}, "InvalidInput", 400},
	} {
		t.Run(name, func(t *testing.T) {
			in := &sdk.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(accountRole + "web"), ActionNames: []string{"s3:GetObject"},
			}
			test.change(in)
			_, err := b.SimulatePrincipalPolicy(in)
			refused(t, err, test.code, test.status)
		})
	}
}
