package access

import "testing"

// TestConditions asks, key by key, whether an allowance and a denial that hang
// on it apply: an unknown key allows nothing, and denies.
func TestConditions(t *testing.T) {
	user := Principal{ARN: ann, ID: "AIDA", Tags: map[string]string{"Team": "data"}, Context: map[string][]string{"aws:securetransport": {"true"}}}
	assumed := Principal{ARN: session, ID: "AROA:run", Role: role, Context: map[string][]string{"aws:sourceidentity": {"ann"}}}
	known := Check{Action: action, Resource: secret, Tags: map[string]string{"Owner": "x"}, Context: Tagged(map[string]string{"Owner": "x"}, "aws:resourcetag/", "secretsmanager:resourcetag/")}
	create := Check{Action: "secretsmanager:CreateSecret", Resource: secret, Context: Asked(map[string]string{"Owner": "x", "Team": "y"})}
	const yes, no, unknown = "yes", "no", "unknown"
	for _, test := range []struct {
		condition string
		caller    Principal
		check     Check
		want      string
	}{
		{`{"ArnEquals":{"aws:PrincipalArn":"` + ann + `"}}`, user, known, yes},
		{`{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/path/*"}}`, assumed, known, yes},
		{`{"ArnEquals":{"aws:PrincipalArn":"` + session + `"}}`, assumed, known, no},
		{`{"StringEquals":{"aws:PrincipalAccount":"` + account + `"}}`, user, known, yes},
		{`{"StringEquals":{"aws:PrincipalType":"AssumedRole"}}`, assumed, known, yes},
		{`{"StringEquals":{"aws:PrincipalType":"User"}}`, user, known, yes},
		{`{"StringEquals":{"aws:PrincipalTag/team":"data"}}`, user, known, yes},
		{`{"Null":{"aws:PrincipalTag/Other":"true"}}`, user, known, yes},
		{`{"StringEquals":{"aws:username":"ann"}}`, user, known, yes},
		{`{"Null":{"aws:username":"true"}}`, assumed, known, yes},
		{`{"StringLike":{"aws:userid":"AROA:*"}}`, assumed, known, yes},
		{`{"StringEquals":{"aws:SourceIdentity":"ann"}}`, assumed, known, yes},
		{`{"Null":{"aws:SourceIdentity":"true"}}`, user, known, yes},
		{`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, user, known, no},
		{`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, user, known, yes},
		{`{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, assumed, known, yes},
		{`{"Bool":{"aws:ViaAWSService":"false"}}`, user, known, yes},
		{`{"Bool":{"aws:PrincipalIsAWSService":"false"}}`, user, known, yes},
		{`{"StringEquals":{"aws:SourceAccount":"` + account + `"}}`, user, known, no},
		{`{"StringEqualsIfExists":{"aws:SourceAccount":"1"}}`, user, known, yes},
		{`{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:*:*:*"}}`, user, known, no},
		{`{"StringEquals":{"aws:ResourceAccount":"` + account + `"}}`, user, known, yes},
		{`{"Bool":{"aws:SecureTransport":"true"}}`, user, known, yes},

		{`{"StringEquals":{"aws:ResourceTag/Owner":"x","secretsmanager:ResourceTag/owner":"x"}}`, user, known, yes},
		{`{"Null":{"aws:ResourceTag/Other":"true"}}`, user, known, yes},
		{`{"Null":{"aws:RequestTag/Owner":"true","aws:TagKeys":"true"}}`, user, known, yes},
		{`{"StringEquals":{"aws:ResourceTag/Owner":"x"}}`, user, create, unknown},
		{`{"StringEquals":{"aws:RequestTag/Owner":"x"}}`, user, create, yes},
		{`{"ForAllValues:StringEquals":{"aws:TagKeys":["Owner","Team"]}}`, user, create, yes},
		{`{"ForAllValues:StringEquals":{"aws:TagKeys":["Owner"]}}`, user, create, no},
		{`{"ForAnyValue:StringEquals":{"aws:TagKeys":["Owner"]}}`, user, create, yes},

		{`{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}`, user, known, no},
		{`{"Null":{"kms:ViaService":"true"}}`, user, known, yes},
		{`{"StringEquals":{"secretsmanager:VersionStage":"AWSCURRENT"}}`, user, known, unknown},
		{`{"Null":{"secretsmanager:VersionStage":"true"}}`, user, known, unknown},
		{`{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, user, known, unknown},
		{`{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, user, known, unknown},
		{`{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, user, known, unknown},
		{`{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`, user, known, unknown},
		{`{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`, user, known, unknown},
		{`{"StringEquals":{"aws:SourceVpc":"vpc-1","aws:username":"bob"}}`, user, known, no},
		{`{"StringEquals":{"aws:username":["ann","${aws:SourceVpc}"]}}`, user, known, yes},
		{`{"StringEquals":{"aws:username":"${aws:SourceVpc}"}}`, user, known, unknown},
		{`{"StringEquals":{"aws:PrincipalTag/Team":"${aws:PrincipalTag/Team}"}}`, user, known, yes},
	} {
		policy := func(effect string) string {
			return document(`{"Effect":"` + effect + `","Action":"*","Resource":"*","Condition":` + test.condition + `}`)
		}
		caller := test.caller
		caller.Identity = []string{policy("Allow")}
		allows := Decide(caller, test.check) == nil
		caller.Identity = append(Free("", "").Identity, policy("Deny"))
		denies := Decide(caller, test.check) != nil
		got := map[[2]bool]string{{true, true}: yes, {false, false}: no, {false, true}: unknown}[[2]bool{allows, denies}]
		if got != test.want {
			t.Errorf("%s for %s: %q (allows %v, denies %v), want %q", test.condition, caller.ARN, got, allows, denies, test.want)
		}
	}
}

// TestVariablesNobodyKnows holds that a resource with such a variable is denied
// and not allowed.
func TestVariablesNobodyKnows(t *testing.T) {
	caller := Principal{ARN: ann, Identity: []string{document(`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"arn:aws:secretsmanager:*:*:secret:${aws:PrincipalOrgID}/*"}`)}}
	if Decide(caller, Check{Action: action, Resource: secret}) == nil {
		t.Error("a denial of what nobody knows does not deny")
	}
	for _, part := range []string{"Resource", "NotResource"} {
		caller.Identity = []string{document(`{"Effect":"Allow","Action":"*","` + part + `":"arn:${aws:PrincipalOrgID}"}`)}
		if Decide(caller, Check{Action: action, Resource: secret}) == nil {
			t.Errorf("a %s that nobody knows allows", part)
		}
	}
}
