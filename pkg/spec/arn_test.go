package spec

import (
	"strings"
	"testing"
)

func TestParseARN(t *testing.T) {
	for text, want := range map[string]ARN{
		"arn:aws:iam::012345678901:role/team/x":                      {"aws", "iam", "", "012345678901", "role/team/x"},
		"arn:aws:s3:::bucket/key:with:colons":                        {"aws", "s3", "", "", "bucket/key:with:colons"},
		"arn:aws-us-gov:secretsmanager:us-gov-west-1:1:secret:a":     {},
		"arn:aws-cn:secretsmanager:cn-north-1:012345678901:secret:a": {"aws-cn", "secretsmanager", "cn-north-1", "012345678901", "secret:a"},
		"arn:aws:iam::aws:policy/ReadOnlyAccess":                     {"aws", "iam", "", "aws", "policy/ReadOnlyAccess"},
		"arn:aws-iso-b:ecs:us-isob-east-1:012345678901:cluster/x":    {"aws-iso-b", "ecs", "us-isob-east-1", "012345678901", "cluster/x"},
		"":                                    {},
		"arn":                                 {},
		"arn:aws:iam::012345678901":           {},
		"arn:aws:iam::012345678901:":          {},
		"arn:aws:::012345678901:x":            {},
		"urn:aws:iam::012345678901:role/x":    {},
		"arn:gcp:iam::012345678901:role/x":    {},
		"arn:aws-:iam::012345678901:role/x":   {},
		"arn:aws--x:iam::012345678901:role/x": {},
		"arn:awsx:iam::012345678901:role/x":   {},
		"arn:aws-CN:iam::012345678901:role/x": {},
		"arn:aws:iam::01234567890x:role/x":    {},
		"arn:aws:iam::0123456789012:role/x":   {},
	} {
		got, err := ParseARN(text)
		if got != want || (err != nil) != (want == ARN{}) {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
		if err == nil && got.String() != text {
			t.Errorf("%q turns into %q", text, got)
		}
	}
}

func TestRoleName(t *testing.T) {
	for _, c := range []struct{ arn, path, name string }{
		{"arn:aws:iam::012345678901:role/x", "/", "x"},
		{"arn:aws:iam::012345678901:role/team/app/x", "/team/app/", "x"},
		{"arn:aws:iam::012345678901:role/team/", "", ""},
		{"arn:aws:iam::012345678901:role/", "", ""},
		{"arn:aws:iam::012345678901:user/x", "", ""},
		{"arn:aws:sts::012345678901:role/x", "", ""},
	} {
		arn, err := ParseARN(c.arn)
		if err != nil {
			t.Fatal(err)
		}
		path, name, err := arn.RoleName()
		if path != c.path || name != c.name || (err != nil) != (c.name == "") {
			t.Errorf("%s: got %q, %q, %v", c.arn, path, name, err)
		}
	}
}

// FuzzParseARN: what is taken is written as it was read.
func FuzzParseARN(f *testing.F) {
	for _, text := range []string{"arn:aws:iam::012345678901:role/x", "arn:aws-cn:s3:::b", "arn:aws-:a:b:c:d", "arn:::::", "::::::", "arn:aws:iam::aws:policy/x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		arn, err := ParseARN(text)
		if err != nil {
			return
		}
		if arn.String() != text {
			t.Errorf("%q turns into %q", text, arn)
		}
		if path, name, err := arn.RoleName(); err == nil && !strings.HasSuffix(arn.Resource, "role"+path+name) {
			t.Errorf("%q has the path %q and the name %q", text, path, name)
		}
	})
}
