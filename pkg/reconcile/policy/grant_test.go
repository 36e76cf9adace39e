package policy_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/spec"
)

func update() bool { return flag.Lookup("update").Value.String() == "true" }

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the golden files")
	flag.Parse()
	os.Exit(m.Run())
}

func oregon() policy.Place {
	return policy.Place{Partition: "aws", Region: "us-west-2", AccountID: "012345678901"}
}

func locations(t *testing.T, texts ...string) []spec.Location {
	t.Helper()
	out := make([]spec.Location, len(texts))
	for i, text := range texts {
		l, err := spec.ParseLocation(text)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = l
	}
	return out
}

func TestPolicyGolden(t *testing.T) {
	const (
		secret = "arn:aws:secretsmanager:us-west-2:012345678901:secret:"
		key    = "arn:aws:kms:us-west-2:012345678901:key/11111111-2222-3333-4444-555555555555"
	)
	for _, c := range []struct {
		name      string
		locations []string
		keys      []string
		parameter []string // keys of parameters
		managed   []string
	}{
		{name: "partial", locations: []string{secret + "app/db.env", secret + "app/a.json!json|JP:$.x", secret + "app/db.env"}},
		{name: "bare_name", locations: []string{"AWS_SM:app/db-abcdef"}},
		{name: "full_or_partial", locations: []string{secret + "app/db-AbCdEf"}},
		{name: "full_of_managed", locations: []string{secret + "app/db-AbCdEf"}, managed: []string{"app/db"}},
		{name: "partial_of_managed", locations: []string{secret + "app/db-AbCdEf"}, managed: []string{"app/db-AbCdEf"}},
		{name: "full_covered", locations: []string{secret + "app/db", secret + "app/db-AbCdEf"}, managed: []string{"app/db"}},
		{name: "ecs_reference", locations: []string{secret + "app/db:KEY::"}},
		{name: "everything", locations: []string{
			secret + "app/db.env",
			"ssm:/app/one", "AWS_SSM:two", "arn:aws:ssm:us-east-1:012345678901:parameter/app/three:4",
			"arn:aws:s3:::bucket/env/.env.staging", "arn:aws:s3:::bucket/we$ird*?.env", "arn:aws:s3:::bucket/old.env#v1",
			"aws:appconfig:abc1234/prod/de5fg67", "file:///etc/env", ".env", "PLAIN:A=B",
		}, keys: []string{
			key, "22222222-2222-3333-4444-555555555555", "alias/app", "alias/aws/secretsmanager",
			"arn:aws:kms:us-east-1:999999999999:key/mrk-1",
		}},
		{name: "china", locations: []string{"arn:aws-cn:secretsmanager:cn-north-1:012345678901:secret:a"},
			keys: []string{"arn:aws-cn:kms:cn-north-1:012345678901:key/k"}},
		{name: "parameters", locations: []string{"ssm:/app/one"}, parameter: []string{key, "alias/app", "alias/aws/ssm"}},
		{name: "nothing", locations: []string{"file:///etc/env", "PLAIN:{}"}, keys: []string{key}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reads := policy.Reads{Place: oregon(), Locations: locations(t, c.locations...), KMSKeys: c.keys, ParameterKeys: c.parameter,
				Managed: func(name string) bool { return strings.Contains(strings.Join(c.managed, " ")+" ", name+" ") }}
			doc, err := reads.Policy()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, c.name, doc)
			if text, err := policy.Text(doc.Spec()); err != nil || !policy.Equal(doc.Spec(), parse(t, text)) {
				t.Errorf("does not survive writing: %s, %v", text, err)
			}
		})
	}
}

func TestDefaultTrustGolden(t *testing.T) {
	doc := policy.DefaultTrust(oregon())
	golden(t, "trust", doc)
	text, err := json.Marshal(doc)
	if err != nil || !policy.Equal(doc.Spec(), parse(t, string(text))) {
		t.Errorf("the document and its JSON differ: %s, %v", text, err)
	}
}

func golden(t *testing.T, name string, doc policy.Document) {
	t.Helper()
	got, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".json")
	if update() {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestPolicyIsStable(t *testing.T) {
	texts := []string{"ssm:/b", "ssm:/a", "ssm:/c"}
	first, err := policy.Reads{Place: oregon(), Locations: locations(t, texts...)}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	second, err := policy.Reads{Place: oregon(), Locations: locations(t, texts[2], texts[0], texts[1], texts[0])}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the order of the locations shows:\n%s", diff)
	}
}

func TestPolicyRefuses(t *testing.T) {
	for _, c := range []struct{ location, key, says string }{
		{location: "AWS_SM:", says: "does not name one secret"},
		{location: "AWS_SM:app/*", says: "does not name one secret"},
		{location: "arn:aws:secretsmanager:us-west-2:012345678901:other", says: "want arn:aws:secretsmanager:REGION"},
		{location: "ssm:", says: "does not name one parameter"},
		{location: "ssm:/a*", says: "does not name one parameter"},
		{location: "arn:aws:ssm:us-west-2:012345678901:document/x", says: "want arn:aws:ssm:REGION"},
		{location: "arn:aws:s3:::bucket", says: "want arn:aws:s3:::BUCKET/KEY"},
		{location: "AWS_S3:bucket/key", says: "want arn:aws:s3:::BUCKET/KEY"},
		{location: "aws:appconfig:a/b", says: "APPLICATION/ENVIRONMENT/PROFILE"},
		{location: "AWS_SM:a", key: "not a key", says: `"not a key" is not a KMS key`},
		{location: "AWS_SM:a", key: "arn:aws:s3:::bucket", says: "is not a KMS key"},
	} {
		reads := policy.Reads{Place: oregon(), Locations: locations(t, c.location)}
		if c.key != "" {
			reads.KMSKeys = []string{c.key}
		}
		if doc, err := reads.Policy(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %s: got %v and %v, want an error that says %q", c.location, c.key, doc, err, c.says)
		}
	}
}
