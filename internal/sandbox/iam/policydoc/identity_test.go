package policydoc

import (
	"strings"
	"testing"
)

const anyResource = `,"Resource":"*"`

// one is a policy of a single statement with the members given.
func one(members string) string {
	return `{"Version":"2012-10-17","Statement":{` + members + `}}`
}

func allow(members string) string { return one(`"Effect":"Allow",` + members) }

func TestIdentityAccepts(t *testing.T) {
	for name, text := range map[string]string{
		"list of statements":      `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`,
		"with id":                 `{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
		"white space":             "\n{ \"Version\" :\t\"2012-10-17\", \"Statement\" : [ " + `{"Effect":"Allow","Action":"s3:*","Resource":"*"}` + " ] }\r\n",
		"all actions":             allow(`"Action":"*"` + anyResource),
		"action with spaces":      allow(`"Action":"iam: odd name "` + anyResource),
		"vendor with dot":         allow(`"Action":"s3.s:Get"` + anyResource),
		"NotAction, NotResource":  allow(`"NotAction":"s3:Get","NotResource":"*"`),
		"resources, star":         allow(`"Action":"s3:Get","Resource":["arn:aws:s3:::b","*"]`),
		"short ARN":               allow(`"Action":"s3:Get","Resource":"arn:aws:thing"`),
		"ARN of an odd service":   allow(`"Action":"s3:Get","Resource":"arn:aws:nothing:us-east-1::x"`),
		"secret with wildcards":   allow(`"Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-west-2:012345678901:secret:a/b.env-??????"`),
		"China":                   allow(`"Action":"s3:Get","Resource":"arn:aws-cn:s3:::b"`),
		"any partition":           allow(`"Action":"s3:Get","Resource":"arn:*:s3:::b"`),
		"IAM user variable":       allow(`"Action":"iam:GetUser","Resource":"arn:aws:iam::*:user/${aws:username}"`),
		"IAM root":                allow(`"Action":"iam:GetUser","Resource":"arn:aws:iam::012345678901:root"`),
		"account as a word":       allow(`"Action":"ec2:Run","Resource":"arn:aws:ec2:region:account-id:instance/*"`),
		"Sids":                    `{"Version":"2012-10-17","Statement":[{"Sid":"A1","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"","Effect":"Deny","Action":"s3:*","Resource":"*"}]}`,
		"condition":               allow(`"Action":"s3:Get","Condition":{"StringEquals":{"aws:RequestTag/CostCenter":["A","B"]}}` + anyResource),
		"condition on a set":      allow(`"Action":"s3:Get","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":"a*"}}` + anyResource),
		"condition of a boolean":  allow(`"Action":"s3:Get","Condition":{"Bool":{"aws:SecureTransport":true}}` + anyResource),
		"unknown empty operator":  allow(`"Action":"s3:Get","Condition":{"x":{},"y":{}}` + anyResource),
		"dates":                   allow(`"Action":"s3:Get","Condition":{"DateLessThan":{"aws:CurrentTime":["2019-07-01T13:20:15Z","2016-12-13T21:20:37.593194+00:00","-292275054","01T"]}}` + anyResource),
		"no values for condition": allow(`"Action":"s3:Get","Condition":{"DateGreaterThan":{"a":[]}}` + anyResource),
	} {
		t.Run(name, func(t *testing.T) {
			if err := Identity(text); err != nil {
				t.Errorf("Identity(%s) = %v, want none", text, err)
			}
		})
	}
}

func TestIdentityRefuses(t *testing.T) {
	const syntax = "Syntax errors in policy."
	const version = "Policy document must be version 2012-10-17 or greater."
	const legacy = "The policy failed legacy parsing"
	const vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	good := `"Effect":"Allow","Action":"s3:Get","Resource":"*"`
	for _, test := range []struct{ name, text, want string }{
		{"not JSON", "this is no document", syntax},
		{"empty object", "{}", syntax},
		{"a list", "[]", syntax},
		{"a string", `"x"`, syntax},
		{"no statement", `{"Version":"2012-10-17"}`, syntax},
		{"null statement", `{"Version":"2012-10-17","Statement":null}`, syntax},
		{"no statements", `{"Version":"2012-10-17","Statement":[]}`, syntax},
		{"statement of text", `{"Version":"2012-10-17","Statement":["x"]}`, syntax},
		{"key twice", `{"Version":"2012-10-17","Statement":{` + good + `,"Effect":"Deny"}}`, syntax},
		{"unknown top-level field", `{"Version":"2012-10-17","Extra":1,"Statement":{` + good + `}}`, syntax},
		{"unknown statement field", one(good + `,"Extra":"x"`), syntax},
		{"lower-case field", one(strings.Replace(good, "Effect", "effect", 1)), syntax},
		{"id a list", `{"Version":"2012-10-17","Id":["x"],"Statement":{` + good + `}}`, syntax},
		{"unknown version", `{"Version":"2013-10-17","Statement":{` + good + `}}`, syntax},
		{"no version", `{"Statement":{` + good + `}}`, version},
		{"old version", `{"Version":"2008-10-17","Statement":{` + good + `}}`, version},
		{"no version, bad effect", `{"Statement":{"Effect":"denY","Action":"s3:Get","Resource":"*"}}`, version},
		{"no effect", one(`"Action":"s3:Get","Resource":"*"`), syntax},
		{"unknown effect", one(`"Effect":"Maybe","Action":"s3:Get","Resource":"*"`), syntax},
		{"effect in lower case", one(`"Effect":"allow","Action":"s3:Get","Resource":"*"`), legacy},
		{"Action and NotAction", allow(`"Action":"s3:Get","NotAction":[]` + anyResource), syntax},
		{"Resource and NotResource", allow(`"Action":"s3:Get","Resource":"*","NotResource":[]`), syntax},
		{"action a number", allow(`"Action":123` + anyResource), syntax},
		{"action a list in a list", allow(`"Action":[[]]` + anyResource), syntax},
		{"resource an object", allow(`"Action":"s3:Get","Resource":{"a":"b"}`), syntax},
		{"Sid a list", one(`"Sid":[],` + good), syntax},
		{"Sid with a hyphen", one(`"Sid":"read-only",` + good), errSidAlphabet.Error()},
		{"Sid twice", `{"Version":"2012-10-17","Statement":[{"Sid":"a",` + good + `},{"Sid":"a","Effect":"Allow"}]}`,
			"Statement IDs (SID) in a single policy must be unique."},
		{"with Principal", one(`"Principal":"*",` + good), "Policy document should not specify a principal."},
		{"with NotPrincipal", one(`"NotPrincipal":{"AWS":"*"},` + good), "Policy document should not specify a principal."},
		{"no action", allow(`"Resource":"*"`), "Policy statement must contain actions."},
		{"empty actions", allow(`"Action":[],"Resource":"*"`), "Policy statement must contain actions."},
		{"neither action nor resource", one(`"Effect":"Allow"`), "Policy statement must contain actions."},
		{"no resource", allow(`"Action":"s3:Get"`), "Policy statement must contain resources."},
		{"empty resources", allow(`"Action":"s3:Get","Resource":[]`), "Policy statement must contain resources."},
		{"no resource, no vendor", allow(`"Action":"Get"`), "Policy statement must contain resources."},
		{"action without vendor", allow(`"Action":"GetObject"` + anyResource), vendor},
		{"empty NotAction", allow(`"NotAction":""` + anyResource), vendor},
		{"two colons", allow(`"Action":["s3:Get","s3:List:Bucket"]` + anyResource), "Actions/Condition can contain only one colon."},
		{"vendor with a space", allow(`"Action":"a a:Get"` + anyResource), "Vendor a a is not valid"},
		{"empty vendor", allow(`"Action":":Get"` + anyResource), "Vendor  is not valid"},
		{"vendor with a star", allow(`"Action":"s*:Get"` + anyResource), "Vendor s* is not valid"},
		{"resource no ARN", allow(`"Action":"s3:Get","Resource":"bucket"`), `Resource bucket must be in ARN format or "*".`},
		{"empty resource", allow(`"Action":"s:3:Get","Resource":""`), `Resource  must be in ARN format or "*".`},
		{"resource of two parts", allow(`"Action":"s3:Get","Resource":"a:bsdf"`), `Partition "bsdf" is not valid for resource "arn:bsdf:*:*:*:*".`},
		{"ARN without arn", allow(`"Action":"s3:Get","Resource":"aws:s3:::bucket"`), `Partition "s3" is not valid for resource "arn:s3:::bucket:*".`},
		{"unknown partition", allow(`"Action":"s3:Get","Resource":"arn:error:s3:::bucket"`), `Partition "error" is not valid for resource "arn:error:s3:::bucket".`},
		{"no service", allow(`"Action":"s3:Get","Resource":"arn:aws"`), errVendorRegex.Error()},
		{"service with a star", allow(`"Action":"s3:Get","Resource":"arn:aws:s*:::bucket"`), errVendorRegex.Error()},
		{"a colon short", allow(`"Action":"s3:Get","Resource":"arn:aws:s3::bucket"`), legacy},
		{"two colons short", allow(`"Action":"s3:Get","Resource":"arn:awss3::bucket/*"`), legacy},
		{"empty service", allow(`"NotAction":"s3:Get","Resource":"arn:aws::::bucket"`), legacy},
		{"variable as the account", allow(`"Action":"s3:Get","Resource":"arn:aws:iam::${aws:PrincipalAccount}:role/x"`), legacy},
		{"legacy before actions", allow(`"Resource":"arn:aws:s3::bucket"`), legacy},
		{"S3 with a region", allow(`"Action":"s3:Get","Resource":"arn:aws:s3:us-east-1::b"`), "Resource arn:aws:s3:us-east-1::b can not contain region information."},
		{"IAM with a region", allow(`"Action":"s3:Get","Resource":"arn:aws:iam:us-east-1::role/b"`), "IAM resource arn:aws:iam:us-east-1::role/b cannot contain region information."},
		{"IAM path", allow(`"Action":"s3:Get","Resource":"arn:aws:iam:::thing"`), `IAM resource path must either be "*", root, or start with ` + iamPaths + "."},
		{"condition a list", allow(`"Action":"s3:Get","Condition":[]` + anyResource), syntax},
		{"condition of text", allow(`"Action":"s3:Get","Condition":{"StringEquals":"b"}` + anyResource), syntax},
		{"condition value an object", allow(`"Action":"s3:Get","Condition":{"StringEquals":{"a":{}}}` + anyResource), syntax},
		{"unknown operator", allow(`"Action":"s3:Get","Condition":{"StringIs":{"a":"1"}}` + anyResource), syntax},
		{"unknown set", allow(`"Action":"s3:Get","Condition":{"ForSome:StringEquals":{"a":"1"}}` + anyResource), syntax},
		{"two colons in a set", allow(`"Action":"s3:Get","Condition":{"ForAnyValue::StringEquals":{"a":"1"}}` + anyResource), syntax},
		{"NullIfExists", allow(`"Action":"s3:Get","Condition":{"NullIfExists":{"a":"true"}}` + anyResource), syntax},
		{"no date", allow(`"Action":"s3:Get","Condition":{"DateGreaterThan":{"a":"soon"}}` + anyResource), legacy},
		{"month 13", allow(`"Action":"s3:Get","Condition":{"DateLessThanEquals":{"a":"234-13"}}` + anyResource), legacy},
		{"zone of one digit", allow(`"Action":"s3:Get","Condition":{"DateLessThanEquals":{"a":"2016-12-13t2:00:00.593194+1"}}` + anyResource), legacy},
		{"seconds over 64 bits", allow(`"Action":"s3:Get","Condition":{"DateLessThan":{"a":"9223372036854775808"}}` + anyResource), legacy},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := Identity(test.text)
			if err == nil {
				t.Fatalf("Identity(%s) accepts it, want %q", test.text, test.want)
			}
			if err.Error() != test.want {
				t.Errorf("Identity(%s)\n got %q\nwant %q", test.text, err, test.want)
			}
		})
	}
}

func FuzzIdentity(f *testing.F) {
	f.Add(allow(`"Action":"s3:Get","Resource":["arn:aws:s3:::b","*"],"Condition":{"DateLessThan":{"a":["1","x"]}}`))
	f.Add(`{"Version":"2008-10-17","Statement":[null,1,"x",[],{}]}`)
	f.Add(one(`"Effect":"Deny","NotAction":["*"],"NotResource":"arn:aws:iam::1:role/"`))
	f.Fuzz(func(t *testing.T, text string) {
		err := Identity(text)
		if err != nil {
			return
		}
		root, parseErr := Parse(text)
		if parseErr != nil {
			t.Fatalf("Identity accepts what Parse refuses: %q", text)
		}
		if again := Identity(root.JSON()); again != nil {
			t.Fatalf("Identity accepts %q but not its compact form: %v", text, again)
		}
	})
}
