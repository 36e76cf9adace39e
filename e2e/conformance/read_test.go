package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sound = `- check: sm_something
  says: It does something.
  source: AWS API reference, GetSecretValue
  diverges: {moto: does not}
  steps:
    - call: secretsmanager.CreateSecret
      with: {Name: $name, Version: 2012-10-17, Days: 7, On: true, Tags: [{Key: &key a}, {Key: *key}]}
      keep: {arn: ARN}
    - call: secretsmanager.GetSecretValue
      refused: [A, B]
`

func TestParseReadsACheck(t *testing.T) {
	checks, err := parse("some/file.yaml", []byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	c := checks[0]
	if c.File != "file.yaml" || c.Line != 1 || c.at(c.Steps[1]) != "file.yaml:9" {
		t.Errorf("it is at %s:%d, its second step at %s", c.File, c.Line, c.at(c.Steps[1]))
	}
	want := map[string]any{"Name": "$name", "Version": "2012-10-17", "Days": 7.0, "On": true,
		"Tags": []any{map[string]any{"Key": "a"}, map[string]any{"Key": "a"}}}
	if diff := cmp.Diff(want, c.Steps[0].With.tree); diff != "" {
		t.Errorf("with (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(texts{"A", "B"}, c.Steps[1].Refused); diff != "" || c.Service() != "Secrets Manager" {
		t.Errorf("%s, refused (-want +got):\n%s", c.Service(), diff)
	}
}

func TestParseMergesObjects(t *testing.T) {
	const text = `- check: sm_something
  says: It does.
  source: s
  steps:
    - {call: a.Bc, with: &base {a: 1, b: 2}}
    - {call: a.Bc, with: {<<: *base, b: 3}}
`
	checks, err := parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(any(map[string]any{"a": 1.0, "b": 3.0}), checks[0].Steps[1].With.tree); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ replace, with, want string }{
		{"says:", "sayss:", "f.yaml: yaml: unmarshal errors:\n  line 2: field sayss not found"},
		{"sm_something", "Sm_Something", "f.yaml:1: check \"Sm_Something\": the name is not snake_case"},
		{"sm_something", "s3_something", "no service has the name's prefix"},
		{"something.", "something", "no sentence"},
		{"something.", "something | else.", "end a table's cell"},
		{"source: AWS API reference, GetSecretValue", "source: ''", "names no source"},
		{"secretsmanager.CreateSecret", "CreateSecret", "f.yaml:6: check \"sm_something\": call \"CreateSecret\" is not of the form"},
		{"{arn: ARN}", "{name: ARN}", "nothing can be kept as name"},
		{"      refused: [A, B]\n", "      message: x\n", "message without refused"},
		{"refused: [A, B]", "refused: A\n      gives: {a: 1}", "what is refused gives nothing"},
		{"Name: $name", "Name: {~shout: x}", "~shout is no operator here"},
		{"Name: $name", "Name: {~json: {}, b: 1}", "does not stand alone"},
		{"Days: 7", "Days: null", "line 7: null is neither sent nor answered"},
		{"refused: [A, B]", "gives: {a: {~repeat: 1}}", "~repeat is no operator here"},
	} {
		_, err := parse("f.yaml", []byte(strings.Replace(sound, c.replace, c.with, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: %v, without %q", c.with, c.replace, err, c.want)
		}
	}
}

func TestReadFindsNamesThatAreThereTwice(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a.yaml", "b.yaml"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(sound), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Read(filepath.Join(folder, "*.yaml")); err == nil || !strings.Contains(err.Error(), "b.yaml:1: the check sm_something is also at a.yaml:1") {
		t.Error(err)
	}
	if checks, err := Read(filepath.Join(folder, "a*")); err != nil || len(checks) != 1 {
		t.Error(checks, err)
	}
	if _, err := Read(filepath.Join(folder, "c*")); err == nil {
		t.Error("no file is no error")
	}
}
