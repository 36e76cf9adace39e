package load

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

const parameterARN = "arn:aws:ssm:us-west-2:012345678901:parameter/"

// parameterLine declares a parameter with further settings.
func parameterLine(settings string) string {
	return "env_locations: [{parameter: /shop/p, from: {file: a.env}" + settings + "}]"
}

// TestParameters: every setting finds its place, and the defaults are AWS's or
// the strictest.
func TestParameters(t *testing.T) {
	d := files{"a.env": "A=1\n", "tasks/web.yaml": task("web", "drift: report", "env_locations:", "  - {parameter: '/shop/{{ env }}/b.json', from: {file: a.env}, output: json, type: String, sensitive: false, tier: Advanced,",
		"     data_type: text, allowed_pattern: '.*', description: d, tags: {k: v}, create_only: true, drift: correct}",
		"  - {parameter: plain, from: {file: a.env}, kms_key_id: alias/k}", "  - ssm:/shop/staging/b.json", definitionLine)}.mustLoad(t, process{})
	text := func(s string) *string { return &s }
	want := []spec.ManagedParameter{
		{Name: "/shop/staging/b.json", Type: spec.ParameterString, Tier: spec.TierAdvanced, DataType: "text", From: spec.Source{File: "a.env", Format: "dotenv"}, Output: "json", Shown: true,
			Keys: []string{"A"}, AllowedPattern: text(".*"), Description: text("d"), Tags: map[string]string{"k": "v"}, CreateOnly: true, Drift: spec.DriftCorrect, Tasks: []string{"web"}},
		{Name: "plain", Type: spec.ParameterSecure, From: spec.Source{File: "a.env", Format: "dotenv"}, Keys: []string{"A"}, KMSKeyID: text("alias/k"), Drift: spec.DriftReport, Tasks: []string{"web"}},
	}
	values := []string{`{"A":"1"}`, "A=1\n"}
	for i := range d.Parameters {
		if d.Parameters[i].Value.Reveal() != values[i] || d.Parameters[i].At.Line == 0 {
			t.Errorf("%s has another value, or no place", d.Parameters[i].Name)
		}
		d.Parameters[i].Value, d.Parameters[i].At = spec.Secret{}, spec.Position{}
	}
	if diff := cmp.Diff(want, d.Parameters); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var locations []string
	for _, l := range d.Tasks[0].EnvLocations {
		locations = append(locations, l.Location+" "+l.Parameter)
	}
	wantLocations := []string{parameterARN + "shop/staging/b.json /shop/staging/b.json", parameterARN + "plain plain", "ssm:/shop/staging/b.json /shop/staging/b.json"}
	if diff := cmp.Diff(wantLocations, locations); diff != "" {
		t.Errorf("locations (-want +got):\n%s", diff)
	}
}

func TestParametersRoundTrip(t *testing.T) {
	files{"a.env": "A=1\n", "tasks/web.yaml": task("web", "role_arn: arn:aws:iam::012345678901:role/web", "env_locations:", "  - {parameter: /shop/b.json, from: {file: a.env}, output: json, tier: Advanced, kms_key_id: alias/k, allowed_pattern: '.*', tags: {k: v}}",
		"  - {parameter: /shop/flag.env, from: {file: a.env}, type: String, sensitive: false, data_type: text, description: d, create_only: true, drift: report}", definitionLine)}.roundTrip(t)
	files{"a.env": "A=1\n", "tasks/web.yaml": task("web", "inject: ecs_secrets", "env_locations:", "  - {parameter: /shop/b.json, from: {file: a.env}, variable: B}",
		"  - {parameter: /shop/TOKEN, from: {file: a.env}}", "  - {secret: s, from: {file: a.env}}", definitionLine)}.roundTrip(t)
}

// What a manifest cannot show is warned of.
func TestALiteralParameterIsNotRendered(t *testing.T) {
	d := files{"tasks/web.yaml": task("web", "inject: none", "env_locations: [{parameter: /shop/flag, from: {literal: \"on\"}, type: String, sensitive: false}]", definitionLine)}.mustLoad(t, process{})
	if list := manifest.Undeclared(d); len(list) != 1 || !strings.Contains(list[0].Message, "/shop/flag") {
		t.Errorf("%v", list)
	}
	if text := rendered(t, d); !strings.Contains(text, "- "+parameterARN+"shop/flag") {
		t.Errorf("it is rendered as %s", text)
	}
}

// TestParameterReferences: a parameter becomes one of the container's secrets.
func TestParameterReferences(t *testing.T) {
	d := files{"a.env": "A=1\n", "tasks/web.yaml": task("web", "inject: ecs_secrets", "env_locations: [{secret: s, from: {file: a.env}}, {parameter: /shop/A, from: {file: a.env}, kms_key_id: alias/p}, {parameter: /shop/p.env, from: {file: a.env}, variable: P}]", definitionLine)}.mustLoad(t, process{})
	want := []spec.SecretRef{{Container: "main", Name: "A", Parameter: "/shop/A"}, {Container: "main", Name: "P", Parameter: "/shop/p.env"}}
	if diff := cmp.Diff(want, d.Tasks[0].SecretRefs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	role, ok := d.Role(execRole)
	if !ok || !cmp.Equal(role.GrantParameterKeys, []string{"alias/p"}) || len(role.GrantLocations) != 3 {
		t.Errorf("the execution role is %+v", role)
	}
}

// What a managed execution role must let ECS read is also what containers name
// themselves, whichever way AWS takes it.
func TestContainersOwnSecretsAreGranted(t *testing.T) {
	definition := "task_definition: {executionRoleArn: '" + execRole + "', containerDefinitions: [{name: main, image: i, memory: 128, secrets: [{name: A, valueFrom: '" + parameterARN + "theirs'}, {name: B, valueFrom: flag}, " +
		"{name: C, valueFrom: 'arn:aws:secretsmanager:us-west-2:012345678901:secret:theirs-AbCdEf:K::'}], logConfiguration: {logDriver: splunk, secretOptions: [{name: splunk-token, valueFrom: /shop/p}]}}]}"
	d := files{"a.env": "A=1\n", "tasks/web.yaml": task("web", parameterLine(", kms_key_id: alias/p"), "execution_role: {manage: true}", definition)}.mustLoad(t, process{})
	role, _ := d.Role(execRole)
	var got []string
	for _, l := range role.GrantLocations {
		got = append(got, l.Text)
	}
	want := []string{"arn:aws:secretsmanager:us-west-2:012345678901:secret:theirs-AbCdEf:K::", parameterARN + "theirs", "ssm:/shop/p", "ssm:flag"}
	if diff := cmp.Diff(want, got); diff != "" || !cmp.Equal(role.GrantParameterKeys, []string{"alias/p"}) {
		t.Errorf("keys %v, locations (-want +got):\n%s", role.GrantParameterKeys, diff)
	}
}

func TestParameterComplaints(t *testing.T) {
	checkRefusals(t, []refusal{
		{name: "unknown key", web: []string{parameterLine(", replicas: []")}, want: []string{"web.yaml:5:", `there is no key "replicas"`}},
		{name: "two at once", web: []string{parameterLine(", secret: s")}, want: []string{`there is no key "secret"`}},
		{name: "type", web: []string{parameterLine(", type: Text")}, want: []string{"spec.env_locations[0].type", `"Text" is not a type`, "StringList"}},
		{name: "tier", web: []string{parameterLine(", tier: Gold")}, want: []string{"spec.env_locations[0].tier", "Intelligent-Tiering"}},
		{name: "shown", web: []string{parameterLine(", sensitive: false")}, want: []string{"spec.env_locations[0].sensitive", "only a String can be shown"}},
		{name: "key of another region", web: []string{parameterLine(", kms_key_id: 'arn:aws:kms:eu-west-1:012345678901:key/k'")}, want: []string{"spec.env_locations[0].kms_key_id", `the parameter "/shop/p" in us-west-2`}},
		{name: "key of a String", web: []string{parameterLine(", type: String, kms_key_id: k")}, want: []string{"spec.env_locations[0].kms_key_id", "not encrypted"}},
		{name: "drift", web: []string{parameterLine(", drift: later")}, want: []string{"spec.env_locations[0].drift"}},
		{name: "name", web: []string{"env_locations: [{parameter: 'a/b', from: {file: a.env}}]"}, want: []string{"spec.env_locations[0].parameter", "begin it with /"}},
		{name: "bytes", web: []string{"env_locations: [{parameter: a, from: {file: a.env, format: binary}, output: binary}]"}, want: []string{"a parameter holds text alone"}},
		{name: "output", web: []string{parameterLine(", output: yaml")}, want: []string{"cannot be stored as"}},
		{name: "literal", web: []string{"env_locations: [{parameter: a, from: {literal: x}}]"}, want: []string{"a value may only stand here encrypted"}},
		{name: "variable", web: []string{parameterLine(", variable: A"), definitionLine}, want: []string{"spec.env_locations[0].variable", "inject: ecs_secrets"}},
		{name: "no variable", web: []string{"env_locations: [{parameter: /shop/a-b, from: {file: a.env}}]", "inject: ecs_secrets", definitionLine}, want: []string{`"a-b" is no name of a variable`, "variable: TOKEN"}},
		{name: "contradiction", web: []string{parameterLine("")}, worker: []string{parameterLine(", type: String")}, want: []string{`parameter "/shop/p" is given type`}},
		{name: "two names of one ARN", web: []string{"env_locations: [{parameter: /a, from: {file: a.env}}]"}, worker: []string{"env_locations: [{parameter: a, from: {file: a.env}}]"}, want: []string{`parameter "a" is given parameter`}},
		{name: "fine", web: []string{parameterLine(", type: StringList, tier: Intelligent-Tiering"), definitionLine}},
	})
}

// What stands encrypted in the project is not shown, whatever the manifest says.
func TestAVaultedValueIsNotShown(t *testing.T) {
	f := files{"a.env": encrypted(t, "A="+canary+"\n"), "tasks/web.yaml": task("web", parameterLine(", type: String, sensitive: false"), definitionLine)}
	got := f.complaints(t, process{password: "pw"})
	wantText(t, got, "spec.env_locations[0].sensitive", "what stands encrypted in the project is not shown")
	if strings.Contains(got, canary) {
		t.Error("the complaint shows it")
	}
}

func TestAVaultedLiteralIsNotShown(t *testing.T) {
	lines := []string{"env_locations:", "  - parameter: /shop/p", "    type: String", "    sensitive: false", "    from:", "      literal: " + inline(t, canary, "          "), definitionLine}
	got := files{"tasks/web.yaml": task("web", lines...)}.complaints(t, process{password: "pw"})
	wantText(t, got, "spec.env_locations[0].sensitive", "what stands encrypted in the project is not shown")
}

// A text is nothing that proc_wrapper could make variables of.
func TestATextParameterIsWarnedOf(t *testing.T) {
	d := files{"t.txt": "x", "tasks/web.yaml": task("web", "env_locations: [{parameter: /shop/token, from: {file: t.txt}}]", definitionLine)}.mustLoad(t, process{})
	if !strings.Contains(d.Warnings[0].String(), "proc_wrapper finds no variables") {
		t.Errorf("%v", d.Warnings)
	}
}
