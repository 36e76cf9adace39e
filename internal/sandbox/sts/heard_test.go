package sts_test

import (
	"net/url"
	"strings"
	"testing"

	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// role is a call that makes a role which the account may assume under a
// condition, which may be empty.
func role(name, condition string) sandboxtest.Request {
	const root = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",` +
		`"Principal":{"AWS":"arn:aws:iam::012345678901:root"}$}]}`
	form := url.Values{"RoleName": {name}, "AssumeRolePolicyDocument": {strings.Replace(root, "$", condition, 1)}}
	return sandboxtest.Request{Service: "iam", Operation: "CreateRole", Body: form.Encode()}
}

func TestNoMemberIsIgnored(t *testing.T) {
	prepare := []sandboxtest.Request{
		role("r", ""), role("r-partner", `,"Condition":{"StringEquals":{"sts:ExternalId":"known"}}`),
	}
	fill := strings.NewReplacer("$r", url.QueryEscape("arn:aws:iam::012345678901:role/r"), "$s", "session")
	rows := sandboxtest.ReadHeard(t, "testdata/heard.txt", fill.Replace)
	sandboxtest.CheckHeard(t, "sts", rows, prepare, nil)
}
