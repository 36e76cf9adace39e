package iam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
)

// trusting is a trust policy for AWS principals, given as JSON.
func trusting(principals string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":` + principals +
		`},"Action":"sts:AssumeRole"}]}`
}

func setTrust(b *Backend, role, document string) error {
	_, err := b.UpdateAssumeRolePolicy(&sdk.UpdateAssumeRolePolicyInput{RoleName: &role, PolicyDocument: &document})
	return err
}

func TestRolePrincipalsAreKeptByID(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	friend := createRole(t, b, "friend")
	if err := setTrust(b, "web", trusting(`"`+*friend.Arn+`"`)); err != nil {
		t.Fatalf("UpdateAssumeRolePolicy: %v", err)
	}
	shown := func() string { return decoded(t, getRole(t, b, "web").AssumeRolePolicyDocument) }
	if want := trusting(`"` + *friend.Arn + `"`); shown() != want {
		t.Errorf("while the role exists\n%s, want\n%s", shown(), want)
	}
	must[sdk.DeleteRoleOutput](t)(b.DeleteRole(&sdk.DeleteRoleInput{RoleName: aws.String("friend")}))
	orphaned := trusting(`"` + *friend.RoleId + `"`)
	if shown() != orphaned {
		t.Errorf("after it is gone\n%s, want\n%s", shown(), orphaned)
	}
	createRole(t, b, "friend")
	if shown() != orphaned {
		t.Errorf("after a role of its name was made\n%s, want\n%s", shown(), orphaned)
	}
	refusedWith(t, setTrust(b, "web", shown()), "MalformedPolicyDocument", 400,
		fmt.Sprintf(`Invalid principal in policy: "AWS":"%s"`, *friend.RoleId))
	if err := setTrust(b, "web", trusting(`"`+*friend.Arn+`"`)); err != nil || shown() != trusting(`"`+*friend.Arn+`"`) {
		t.Errorf("putting the policy again heals nothing: %v, %s", err, shown())
	}
	listed := must[sdk.ListRolesOutput](t)(b.ListRoles(&sdk.ListRolesInput{})).Roles
	if got := decoded(t, listed[1].AssumeRolePolicyDocument); got != shown() {
		t.Errorf("ListRoles shows %s", got)
	}
}

func TestPrincipals(t *testing.T) {
	const own = "arn:aws:iam::012345678901:"
	for principal, want := range map[string]string{
		"*":                                 "*",
		"012345678901":                      own + "root",
		"999999999999":                      "arn:aws:iam::999999999999:root",
		own + "root":                        own + "root",
		own + "role/team/friend":            own + "role/team/friend",
		own + "user/caller":                 own + "user/caller",
		own + "user/other":                  "",
		own + "role/friend":                 "",
		own + "role/*":                      "",
		own + "role/":                       "",
		own + "role":                        "",
		own + "group/g":                     "",
		own + "policy/p":                    "",
		"AROAAAAAAAAAAAAAAAAAA":             "",
		"12345":                             "",
		"friend":                            "",
		"arn:aws-cn:iam::012345678901:root": "",
		"arn:aws:iam:us-west-2:012345678901:root":                     "",
		"arn:aws:iam::999999999999:role/theirs":                       "arn:aws:iam::999999999999:role/theirs",
		"arn:aws:iam::999999999999:group/theirs":                      "",
		"arn:aws:sts::012345678901:assumed-role/friend/session":       "arn:aws:sts::012345678901:assumed-role/friend/session",
		"arn:aws:sts::012345678901:assumed-role/nobody/session":       "",
		"arn:aws:sts::012345678901:assumed-role/friend":               "",
		"arn:aws:sts::999999999999:federated-user/them":               "arn:aws:sts::999999999999:federated-user/them",
		"arn:aws:s3:::bucket":                                         "",
		"arn:aws:iam::012345678901:role/team/friend:with:odd:colons/": "",
	} {
		t.Run(principal, func(t *testing.T) {
			b := account()
			must[sdk.CreateRoleOutput](t)(b.CreateRole(&sdk.CreateRoleInput{
				RoleName: aws.String("friend"), Path: aws.String("/team/"), AssumeRolePolicyDocument: aws.String(trustTasks),
			}))
			createRole(t, b, "web")
			err := setTrust(b, "web", trusting(`["`+principal+`"]`))
			if want == "" {
				refusedWith(t, err, "MalformedPolicyDocument", 400, `Invalid principal in policy: "AWS":"`+principal+`"`)
				return
			}
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if got := decoded(t, getRole(t, b, "web").AssumeRolePolicyDocument); got != trusting(`["`+want+`"]`) {
				t.Errorf("read back %s, want %s", got, want)
			}
		})
	}
}

func TestRoleMayTrustItself(t *testing.T) {
	b := account()
	_, err := b.CreateRole(&sdk.CreateRoleInput{
		RoleName: aws.String("web"), AssumeRolePolicyDocument: aws.String(trusting(`"` + accountRole + `web"`)),
	})
	refused(t, err, "MalformedPolicyDocument", 400)
	createRole(t, b, "web")
	if err := setTrust(b, "web", trusting(`"`+accountRole+`web"`)); err != nil {
		t.Errorf("once it exists: %v", err)
	}
}

func TestTrustQuotaAndGrammar(t *testing.T) {
	b := account()
	createRole(t, b, "web")
	sized := func(n int) string {
		head := `{"Version":"2012-10-17","Statement":[{"Sid":"`
		tail := `","Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
		return head + strings.Repeat("x", n-len(head)-len(tail)) + tail
	}
	refusedWith(t, setTrust(b, "web", sized(2049)), "LimitExceeded", 409, "Cannot exceed quota for ACLSizePerRole: 2048")
	_, err := b.CreateRole(&sdk.CreateRoleInput{RoleName: aws.String("big"), AssumeRolePolicyDocument: aws.String(sized(2049))})
	refused(t, err, "LimitExceeded", 409)
	if err := setTrust(b, "web", strings.ReplaceAll(sized(2048), ":", ": \n\t")); err == nil {
		t.Error("a colon inside a string was spread; the test is wrong")
	}
	if err := setTrust(b, "web", strings.ReplaceAll(sized(2048), `,"`, `,      "`)); err != nil {
		t.Errorf("2,048 characters and white space: %v", err)
	}
	refusedWith(t, setTrust(b, "web", `{`), "MalformedPolicyDocument", 400, "This policy contains invalid Json")
	refusedWith(t, setTrust(b, "web", readS3), "MalformedPolicyDocument", 400, "Has prohibited field Resource")
}
