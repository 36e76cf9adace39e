package load

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

// TestAddress: a format is written wherever proc_wrapper would take the secret
// for something else.
func TestAddress(t *testing.T) {
	for _, c := range []struct{ name, file, format, output, want string }{
		{"shop/db.env", "a.env", "", "", ""},
		{"shop/db", "a.env", "", "", ""},
		{"shop/db.json", "a.env", "", "", "!dotenv"},
		{"shop/db.env.json", "a.env", "", "", ""},
		{"shop/db.env", "a.json", "", "", "!json"},
		{"shop/db.json", "a.json", "", "", ""},
		{"shop/db.env.json", "a.json", "", "", "!json"},
		{"shop/db.yaml", "a.yaml", "", "", ""},
		{"shop/db.yml", "a.yaml", "", "", ""},
		{"shop/db", "a.yml", "", "", "!yaml"},
		{"shop/db", "a.txt", "yaml", "", "!yaml"},
		{"shop/db.env", "a.env", "", "json", "!json"},
		{"shop/db.json", "a.env", "", "json", ""},
		{"shop/token", "a.txt", "", "", ""},
	} {
		source := "{file: " + c.file
		if c.format != "" {
			source += ", format: " + c.format
		}
		line := "  - {secret: " + c.name + ", from: " + source + "}}"
		if c.output != "" {
			line = "  - {secret: " + c.name + ", from: " + source + "}, output: " + c.output + "}"
		}
		content := map[bool]string{true: `{"A": "1"}`, false: "A=1\n"}[c.file == "a.json" || c.file == "a.yaml" || c.file == "a.yml" || c.format == "yaml"]
		d := files{"tasks/web.yaml": task("web", "env_locations:", line), c.file: content}.mustLoad(t, process{})
		want := "arn:aws:secretsmanager:us-west-2:012345678901:secret:" + c.name + c.want
		if got := d.Tasks[0].EnvLocations[0]; got.Location != want || got.Secret != c.name {
			t.Errorf("%s of %s: got %s (secret %q), want %s", c.name, c.file, got.Location, got.Secret, want)
		}
	}
}

// TestReferencesAreLinked: a location that names a managed secret is one with
// it, whichever task declares it, and only in the same account and region.
func TestReferencesAreLinked(t *testing.T) {
	for _, c := range []struct{ location, want string }{
		{"arn:aws:secretsmanager:us-west-2:012345678901:secret:shop/db.env", "shop/db.env"},
		{"arn:aws:secretsmanager:us-west-2:012345678901:secret:shop/db.env-AbCdEf", "shop/db.env"},
		{"arn:aws:secretsmanager:us-west-2:012345678901:secret:shop/db.env-AbCdEf!dotenv", "shop/db.env"},
		{"AWS_SM:shop/db.env", "shop/db.env"},
		{"AWS_SM:shop/other.env", ""},
		{"arn:aws:secretsmanager:us-west-2:999999999999:secret:shop/db.env", ""},
		{"arn:aws:secretsmanager:eu-west-1:012345678901:secret:shop/db.env", ""},
		{"arn:aws:ssm:us-west-2:012345678901:parameter/shop/db.env", ""},
		{"file:///shop/db.env", ""},
	} {
		d := files{
			"tasks/a.yaml": task("a", "env_locations: ['"+c.location+"']", roleLine),
			"tasks/b.yaml": task("b", "env_locations:", "  - {secret: shop/db.env, from: {file: db.env}, kms_key_id: alias/shop}"),
			"db.env":       "A=1\n",
		}.mustLoad(t, process{})
		if got := taskNamed(t, d, "a").EnvLocations[0].Secret; got != c.want {
			t.Errorf("%s: got the secret %q, want %q", c.location, got, c.want)
		}
		wantTasks := map[bool][]string{true: {"b"}, false: {"a", "b"}}[c.want == ""]
		if diff := cmp.Diff(wantTasks, d.Secrets[0].Tasks); diff != "" {
			t.Errorf("%s: tasks of the secret (-want +got):\n%s", c.location, diff)
		}
		if keys := d.Roles[0].GrantKMSKeys; (len(keys) == 1) != (c.want != "") {
			t.Errorf("%s: the keys that the role may use are %v", c.location, keys)
		}
	}
}

// TestOneRegion: managed secrets count as being in the deployment's region.
func TestOneRegion(t *testing.T) {
	west, east := "arn:aws:secretsmanager:us-west-2:012345678901:secret:a.env", "arn:aws:secretsmanager:us-east-1:012345678901:secret:b.env"
	for _, c := range []struct {
		name, list string
		refused    bool
	}{
		{"one", "['" + west + "', '" + west + "']", false},
		{"two", "['" + west + "', '" + east + "']", true},
		{"two beside a managed one", "[{secret: c.env, from: {file: c.env}}, '" + east + "']", true},
		{"another store", "['" + west + "', 'arn:aws:ssm:us-east-1:012345678901:parameter/x']", false},
		{"no region", "['" + east + "', 'AWS_SM:c.env', 'file:///c.env']", false},
	} {
		got := files{"tasks/web.yaml": task("web", "env_locations: "+c.list), "c.env": "A=1\n"}.complaints(t, process{})
		if c.refused {
			wantText(t, got, "tasks/web.yaml:5:", "spec.env_locations[1]: the region us-east-1 stands beside us-west-2", "(replicate the secret into one region)")
		} else if got != "" {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// TestSecretNameLikeAnARN: a name that ends as ARNs do cannot be found by a
// partial ARN.
func TestSecretNameLikeAnARN(t *testing.T) {
	got := files{"tasks/web.yaml": task("web", "env_locations:", "  - {secret: shop/db-abc123, from: {file: c.env}}"), "c.env": "A=1\n"}.complaints(t, process{})
	wantText(t, got, "tasks/web.yaml:6:7: spec.env_locations[0]: ", "shop/db-abc123", "(choose another name)")
}

// TestWhereThingsAre: account, region and partition as declared, else as the
// ARNs agree, else the caller's.
func TestWhereThingsAre(t *testing.T) {
	project := func(environment string) string {
		return "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec: {environments: {staging: " + environment + "}}\n"
	}
	china := "arn:aws-cn:secretsmanager:cn-north-1:012345678901:secret:x.env"
	for _, c := range []struct {
		name, environment, location, region string
		want                                [3]string
	}{
		{"declared", `{account_id: "012345678901", region: eu-west-1}`, "AWS_SM:x", "us-east-1", [3]string{"012345678901", "eu-west-1", "aws"}},
		{"by ARN", `{}`, "arn:aws:secretsmanager:us-west-2:012345678901:secret:x.env", "us-east-1", [3]string{"012345678901", "us-west-2", "aws"}},
		{"by the caller", `{}`, "AWS_SM:x", "us-east-1", [3]string{"", "us-east-1", "aws"}},
		{"China by ARN", `{}`, china, "", [3]string{"012345678901", "cn-north-1", "aws-cn"}},
		{"China by region", `{region: cn-north-1}`, "AWS_SM:x", "", [3]string{"", "cn-north-1", "aws-cn"}},
		{"GovCloud by region", `{region: us-gov-west-1}`, "AWS_SM:x", "", [3]string{"", "us-gov-west-1", "aws-us-gov"}},
		{"account without quotes", `{account_id: 012345670123}`, "AWS_SM:x", "", [3]string{"012345670123", "", "aws"}},
	} {
		d := files{projectFile: project(c.environment), "tasks/web.yaml": task("web", "env_locations: ['"+c.location+"']")}.mustLoad(t, process{region: c.region})
		if got := [3]string{d.AccountID, d.Region, d.Partition}; got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// TestManagedSecret: every setting arrives, and what is absent stays unmanaged.
func TestManagedSecret(t *testing.T) {
	d := files{
		"tasks/web.yaml": task("web", "env_locations:", "  - {secret: bare, from: {file: c.env}}",
			"  - {secret: full, from: {file: t.txt, trim: true}, description: d, kms_key_id: k, tags: {a: 1}, recovery_window_days: 7, create_only: true, drift: report, replicas: [{region: eu-west-1, kms_key_id: alias/x}, {region: ap-south-1}], resource_policy: null}",
			"  - {secret: governed, from: {file: c.env}, replicas: [], resource_policy: {Statement: [{Effect: Deny, Principal: '*', Action: 'secretsmanager:*', Resource: '*'}]}}"),
		"c.env": "A=1 # comment\n\n", "t.txt": "token \n\n",
	}.mustLoad(t, process{})
	bare, full, governed := d.Secrets[0], d.Secrets[1], d.Secrets[2]
	if bare.Value.Reveal() != "A=1 # comment\n\n" || bare.Description != nil || bare.KMSKeyID != nil || bare.Tags != nil || bare.Replicas != nil || bare.ResourcePolicy != nil {
		t.Errorf("the bare secret is %+v", bare)
	}
	if diff := cmp.Diff([]string{"A"}, bare.Keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if full.Value.Reveal() != "token" {
		t.Error("trim does not leave out the white space at the end")
	}
	aliasX := "alias/x"
	if governed.Replicas == nil || len(governed.Replicas) > 0 || governed.ResourcePolicy == nil || (*governed.ResourcePolicy)["Statement"] == nil {
		t.Errorf("the governed secret is %+v", governed)
	}
	full.Value, full.Description, full.KMSKeyID, full.At = spec.Secret{}, nil, nil, spec.Position{}
	want := spec.ManagedSecret{Name: "full", From: spec.Source{File: "t.txt", Format: "text", Trim: true}, Tags: map[string]string{"a": "1"}, ResourcePolicy: new(spec.Document),
		Replicas: []spec.Replica{{Region: "ap-south-1"}, {Region: "eu-west-1", KMSKeyID: &aliasX}}, RecoveryWindowDays: 7, CreateOnly: true, Drift: spec.DriftReport, Tasks: []string{"web"}}
	if diff := cmp.Diff(want, full); diff != "" {
		t.Errorf("the full secret (-want +got):\n%s", diff)
	}
}

func TestSecretsAreUnited(t *testing.T) {
	declare := func(settings string) string {
		return "  - {secret: s, from: {file: c.env}" + settings + "}"
	}
	load := func(a, b string) (string, *spec.Deployment) {
		f := files{"tasks/a.yaml": task("a", "env_locations:", declare(a)), "tasks/b.yaml": task("b", "env_locations:", declare(b)), "c.env": "A=1\n"}
		text := f.complaints(t, process{})
		if text != "" {
			return text, nil
		}
		return "", f.mustLoad(t, process{})
	}
	_, d := load(", description: d, tags: {a: x}", ", kms_key_id: k, tags: {b: y}")
	if s := d.Secrets[0]; len(d.Secrets) != 1 || *s.Description != "d" || *s.KMSKeyID != "k" || len(s.Tags) != 2 || len(s.Tasks) != 2 {
		t.Errorf("united to %+v", d.Secrets)
	}
	for _, pair := range [][2]string{{", description: d", ", description: e"}, {", kms_key_id: d", ", kms_key_id: e"}, {", tags: {a: x}", ", tags: {a: y}"},
		{", recovery_window_days: 7", ", recovery_window_days: 8"}, {", create_only: true", ""}, {", drift: report", ", drift: ignore"}, {", replicas: []", ", replicas: [{region: eu-west-1}]"},
		{", replicas: [{region: eu-west-1}]", ", replicas: [{region: eu-west-1, kms_key_id: k}]"},
		{", resource_policy: null", ", resource_policy: {Statement: {Effect: Allow, Principal: '*', Action: '*', Resource: '*'}}"}, {", output: json", ""}} {
		text, _ := load(pair[0], pair[1])
		wantText(t, text, "tasks/b.yaml:6:", ": spec.env_locations[0].", `secret "s" is given`, "tasks/a.yaml:6:7", "(one object has one setting")
	}
}
