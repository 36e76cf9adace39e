package access

import (
	"encoding/json"
	"errors"
	"testing"
)

const (
	account = "012345678901"
	root    = "arn:aws:iam::" + account + ":root"
	ann     = "arn:aws:iam::" + account + ":user/ann"
	role    = "arn:aws:iam::" + account + ":role/path/web"
	session = "arn:aws:sts::" + account + ":assumed-role/web/run"
	action  = "secretsmanager:GetSecretValue"
	secret  = "arn:aws:secretsmanager:us-west-2:" + account + ":secret:a-AbCdEf"
)

func document(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}

// says is an identity policy's word on the action.
func says(effect string) []string {
	return []string{document(`{"Effect":"` + effect + `","Action":"` + action + `","Resource":"*"}`)}
}

func nothing() []string { return []string{document("")} }

// grants is a resource's policy for principals, given as JSON.
func grants(effect, principals string) string {
	return document(`{"Effect":"` + effect + `","Principal":` + principals + `,"Action":"*","Resource":"*"}`)
}

func named(arns string) string { return `{"AWS":"` + arns + `"}` }

// TestRules has one case or more for each rule of "Policy evaluation logic"
// within one account.
func TestRules(t *testing.T) {
	user, assumed := Principal{ARN: ann, ID: "AIDA"}, Principal{ARN: session, ID: "AROA:run", Role: role}
	with := func(p Principal, identity, boundary, session []string) Principal {
		p.Identity, p.Boundary, p.Session = identity, boundary, session
		return p
	}
	type outcome struct {
		by       Kind
		explicit bool
	}
	allowed := outcome{}
	for _, test := range []struct {
		name   string
		caller Principal
		policy string
		trust  bool
		want   outcome
	}{
		{"nothing allows", user, "", false, outcome{Identity, false}},
		{"an identity policy allows", with(user, says("Allow"), nil, nil), "", false, allowed},
		{"an identity policy denies what another allows", with(user, append(says("Allow"), says("Deny")...), nil, nil), "", false, outcome{Identity, true}},

		{"a boundary allows too", with(user, says("Allow"), says("Allow"), nil), "", false, allowed},
		{"a boundary alone allows nothing", with(user, nil, says("Allow"), nil), "", false, outcome{Identity, false}},
		{"a boundary leaves it out", with(user, says("Allow"), nothing(), nil), "", false, outcome{Boundary, false}},
		{"a boundary denies", with(user, says("Allow"), says("Deny"), nil), "", false, outcome{Boundary, true}},

		{"a session policy allows too", with(assumed, says("Allow"), nil, says("Allow")), "", false, allowed},
		{"a session policy alone allows nothing", with(assumed, nil, nil, says("Allow")), "", false, outcome{Identity, false}},
		{"a session policy leaves it out", with(assumed, says("Allow"), nil, nothing()), "", false, outcome{Session, false}},
		{"a session policy denies", with(assumed, says("Allow"), nil, says("Deny")), "", false, outcome{Session, true}},
		{"all three allow", with(assumed, says("Allow"), says("Allow"), says("Allow")), "", false, allowed},

		{"a resource names the user", user, grants("Allow", named(ann)), false, allowed},
		{"a resource names the user beyond the boundary", with(user, nil, nothing(), nil), grants("Allow", named(ann)), false, allowed},
		{"a resource names the user, whom a boundary denies", with(user, nil, says("Deny"), nil), grants("Allow", named(ann)), false, outcome{Boundary, true}},
		{"a resource names the session beyond all else", with(assumed, nil, nothing(), nothing()), grants("Allow", named(session)), false, allowed},
		{"a resource names the role", assumed, grants("Allow", named(role)), false, allowed},
		{"a resource names the role, within the boundary", with(assumed, nil, nothing(), nil), grants("Allow", named(role)), false, outcome{Boundary, false}},
		{"a resource names the role, within the session policy", with(assumed, nil, nil, nothing()), grants("Allow", named(role)), false, outcome{Session, false}},
		{"a resource lets anybody in", user, grants("Allow", `"*"`), false, allowed},
		{"a resource lets anybody in, as a list", user, grants("Allow", named("*")), false, allowed},
		{"a resource lets anybody in, within the boundary", with(user, nil, nothing(), nil), grants("Allow", `"*"`), false, outcome{Boundary, false}},
		{"a resource leaves it to the account", user, grants("Allow", named(root)), false, outcome{Identity, false}},
		{"a resource leaves it to the account by number", user, grants("Allow", named(account)), false, outcome{Identity, false}},
		{"a resource leaves it to the account, which allows", with(user, says("Allow"), nil, nil), grants("Allow", named(root)), false, allowed},
		{"a resource names somebody else", user, grants("Allow", named(ann+"a")), false, outcome{Identity, false}},
		{"a resource names a service", user, grants("Allow", `{"Service":"ecs-tasks.amazonaws.com"}`), false, outcome{Identity, false}},
		{"a resource denies the user", with(user, says("Allow"), nil, nil), grants("Deny", named(ann)), false, outcome{Resource, true}},
		{"a resource denies the account", with(user, says("Allow"), nil, nil), grants("Deny", named(account)), false, outcome{Resource, true}},
		{"a resource denies the role of the session", with(assumed, says("Allow"), nil, nil), grants("Deny", named(role)), false, outcome{Resource, true}},
		{"a resource denies somebody else", with(user, says("Allow"), nil, nil), grants("Deny", named(ann+"a")), false, allowed},

		{"root may", Principal{ARN: root, ID: account}, "", false, allowed},
		{"a resource denies root", Principal{ARN: root, ID: account}, grants("Deny", `"*"`), false, outcome{Resource, true}},

		{"no trust", with(user, says("Allow"), nil, nil), grants("Allow", named(ann+"a")), true, outcome{Trust, false}},
		{"a trust policy names the user", user, grants("Allow", named(ann)), true, allowed},
		{"a trust policy leaves it to the account", user, grants("Allow", named(root)), true, outcome{Identity, false}},
		{"a trust policy leaves it to the account, which allows", with(user, says("Allow"), nil, nil), grants("Allow", named(root)), true, allowed},
		{"a trust policy denies", with(user, says("Allow"), nil, nil), grants("Deny", `"*"`), true, outcome{Trust, true}},
		{"root assumes nothing", Principal{ARN: root, ID: account}, grants("Allow", named(root)), true, outcome{Trust, false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := Decide(test.caller, Check{Action: action, Resource: secret, Policy: test.policy, Trust: test.trust})
			got := outcome{}
			var denial *Denial
			if errors.As(err, &denial) {
				got = outcome{denial.By, denial.Explicit}
			} else if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

// TestNotPrincipal excepts from a denial whom it names in full, and lets in whom
// it does not name.
func TestNotPrincipal(t *testing.T) {
	for _, test := range []struct {
		effect, names string
		caller        Principal
		want          bool
	}{
		{"Deny", `"` + root + `","` + ann + `"`, Principal{ARN: ann, Identity: says("Allow")}, true},
		{"Deny", `"` + account + `","` + ann + `"`, Principal{ARN: ann, Identity: says("Allow")}, true},
		{"Deny", `"` + ann + `"`, Principal{ARN: ann, Identity: says("Allow")}, false},
		{"Deny", `"` + root + `"`, Principal{ARN: ann, Identity: says("Allow")}, false},
		{"Deny", `"` + root + `","` + role + `"`, Principal{ARN: session, Role: role, Identity: says("Allow")}, false},
		{"Deny", `"` + root + `","` + role + `","` + session + `"`, Principal{ARN: session, Role: role, Identity: says("Allow")}, true},
		{"Deny", `"*"`, Principal{ARN: ann, Identity: says("Allow")}, true},
		{"Allow", `"` + ann + `"`, Principal{ARN: ann}, false},
		{"Allow", `"` + ann + `a"`, Principal{ARN: ann}, true},
	} {
		policy := document(`{"Effect":"` + test.effect + `","NotPrincipal":{"AWS":[` + test.names + `]},"Action":"*","Resource":"*"}`)
		err := Decide(test.caller, Check{Action: action, Resource: secret, Policy: policy})
		if (err == nil) != test.want {
			t.Errorf("%s NotPrincipal %s for %s: %v", test.effect, test.names, test.caller.ARN, err)
		}
	}
}

func TestWords(t *testing.T) {
	const brief = "User: " + ann + " is not authorized to perform: " + action + " on resource: a"
	for want, denial := range map[string]Denial{
		" because no identity-based policy allows the " + action + " action": {By: Identity},
		" because no permissions boundary allows the " + action + " action":  {By: Boundary},
		" because no session policy allows the " + action + " action":        {By: Session},
		" because no role trust policy allows the " + action + " action":     {By: Trust},
		" with an explicit deny in an identity-based policy":                 {By: Identity, Explicit: true},
		" with an explicit deny in a permissions boundary":                   {By: Boundary, Explicit: true},
		" with an explicit deny in a session policy":                         {By: Session, Explicit: true},
		" with an explicit deny in a resource-based policy":                  {By: Resource, Explicit: true},
		" with an explicit deny in the role trust policy":                    {By: Trust, Explicit: true},
	} {
		denial.Caller, denial.Action, denial.Resource = ann, action, "a"
		if got := denial.Error(); got != brief+want {
			t.Errorf("%q, want %q", got, brief+want)
		}
	}
	err := Decide(Principal{ARN: ann}, Check{Action: action, Resource: secret, Shown: "a"})
	if err == nil || err.Error() != brief+" because no identity-based policy allows the "+action+" action" {
		t.Error(err)
	}
}

func TestABrokenPolicyAllowsNothing(t *testing.T) {
	for name, p := range map[string]Principal{
		"identity": {ARN: ann, Identity: []string{"{"}}, "boundary": {ARN: ann, Identity: says("Allow"), Boundary: []string{"{"}},
		"session": {ARN: session, Role: role, Identity: says("Allow"), Session: []string{"{"}},
	} {
		var denial *Denial
		if err := Decide(p, Check{Action: action, Resource: secret}); err == nil || errors.As(err, &denial) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Decide(Free(ann, "AIDA"), Check{Action: action, Resource: secret, Policy: "{"}); err == nil {
		t.Error("a resource's policy that is no JSON lets somebody in")
	}
}

// FuzzDecide holds that no policy lets in whom another one denies, nor anybody
// when it is no policy.
func FuzzDecide(f *testing.F) {
	for _, seed := range []string{says("Allow")[0], grants("Allow", `"*"`), "{", `{"Statement":{"Effect":"Allow"}}`,
		document(`{"Effect":"Allow","NotAction":[],"NotResource":"${a,'b'}","Condition":{"ForAllValues:ArnLikeIfExists":{"aws:x":[1]}}}`)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, policy string) {
		p := Principal{ARN: session, ID: "AROA:run", Role: role, Identity: []string{policy}, Boundary: []string{policy}, Session: []string{policy}}
		c := Check{Action: action, Resource: secret, Policy: policy}
		if Decide(p, c) == nil && !json.Valid([]byte(policy)) {
			t.Errorf("%q allows", policy)
		}
		p.Identity = append(p.Identity, says("Deny")...)
		if Decide(p, c) == nil {
			t.Errorf("%q allows what is denied", policy)
		}
	})
}
