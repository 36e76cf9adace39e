package policydoc

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEvaluate(t *testing.T) {
	const secret = "arn:aws:secretsmanager:us-west-2:012345678901:secret:app/db.env-AbCdEf"
	read := allow(`"Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-west-2:012345678901:secret:app/db.env-??????"`)
	for _, test := range []struct {
		name     string
		policies []string
		request  Request
		want     Decision
	}{
		{"no policy", nil, Request{Action: "s3:Get", Resource: "*"}, ImplicitDeny},
		{"granted", []string{read}, Request{Action: "secretsmanager:GetSecretValue", Resource: secret}, Allowed},
		{"action's case", []string{read}, Request{Action: "SecretsManager:getsecretvalue", Resource: secret}, Allowed},
		{"another action", []string{read}, Request{Action: "secretsmanager:PutSecretValue", Resource: secret}, ImplicitDeny},
		{"another secret", []string{read}, Request{Action: "secretsmanager:GetSecretValue", Resource: secret + "x"}, ImplicitDeny},
		{"the resource's case", []string{read}, Request{Action: "secretsmanager:GetSecretValue", Resource: strings.ToUpper(secret)}, ImplicitDeny},
		{"denied", []string{read, one(`"Effect":"Deny","Action":"secretsmanager:*","Resource":"*"`)},
			Request{Action: "secretsmanager:GetSecretValue", Resource: secret}, ExplicitDeny},
		{"NotAction", []string{allow(`"NotAction":["iam:*"],"Resource":"*"`)}, Request{Action: "s3:Get", Resource: "x"}, Allowed},
		{"NotAction hit", []string{allow(`"NotAction":["iam:*"],"Resource":"*"`)}, Request{Action: "iam:Get", Resource: "x"}, ImplicitDeny},
		{"NotResource", []string{allow(`"Action":"*","NotResource":"arn:x*"`)}, Request{Action: "s3:Get", Resource: "arn:y"}, Allowed},
		{"NotResource hit", []string{allow(`"Action":"*","NotResource":"arn:x*"`)}, Request{Action: "s3:Get", Resource: "arn:xy"}, ImplicitDeny},
		{"variable", []string{allow(`"Action":"*","Resource":"arn:aws:iam::*:user/${aws:username}"`)},
			Request{Action: "iam:Get", Resource: "arn:aws:iam::1:user/ann", Context: map[string][]string{"aws:username": {"ann"}}}, Allowed},
		{"variable unknown", []string{allow(`"Action":"*","Resource":"arn:aws:iam::*:user/${aws:username}"`)},
			Request{Action: "iam:Get", Resource: "arn:aws:iam::1:user/${aws:username}"}, ImplicitDeny},
		{"variable with default", []string{allow(`"Action":"*","Resource":"arn:x/${aws:username, 'all'}"`)},
			Request{Action: "iam:Get", Resource: "arn:x/all"}, Allowed},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Evaluate(test.policies, test.request)
			if err != nil {
				t.Fatalf("Evaluate: %v", err)
			}
			if got.Decision != test.want {
				t.Errorf("decision %s, want %s", got.Decision, test.want)
			}
		})
	}
	if _, err := Evaluate([]string{"{"}, Request{}); err == nil {
		t.Error("a policy that is no JSON is no error")
	}
}

func TestEvaluateConditions(t *testing.T) {
	context := map[string][]string{
		"s": {"Blue"}, "many": {"a", "b"}, "n": {"10"}, "ip": {"10.1.2.3"}, "b": {"true"},
		"d": {"2026-03-04T05:06:07Z"}, "arn": {"arn:aws:ecs:us-west-2:1:task/c/t"},
	}
	for condition, want := range map[string]bool{
		`{"StringEquals":{"S":"Blue"}}`:                       true,
		`{"StringEquals":{"s":["Red","Blue"]}}`:               true,
		`{"StringEquals":{"s":"blue"}}`:                       false,
		`{"StringEqualsIgnoreCase":{"s":"blue"}}`:             true,
		`{"StringLike":{"s":"B*e"}}`:                          true,
		`{"StringNotLike":{"s":"B*e"}}`:                       false,
		`{"StringNotEquals":{"s":["Red","Blue"]}}`:            false,
		`{"StringNotEquals":{"s":["Red","Green"]}}`:           true,
		`{"StringNotEquals":{"absent":"x"}}`:                  true,
		`{"StringEquals":{"absent":"x"}}`:                     false,
		`{"StringEqualsIfExists":{"absent":"x"}}`:             true,
		`{"StringEqualsIfExists":{"s":"x"}}`:                  false,
		`{"ForAllValues:StringEquals":{"many":["a","b"]}}`:    true,
		`{"ForAllValues:StringEquals":{"many":["a"]}}`:        false,
		`{"ForAllValues:StringEquals":{"absent":["a"]}}`:      true,
		`{"ForAnyValue:StringEquals":{"many":["b"]}}`:         true,
		`{"ForAnyValue:StringEquals":{"many":["c"]}}`:         false,
		`{"ForAnyValue:StringNotEquals":{"many":["a"]}}`:      true,
		`{"ForAnyValue:StringNotEquals":{"absent":["a"]}}`:    false,
		`{"Null":{"absent":"true"}}`:                          true,
		`{"Null":{"s":"true"}}`:                               false,
		`{"Null":{"s":false}}`:                                true,
		`{"NumericLessThan":{"n":"11"}}`:                      true,
		`{"NumericLessThan":{"n":"9"}}`:                       false,
		`{"NumericGreaterThanEquals":{"n":10}}`:               true,
		`{"NumericNotEquals":{"n":10}}`:                       false,
		`{"NumericEquals":{"s":"1"}}`:                         false,
		`{"DateGreaterThan":{"d":"2026-03-04"}}`:              true,
		`{"DateLessThan":{"d":"1"}}`:                          false,
		`{"DateEquals":{"d":"2026-03-04T05:06:07Z"}}`:         true,
		`{"Bool":{"b":"TRUE"}}`:                               true,
		`{"Bool":{"b":false}}`:                                false,
		`{"IpAddress":{"ip":"10.0.0.0/8"}}`:                   true,
		`{"IpAddress":{"ip":"10.1.2.4"}}`:                     false,
		`{"NotIpAddress":{"ip":"10.0.0.0/8"}}`:                false,
		`{"NotIpAddress":{"ip":"192.168.0.0/16"}}`:            true,
		`{"ArnLike":{"arn":"arn:aws:ecs:*:1:task/*"}}`:        true,
		`{"ArnLike":{"arn":"arn:aws:*:task/*"}}`:              false,
		`{"ArnNotEquals":{"arn":"arn:aws:ecs:*:2:*"}}`:        true,
		`{"BinaryEquals":{"s":"Blue"}}`:                       true,
		`{"StringEquals":{"s":"Blue","n":"11"}}`:              false,
		`{"StringEquals":{"s":"Blue"},"Bool":{"b":"false"}}`:  false,
		`{"StringLike":{"s":"${many}"}}`:                      false,
		`{"StringEquals":{"s":"${s}"}}`:                       true,
		`{"StringEquals":{"s":"${"}}`:                         false,
		`{"Invented":{}}`:                                     true,
		`{"DateGreaterThan":{"d":[]}}`:                        false,
		`{"StringNotEquals":{"many":["a"]}}`:                  false,
		`{"StringEquals":{"many":["a"]}}`:                     true,
		`{"DateLessThanEquals":{"d":"2026-03-04T05:06:08Z"}}`: true,
	} {
		policy := allow(`"Action":"*","Resource":"*","Condition":` + condition)
		got, err := Evaluate([]string{policy}, Request{Action: "s3:Get", Resource: "x", Context: context})
		if err != nil {
			t.Errorf("%s: %v", condition, err)
			continue
		}
		if (got.Decision == Allowed) != want {
			t.Errorf("%s holds: %v, want %v", condition, got.Decision == Allowed, want)
		}
	}
}

// TestVariablesNeedTheirVersion takes a variable of the older language, which is
// the one of a policy that names no version, for what it says.
func TestVariablesNeedTheirVersion(t *testing.T) {
	for version, want := range map[string]Decision{
		`"Version":"2012-10-17",`: Allowed, `"Version":"2008-10-17",`: ImplicitDeny, ``: ImplicitDeny,
	} {
		policy := `{` + version + `"Statement":{"Effect":"Allow","Action":"*","Resource":"${aws:username}"}}`
		got, err := Evaluate([]string{policy}, Request{Action: "s3:Get", Resource: "ann", Context: map[string][]string{"aws:username": {"ann"}}})
		if err != nil || got.Decision != want {
			t.Errorf("%s: %s, %v", version, got.Decision, err)
		}
	}
}

// TestPrincipalsByName tells by which of the caller's names it is meant.
func TestPrincipalsByName(t *testing.T) {
	names := []string{"arn:aws:iam::012345678901:user/ann", "*", "arn:aws:iam::012345678901:root"}
	for principal, want := range map[string]int{
		`{"AWS":"arn:aws:iam::012345678901:user/ann"}`: 0, `"*"`: 1, `{"AWS":["x","*"]}`: 1, `{"AWS":"012345678901"}`: 2,
		`{"AWS":"111111111111"}`: -1, `{"Service":"ecs.amazonaws.com"}`: -1, `{"AWS":"arn:aws:iam::012345678901:user/*"}`: -1,
	} {
		policy := `{"Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"*","Resource":"*"}]}`
		got, err := Evaluate([]string{policy}, Request{Action: "s3:Get", Resource: "x", Names: names})
		if err != nil {
			t.Fatal(err)
		}
		name := -1
		if len(got.Matches) == 1 {
			name = got.Matches[0].Name
		}
		if name != want {
			t.Errorf("%s is name %d, want %d", principal, name, want)
		}
	}
}

// TestDoubt holds that an unknown key allows nothing, and denies.
func TestDoubt(t *testing.T) {
	unknown := func(key string) bool { return key == "aws:sourcevpc" }
	for effect, want := range map[string]Decision{"Allow": ImplicitDeny, "Deny": ExplicitDeny} {
		policy := `{"Statement":{"Effect":"` + effect + `","Action":"*","Resource":"*","Condition":{"Null":{"aws:SourceVpc":"true"}}}}`
		got, err := Evaluate([]string{policy}, Request{Action: "s3:Get", Resource: "x", Unknown: unknown})
		if err != nil || got.Decision != want {
			t.Errorf("%s: %s, %v", effect, got.Decision, err)
		}
	}
}

func TestEvaluateSaysWhy(t *testing.T) {
	policy := `{"Version":"2012-10-17","Statement":[
 {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"x","s3:prefix":"y"}}},
 {"Effect":"Allow","Action":"s3:Get","Resource":"*"}]}`
	got, err := Evaluate([]string{one(`"Effect":"Allow","Action":"iam:*","Resource":"*"`), policy}, Request{Action: "s3:Get", Resource: "*"})
	if err != nil {
		t.Fatalf("Evaluate: %v", err)
	}
	if diff := cmp.Diff([]string{"aws:username", "s3:prefix"}, got.Missing); diff != "" {
		t.Errorf("missing keys (-want +got):\n%s", diff)
	}
	if len(got.Matches) != 1 || got.Matches[0].Policy != 1 {
		t.Fatalf("matches = %+v, want one of the second policy", got.Matches)
	}
	if at := policy[got.Matches[0].Start:got.Matches[0].End]; at != `{"Effect":"Allow","Action":"s3:Get","Resource":"*"}` {
		t.Errorf("the match is %s", at)
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("**", "")
	f.Add("?", "")
	f.Add("*a*a*a*b", "aaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		for _, c := range pattern + text {
			if c > 126 || c < 32 {
				return
			}
		}
		quoted := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile("^" + quoted + "$").MatchString(text)
		if got := glob(pattern, text); got != want {
			t.Fatalf("glob(%q, %q) = %v, want %v", pattern, text, got, want)
		}
	})
}

func TestSize(t *testing.T) {
	for text, want := range map[string]int{
		"{ \"a\" :\n [ 1 , 2 ] }": len(`{"a":[1,2]}`),
		`{"a":"x y"}`:             len(`{"a":"x y"}`),
		`{"é":1}`:                 7,
		"no json":                 7,
	} {
		if got := Size(text); got != want {
			t.Errorf("Size(%q) = %d, want %d", text, got, want)
		}
	}
}
