package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseLocation(t *testing.T) {
	secret := "arn:aws:secretsmanager:us-west-2:012345678901:secret:a/b.env"
	sm := ARN{"aws", "secretsmanager", "us-west-2", "012345678901", "secret:a/b.env"}
	for _, want := range []Location{
		{Text: secret, Provider: ProviderSecretsManager, Address: secret, ARN: sm},
		{Text: secret + "!json", Provider: ProviderSecretsManager, Address: secret, ARN: sm, Format: "json"},
		{Text: secret + "!dotenv|JP:$.a", Provider: ProviderSecretsManager, Address: secret, ARN: sm, Format: "dotenv", JSONPath: "$.a"},
		{Text: secret + "|JP:$.a!json", Provider: ProviderSecretsManager, Address: secret, ARN: sm, JSONPath: "$.a!json"},
		{Text: "  " + secret, Provider: ProviderSecretsManager, Address: secret, ARN: sm},
		{Text: "AWS_SM:a/b", Provider: ProviderSecretsManager, Address: "a/b"},
		{Text: "AWS_SM:" + secret, Provider: ProviderSecretsManager, Address: secret, ARN: sm},
		{Text: "AWS_SSM:/a/b", Provider: ProviderSSM, Address: "/a/b"},
		{Text: "ssm:/a/b!yaml", Provider: ProviderSSM, Address: "/a/b", Format: "yaml"},
		{Text: "arn:aws:ssm:us-west-2:012345678901:parameter/a", Provider: ProviderSSM, Address: "arn:aws:ssm:us-west-2:012345678901:parameter/a",
			ARN: ARN{"aws", "ssm", "us-west-2", "012345678901", "parameter/a"}},
		{Text: "arn:aws:s3:::bucket/key.env#v1", Provider: ProviderS3, Address: "arn:aws:s3:::bucket/key.env#v1", ARN: ARN{"aws", "s3", "", "", "bucket/key.env"}, Version: "v1"},
		{Text: "AWS_S3:bucket/key", Provider: ProviderS3, Address: "bucket/key"},
		{Text: "aws:appconfig:app/env/profile", Provider: ProviderAppConfig, Address: "app/env/profile"},
		{Text: "AWS_APP_CONFIG:app/env/profile!json", Provider: ProviderAppConfig, Address: "app/env/profile", Format: "json"},
		{Text: "arn:aws-cn:secretsmanager:cn-north-1:012345678901:secret:x", Provider: ProviderSecretsManager, Address: "arn:aws-cn:secretsmanager:cn-north-1:012345678901:secret:x",
			ARN: ARN{"aws-cn", "secretsmanager", "cn-north-1", "012345678901", "secret:x"}},
		{Text: "PLAIN:A=1!json", Provider: ProviderPlain, Address: "A=1!json"},
		{Text: "file:///etc/x.json", Provider: ProviderFile, Address: "/etc/x.json"},
		{Text: "/etc/x!toml", Provider: ProviderFile, Address: "/etc/x!toml"},
		{Text: "", Provider: ProviderFile},
	} {
		got, err := ParseLocation(want.Text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", want.Text, err, diff)
		}
	}
	for _, text := range []string{"arn:aws:secretsmanager:us-west-2", "arn:aws:s3:::", "AWS_SM:arn:aws:secretsmanager:us-west-2:12:secret:x", "arn:nosuch"} {
		if _, err := ParseLocation(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestSecretName(t *testing.T) {
	base := "arn:aws:secretsmanager:us-west-2:012345678901:secret:"
	for _, c := range []struct {
		text, name string
		suffixed   bool
	}{
		{base + "a/b-AbCdEf", "a/b", true}, {base + "a/b", "a/b", false}, {base + "a/b-AbCdE", "a/b-AbCdE", false}, {base + "a/b-AbCdE_", "a/b-AbCdE_", false},
		{base + "a/b-AbCdEf!json", "a/b", true}, {"AWS_SM:a/b-AbCdEf", "a/b-AbCdEf", false}, {"AWS_SM:x", "x", false}, {base + "-AbCdEf", "", true},
	} {
		loc, err := ParseLocation(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if name, suffixed := loc.SecretName(); name != c.name || suffixed != c.suffixed {
			t.Errorf("%s: got %q, %t", c.text, name, suffixed)
		}
	}
}

// FuzzParseLocation: parsing keeps every part of the text.
func FuzzParseLocation(f *testing.F) {
	for _, text := range []string{"AWS_SM:a!json|JP:$.x", "arn:aws:s3:::b/k#v!yaml", "PLAIN:{}", "file://x", "arn:aws:ssm:r:012345678901:parameter/x", "!json", "|JP:", "ssm:"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		loc, err := ParseLocation(text)
		if loc.Text != text {
			t.Errorf("%q is remembered as %q", text, loc.Text)
		}
		if err != nil {
			return
		}
		if !strings.Contains(text, loc.Address) || !strings.HasSuffix(text, loc.JSONPath) || !strings.Contains(text, loc.Format) {
			t.Errorf("%q is taken apart as %+v", text, loc)
		}
		if name, suffixed := loc.SecretName(); suffixed && !strings.Contains(text, name+"-") {
			t.Errorf("%q has the name %q", text, name)
		}
	})
}
