package policydoc

import (
	"strings"
	"testing"
)

// everyone takes any AWS principal as it is.
func everyone(principal string) (string, bool) { return principal, true }

// known knows one role, and calls it by its id.
func known(principal string) (string, bool) {
	if principal == "arn:aws:iam::012345678901:role/known" {
		return "AROAKNOWN", true
	}
	return "", false
}

func trust(members string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + members + `}]}`
}

const tasks = `"Principal":{"Service":"ecs-tasks.amazonaws.com"}`

func TestTrustAccepts(t *testing.T) {
	for name, text := range map[string]string{
		"ECS tasks":        trust(tasks + `,"Action":"sts:AssumeRole"`),
		"no version":       `{"Statement":{"Effect":"Allow",` + tasks + `,"Action":"sts:AssumeRole"}}`,
		"old version":      `{"Version":"2008-10-17","Id":"x","Statement":{"Effect":"Allow",` + tasks + `,"Action":"sts:AssumeRole"}}`,
		"everyone":         trust(`"Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:TagSession"]`),
		"action's case":    trust(tasks + `,"Action":"STS:assumerole"`),
		"NotAction":        trust(`"Principal":{"AWS":"*"},"NotAction":"sts:AssumeRole"`),
		"action wildcard":  trust(tasks + `,"Action":"sts:AssumeRole*"`),
		"federated":        trust(`"Principal":{"Federated":"arn:aws:iam::012345678901:oidc-provider/x"},"Action":"sts:AssumeRoleWithWebIdentity"`),
		"Cognito":          trust(`"Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"x"}}`),
		"service, region":  trust(`"Principal":{"Service":["logs.us-west-2.amazonaws.com","states.cn-north-1.amazonaws.com"]},"Action":"sts:AssumeRole"`),
		"EC2 in China":     trust(`"Principal":{"Service":"ec2.amazonaws.com.cn"},"Action":"sts:AssumeRole"`),
		"confused deputy":  trust(tasks + `,"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"012345678901"},"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:012345678901:*"}}`),
		"different Sids":   `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow",` + tasks + `,"Action":"sts:AssumeRole"},{"Sid":"B","Effect":"Deny",` + tasks + `,"Action":"sts:AssumeRole"}]}`,
		"two kinds at one": trust(`"Principal":{"AWS":["*"],"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"`),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Trust(text, everyone); err != nil {
				t.Errorf("Trust(%s) = %v, want none", text, err)
			}
		})
	}
}

func TestTrustRefuses(t *testing.T) {
	const action = `,"Action":"sts:AssumeRole"`
	const notSTS = "AssumeRole policy may only specify STS AssumeRole actions."
	for _, test := range []struct{ name, text, want string }{
		{"not JSON", "not json", "This policy contains invalid Json"},
		{"a list", "[]", "This policy contains invalid Json"},
		{"empty object", "{}", "Could not parse the policy: Statement is empty!"},
		{"no statement", `{"Version":"2012-10-17"}`, "Could not parse the policy: Statement is empty!"},
		{"empty statement", `{"Version":"2012-10-17","Statement":[]}`, "Could not parse the policy: Statement is empty!"},
		{"statement of text", `{"Version":"2012-10-17","Statement":"x"}`, "Syntax error in policy."},
		{"unknown version", `{"Version":"2020-01-01","Statement":[{"Effect":"Allow",` + tasks + action + `}]}`, "The policy must contain a valid version string"},
		{"unknown top-level field", `{"Version":"2012-10-17","Foo":1,"Statement":[{"Effect":"Allow",` + tasks + action + `}]}`, "Unknown field Foo"},
		{"unknown statement field", trust(tasks + action + `,"Bar":1`), "Unknown field Bar"},
		{"no effect", `{"Statement":[{` + tasks + action + `}]}`, "Missing required field Effect"},
		{"effect in lower case", `{"Statement":[{"Effect":"allow",` + tasks + action + `}]}`, "Invalid effect: allow"},
		{"no principal", trust(`"Action":"sts:AssumeRole"`), "Missing required field Principal"},
		{"principal a star", trust(`"Principal":"*"` + action), "Principal must be a JSON object."},
		{"principal a list", trust(`"Principal":["*"]` + action), "Syntax error in policy."},
		{"principal empty", trust(`"Principal":{}` + action), "Missing required field Principal cannot be empty!"},
		{"no principals", trust(`"Principal":{"AWS":[]}` + action), "Missing required field Principal cannot be empty!"},
		{"principal a number", trust(`"Principal":{"AWS":1}` + action), "Syntax error in policy."},
		{"unknown kind of principal", trust(`"Principal":{"CanonicalUser":"x"}` + action), `Invalid principal in policy: "CanonicalUser"`},
		{"unknown service", trust(`"Principal":{"Service":["ec2.amazonaws.com","nope.amazonaws.com"]}` + action), `Invalid principal in policy: "SERVICE":"nope.amazonaws.com"`},
		{"service without domain", trust(`"Principal":{"Service":"ecs-tasks"}` + action), `Invalid principal in policy: "SERVICE":"ecs-tasks"`},
		{"ECS tasks of China", trust(`"Principal":{"Service":"ecs-tasks.amazonaws.com.cn"}` + action), `Invalid principal in policy: "SERVICE":"ecs-tasks.amazonaws.com.cn"`},
		{"service and no region", trust(`"Principal":{"Service":"logs.foo.amazonaws.com"}` + action), `Invalid principal in policy: "SERVICE":"logs.foo.amazonaws.com"`},
		{"role that is not there", trust(`"Principal":{"AWS":"arn:aws:iam::012345678901:role/gone"}` + action), `Invalid principal in policy: "AWS":"arn:aws:iam::012345678901:role/gone"`},
		{"allow with NotPrincipal", trust(`"NotPrincipal":{"AWS":"*"}` + action), "Allow with NotPrincipal is not allowed."},
		{"deny with NotPrincipal", `{"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"*"}` + action + `}]}`, "AssumeRole policy must not contain NotPrincipal field."},
		{"no action", trust(tasks), "Missing required field Action"},
		{"empty actions", trust(tasks + `,"Action":[]`), "Missing required field Action"},
		{"two kinds of action", trust(tasks + action + `,"NotAction":"sts:TagSession"`), "Syntax error in policy."},
		{"action outside STS", trust(tasks + `,"Action":["sts:AssumeRole","s3:GetObject"]`), notSTS},
		{"no action of STS", trust(tasks + `,"Action":"sts:InvalidAction"`), notSTS},
		{"any action", trust(tasks + `,"Action":"*"`), notSTS},
		{"NotAction outside STS", trust(tasks + `,"NotAction":"s3:GetObject"`), notSTS},
		{"Resource", trust(tasks + action + `,"Resource":"*"`), "Has prohibited field Resource"},
		{"NotResource", trust(tasks + action + `,"NotResource":"*"`), "AssumeRole policy must not contain resources."},
		{"Sid with a hyphen", trust(`"Sid":"a-b",` + tasks + action), errSidAlphabet.Error()},
		{"Sid twice", `{"Statement":[{"Sid":"A","Effect":"Allow",` + tasks + action + `},{"Sid":"A","Effect":"Allow",` + tasks + action + `}]}`, "The Statement Ids in the policy are not unique"},
		{"unknown operator", trust(tasks + action + `,"Condition":{"Equals":{"a":"b"}}`), "Syntax error in policy."},
		{"Cognito for anyone", trust(`"Principal":{"Federated":"cognito-identity.amazonaws.com"}` + action), "A condition block must be present for the Cognito provider"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stored, err := Trust(test.text, known)
			if err == nil {
				t.Fatalf("Trust(%s) = %s, want %q", test.text, stored, test.want)
			}
			if err.Error() != test.want {
				t.Errorf("Trust(%s)\n got %q\nwant %q", test.text, err, test.want)
			}
		})
	}
}

func TestTrustStoresInItsOwnOrder(t *testing.T) {
	text := ` {"Version":"2012-10-17", "Statement": {"Effect":"Allow",
		"Principal":{"Service":["ec2.amazonaws.com","ecs-tasks.amazonaws.com","lambda.amazonaws.com"]},
		"Action":["sts:AssumeRole"],
		"Condition":{"StringEquals":{"aws:SourceAccount":"1","aws:PrincipalTag/x":"2","aws:username":"3"},"ArnLike":{"aws:SourceArn":"a"}}}}`
	stored, err := Trust(text, everyone)
	if err != nil {
		t.Fatalf("Trust: %v", err)
	}
	again, err := Trust(text, everyone)
	if err != nil || again != stored {
		t.Errorf("a second time gives\n%s (%v), not\n%s", again, err, stored)
	}
	if strings.Contains(stored, "\n") || strings.Contains(stored, " ") {
		t.Errorf("white space is left in %s", stored)
	}
	for _, sent := range []string{
		`["ec2.amazonaws.com","ecs-tasks.amazonaws.com","lambda.amazonaws.com"]`,
		`{"aws:SourceAccount":"1","aws:PrincipalTag/x":"2","aws:username":"3"}`,
		`"Condition":{"StringEquals"`,
	} {
		if strings.Contains(stored, sent) {
			t.Errorf("%s is in the order it was sent in", sent)
		}
	}
	if !strings.Contains(stored, `"Action":["sts:AssumeRole"]`) {
		t.Errorf("the array of one element has changed in %s", stored)
	}
}

func TestTrustKeepsPrincipalsByID(t *testing.T) {
	const arn = "arn:aws:iam::012345678901:role/known"
	stored, err := Trust(trust(`"Principal":{"AWS":"`+arn+`"},"Action":"sts:AssumeRole"`), known)
	if err != nil {
		t.Fatalf("Trust: %v", err)
	}
	if want := trust(`"Principal":{"AWS":"AROAKNOWN"},"Action":"sts:AssumeRole"`); stored != want {
		t.Errorf("stored\n%s, want\n%s", stored, want)
	}
	shown, err := RewritePrincipals(stored, func(id string) string { return strings.Replace(id, "AROAKNOWN", arn, 1) })
	if err != nil || !strings.Contains(shown, arn) {
		t.Errorf("RewritePrincipals = %s, %v; want the ARN back", shown, err)
	}
	if _, err := RewritePrincipals("{", nil); err == nil {
		t.Error("RewritePrincipals takes what is no JSON")
	}
}

func FuzzTrust(f *testing.F) {
	f.Add(trust(tasks + `,"Action":"sts:AssumeRole"`))
	f.Add(trust(`"Principal":{"AWS":["b","a"],"Federated":"x"},"NotAction":["sts:*"],"Condition":{"Bool":{"b":true,"a":[1]}}`))
	f.Add(`{"Statement":[{"Effect":1,"Principal":null}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		stored, err := Trust(text, everyone)
		if err != nil {
			return
		}
		if _, err := Trust(stored, everyone); err != nil {
			t.Fatalf("Trust refuses its own %q: %v", stored, err)
		}
		if Size(stored) != Size(text) {
			t.Fatalf("Size of %q changes from %d to %d", text, Size(text), Size(stored))
		}
	})
}
