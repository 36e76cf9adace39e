package manifest

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

func parse(t testing.TB, text string) *yaml11.Node {
	t.Helper()
	nodes, _, err := yaml11.Parse("f.yaml", []byte(text), yaml11.Limits{})
	if err != nil || len(nodes) != 1 {
		t.Fatalf("%d documents, %v", len(nodes), err)
	}
	return nodes[0]
}

// TestDecodeTask: every key of the form arrives where it belongs.
func TestDecodeTask(t *testing.T) {
	got, err := Decode[Task](parse(t, `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: a, labels: {team: data, tier: 1}}
spec:
  environments: [staging]
  env_locations:
    - AWS_SM:x
    - {secret: s, from: {file: f, format: text, trim: "true"}, output: json, description: "", kms_key_id: k, tags: {a: b}, recovery_window_days: "7", create_only: yes, drift: report}
  role_arn: r
  role: {manage: false, grant_env_locations: no, trust_policy: {Version: 2012-10-17}, inline_policies: {p: ~, q: {n: 1}}, managed_policies: [m], permissions_boundary: "", description: d, max_session_duration: 3600, tags: {}}
  execution_role: {}
  inject: none
  task_definition: {cpu: 256, x: [1.5, true, ~, 010]}
  service: {a: {}}
  schedule: {}
  drift: ignore
  ignore: [/task_definition/cpu]
`))
	if err != nil {
		t.Fatal(err)
	}
	empty, none, no, d, k, seven, seconds, policies := "", false, false, "d", "k", 7, int32(3600), []string{"m"}
	want := Task{APIVersion: APIVersion, Kind: KindTask, Metadata: Metadata{Name: "a", Labels: map[string]string{"team": "data", "tier": "1"}}, Spec: TaskSpec{
		Environments: []string{"staging"},
		EnvLocations: []EnvLocation{{Location: "AWS_SM:x"}, {Secret: &Secret{Secret: "s", From: Source{File: "f", Format: "text", Trim: true}, Output: "json", Description: &empty,
			KMSKeyID: &k, Tags: map[string]string{"a": "b"}, RecoveryWindowDays: &seven, CreateOnly: true, Drift: spec.DriftReport}}},
		RoleARN: "r", Role: &Role{Manage: &none, GrantEnvLocations: &no, TrustPolicy: spec.Document{"Version": "2012-10-17"}, InlinePolicies: map[string]spec.Document{"p": nil, "q": {"n": 1.0}},
			ManagedPolicies: &policies, PermissionsBoundary: &empty, Description: &d, MaxSessionDuration: &seconds, Tags: map[string]string{}},
		ExecutionRole: &Role{}, Inject: spec.InjectNone, TaskDefinition: spec.Document{"cpu": 256.0, "x": []any{1.5, true, nil, 8.0}},
		Service: spec.Document{"a": map[string]any{}}, Schedule: spec.Document{}, Drift: spec.DriftIgnore, Ignore: []string{"/task_definition/cpu"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDecodeComplaints: what does not fit is told with its place and path, and
// all of it at once.
func TestDecodeComplaints(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{"{rol_arn: x}", `f.yaml:4:8: spec: there is no key "rol_arn" (did you mean "role_arn"?)`},
		{"{zzzzzz: x}", `f.yaml:4:8: spec: there is no key "zzzzzz" (see reconciler schema)`},
		{"{1: x}", `f.yaml:4:8: spec: there is no key "1"`},
		{"[]", "f.yaml:4:7: spec: a mapping is wanted here, a list was found"},
		{"{environments: staging}", "spec.environments: a list is wanted here, a text was found"},
		{"{environments: [~]}", "spec.environments[0]: there is nothing here"},
		{"{environments: [[a]]}", "spec.environments[0]: a text is wanted here, a list was found"},
		{"{env_locations: [1]}", "spec.env_locations[0]: an integer is no location (name a place"},
		{"{env_locations: [{secert: s}]}", `spec.env_locations[0]: there is no key "secert" (did you mean "secret"?)`},
		{"{env_locations: [{secret: s, from: f}]}", "spec.env_locations[0].from: a mapping is wanted here, a text was found"},
		{"{env_locations: [{secret: s, recovery_window_days: soon}]}", "spec.env_locations[0].recovery_window_days: an integer is wanted here, a text was found"},
		{"{env_locations: [{secret: s, recovery_window_days: 'false'}]}", "recovery_window_days: an integer is wanted here, a text was found"},
		{"{env_locations: [{secret: s, recovery_window_days: '+7x'}]}", "an integer is wanted here"},
		{"{env_locations: [{secret: s, recovery_window_days: 7.5}]}", "an integer is wanted here, a float was found"},
		{"{env_locations: [{secret: s, recovery_window_days: 99999999999999999999}]}", "recovery_window_days: the number is too large"},
		{"{env_locations: [{secret: s, create_only: 1}]}", "create_only: a boolean is wanted here, an integer was found"},
		{"{env_locations: [{secret: s, tags: {a: yes}}]}", "tags.a: a text is wanted here, and YAML reads yes as a boolean (put it in quotes)"},
		{"{role: {inline_policies: {p: text}}}", "spec.role.inline_policies.p: a mapping is wanted here, a text was found"},
		{"{task_definition: [1]}", "spec.task_definition: a mapping is wanted here, a list was found"},
		{"{task_definition: {a: [.nan]}}", "spec.task_definition.a[0]: JSON has no such number"},
		{"{service: {a: .inf}}", "spec.service.a: JSON has no such number"},
		{"{a: 1, b: 2}", `there is no key "b"`},
	} {
		_, err := Decode[Task](parse(t, "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: a}\nspec: "+c.spec+"\n"))
		var all spec.Errors
		if !errors.As(err, &all) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.spec, err, c.want)
		}
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"text", "f.yaml:1:1: the document is no mapping"},
		{"{kind: Task}", "f.yaml:1:1: apiVersion: the document does not say its apiVersion (want ecs-reconciler/v1)"},
		{"{apiVersion: apps/v1, kind: Task}", "f.yaml:1:14: apiVersion: "},
		{"{apiVersion: ecs-reconciler/v1}", "f.yaml:1:1: kind: the document does not say its kind (want Task or Project)"},
		{"{apiVersion: ecs-reconciler/v1, kind: Deployment}", "f.yaml:1:39: kind: "},
	} {
		if _, err := KindOf(parse(t, c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.text, err, c.want)
		}
	}
	if kind, err := KindOf(parse(t, "{apiVersion: ecs-reconciler/v1, kind: Project}")); err != nil || kind != KindProject {
		t.Errorf("got %q, %v", kind, err)
	}
}

// TestEnvLocationJSON: both forms are what they were after a turn through JSON.
func TestEnvLocationJSON(t *testing.T) {
	for _, want := range []EnvLocation{{Location: "AWS_SM:x"}, {Location: ""}, {Secret: &Secret{Secret: "s", From: Source{File: "f"}}}} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got EnvLocation
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if err := json.Unmarshal([]byte(`{"secret": "s", "nosuch": 1}`), new(EnvLocation)); err == nil {
		t.Error("an unknown key is taken")
	}
}

// FuzzDecode: whatever a document is, decoding ends, every complaint has a
// place, and what was taken encodes as JSON.
func FuzzDecode(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "deploy_config", "tasks", "*.yaml"))
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds, %v", err)
	}
	for _, name := range seeds {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{"", "{spec: {env_locations: [~, {}, [], 1]}}", "{spec: {role: {max_session_duration: '0x10'}}}", "{metadata: {labels: {a: 1e999}}}",
		"{spec: {environments: {staging: {account_id: 0o7}}}}", "{spec: {task_definition: {a: -.inf}}}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		nodes, _, err := yaml11.Parse("f", []byte(text), yaml11.Limits{Bytes: 1 << 16, Nodes: 10_000})
		if err != nil {
			return
		}
		for _, n := range nodes {
			checkDecode[Task](t, n)
			checkDecode[Project](t, n)
		}
	})
}

func checkDecode[T Task | Project](t *testing.T, n *yaml11.Node) {
	t.Helper()
	doc, err := Decode[T](n)
	if err == nil {
		if _, err := json.Marshal(doc); err != nil {
			t.Errorf("what was taken is no JSON: %v", err)
		}
		return
	}
	var one *spec.Error
	if !errors.As(err, &one) || one.At.File == "" || one.Message == "" {
		t.Errorf("a complaint without a place: %v", err)
	}
}
