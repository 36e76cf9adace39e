package terraform

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// The fixture's secrets.
const (
	dbPassword = "canary-of-the-database"
	session    = "canary-of-the-session"
)

// fixture is the state that the end-to-end tests import, with values in it.
func fixture(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "e2e", "testdata", "importterraform", "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	arn := func(name string) string {
		return "arn:aws:secretsmanager:us-west-2:012345678901:secret:shop/staging/" + name
	}
	return []byte(strings.NewReplacer("ACCOUNT_ID", "012345678901", "DB_ARN", arn("db-Abc123"), "CERTIFICATE_ARN", arn("certificate-Abc123"),
		"PASSWORD_OF_DB", dbPassword, "SESSION_KEY", session).Replace(string(data)))
}

func converted(t testing.TB, data []byte) Result {
	t.Helper()
	s, err := Read("s", data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Convert(s, Options{Environment: "staging", Project: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func ptr[T any](v T) *T { return &v }

func TestConvert(t *testing.T) {
	r := converted(t, fixture(t))
	trust := spec.Document{"Version": "2012-10-17", "Statement": []any{map[string]any{"Action": "sts:AssumeRole", "Effect": "Allow", "Sid": "",
		"Principal": map[string]any{"Service": "ecs-tasks.amazonaws.com"}}}}
	policy := func(action, on any) spec.Document {
		return spec.Document{"Version": "2012-10-17", "Statement": []any{map[string]any{"Action": action, "Effect": "Allow", "Resource": on}}}
	}
	want := manifest.TaskSpec{
		Environments: []string{"staging"}, Inject: spec.InjectNone,
		RoleARN: "arn:aws:iam::012345678901:role/apps/shop-task",
		Role: &manifest.Role{GrantEnvLocations: ptr(false), TrustPolicy: trust, Description: ptr("What shop may do"), MaxSessionDuration: ptr(int32(7200)),
			InlinePolicies:  map[string]spec.Document{"read": policy("s3:GetObject", "arn:aws:s3:::shop/*"), "queue": policy([]any{"sqs:SendMessage"}, "*")},
			ManagedPolicies: &[]string{"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"},
			Tags:            map[string]string{"team": "data"}},
		ExecutionRole: &manifest.Role{Manage: ptr(false)},
		EnvLocations: []manifest.EnvLocation{
			{Location: "arn:aws:secretsmanager:us-west-2:012345678901:secret:shop/staging/certificate"},
			{Secret: &manifest.Secret{Secret: "shop/staging/db", Description: ptr("How to reach the database"), Tags: map[string]string{"team": "data"},
				From: manifest.Source{File: "values/staging/shop-staging-db", Format: "json", Trim: true}}},
		},
	}
	got := r.Tasks[0].Spec
	definition := got.TaskDefinition
	got.TaskDefinition = nil
	if diff := cmp.Diff(want, got); diff != "" || len(r.Tasks) != 1 || r.Tasks[0].Metadata.Name != "shop-web" {
		t.Errorf("%d tasks (-want +got):\n%s", len(r.Tasks), diff)
	}
	environment := object(list(definition["containerDefinitions"])[0])["environment"]
	if diff := cmp.Diff([]any{map[string]any{"name": "MODE", "value": "web"},
		map[string]any{"name": "SESSION", "value": "{{ tf_shop_web_main_environment_session }}"}}, environment); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if got := r.Project.Spec.Environments["staging"]; got.AccountID != "012345678901" || got.Region != "us-west-2" {
		t.Errorf("the environment is %+v", got)
	}
}

// TestBothForms: what show prints gives what the state file gives.
func TestBothForms(t *testing.T) {
	show := `{"format_version": "1.0", "values": {"root_module": {"child_modules": [{"address": "module.a", "resources": [
  {"address": "module.a.aws_ecs_task_definition.t[\"x\"]", "mode": "managed", "type": "aws_ecs_task_definition", "name": "t",
   "values": {"arn": "arn:aws:ecs:eu-west-1:012345678901:task-definition/t:3", "family": "t", "revision": 3, "container_definitions": "[{\"Name\":\"m\",\"Command\":[\"x\"]}]"},
   "sensitive_values": {"container_definitions": true, "tags": {}}}]}]}}}`
	file := `{"version": 4, "resources": [{"module": "module.a", "mode": "managed", "type": "aws_ecs_task_definition", "name": "t", "instances": [{"index_key": "x",
   "attributes": {"arn": "arn:aws:ecs:eu-west-1:012345678901:task-definition/t:3", "family": "t", "revision": 3, "container_definitions": "[{\"Name\":\"m\",\"Command\":[\"x\"]}]"},
   "sensitive_attributes": [[{"type": "get_attr", "value": "container_definitions"}], [{"type": "index", "value": {"type": "number", "value": 0}}]]}]}]}`
	a, b := converted(t, []byte(show)), converted(t, []byte(file))
	if diff := cmp.Diff(a.Tasks, b.Tasks); diff != "" {
		t.Errorf("(-show +file):\n%s", diff)
	}
	if diff := cmp.Diff(a.Remarks, b.Remarks); diff != "" {
		t.Errorf("(-show +file):\n%s", diff)
	}
	want := []any{map[string]any{"name": "m", "command": []any{"{{ tf_t_m_command_0 }}"}}}
	if diff := cmp.Diff(want, a.Tasks[0].Spec.TaskDefinition["containerDefinitions"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNothingShowsAValue: not in files, sealed or left out, nor in any verb.
func TestNothingShowsAValue(t *testing.T) {
	s, err := Read("s", fixture(t))
	if err != nil {
		t.Fatal(err)
	}
	r := converted(t, fixture(t))
	shown := fmt.Sprintf("%v %+v %#v %v %+v", s, s, s, r, &r)
	sealed := []string{}
	for _, seal := range []Seal{nil, func(plain []byte) ([]byte, error) {
		sealed = append(sealed, string(plain))
		return []byte("$ANSIBLE_VAULT;1.1;AES256\n00\n"), nil
	}} {
		files, err := r.Files(seal)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			shown += name + string(text)
		}
	}
	for _, canary := range []string{dbPassword, session} {
		if strings.Contains(shown, canary) {
			t.Errorf("%s shows", canary)
		}
	}
	slices.Sort(sealed)
	if diff := cmp.Diff([]string{session, `{"username":"shop","password":"` + dbPassword + `"}`}, sealed); diff != "" {
		t.Errorf("sealed (-want +got):\n%s", diff)
	}
}

// TestFiles: variables are evaluated, other expressions are not, and comments
// say where values stand.
func TestFiles(t *testing.T) {
	r := converted(t, fixture(t))
	open, err := r.Files(nil)
	if err != nil {
		t.Fatal(err)
	}
	closed, err := r.Files(func([]byte) ([]byte, error) { return []byte("$ANSIBLE_VAULT;1.1;AES256\n00\n"), nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, text, want string }{
		{"task", string(open["tasks/shop-web.yaml"]), `value: "{{ tf_shop_web_main_environment_session }}"`},
		{"task", string(open["tasks/shop-web.yaml"]), `!unsafe "{{ as it is }}"`},
		{"task", string(open["tasks/shop-web.yaml"]), `# Provide the file: its text is module.shop.aws_secretsmanager_secret_version.this["db"].secret_string in`},
		{"project", string(open[ProjectFile]), `# - tf_shop_web_main_environment_session, in module.shop.aws_ecs_task_definition.this.container_definitions (main environment SESSION)`},
		{"sealed project", string(closed[ProjectFile]), "tf_shop_web_main_environment_session: !vault |\n"},
		{"value", string(closed["values/staging/shop-staging-db"]), "$ANSIBLE_VAULT;1.1;AES256\n00\n"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("the %s lacks %s:\n%s", c.file, c.want, c.text)
		}
	}
	if len(open) != 2 || len(closed) != 3 {
		t.Errorf("%d and %d files", len(open), len(closed))
	}
	if _, err := r.Files(func([]byte) ([]byte, error) { return nil, errors.New("no") }); err == nil {
		t.Error("a value that cannot be sealed is no error")
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "s:1: the file is no JSON"},
		{"{\"version\": 4,\n\"x\": canary}", "s:2: the file is no JSON"},
		{"{} canary", "s:1: the file is no JSON"},
		{`{"version": 4, "resources": "canary"}`, "s:1: this is JSON, and no Terraform state"},
		{`{"version": 3}`, "s: this is no Terraform state of version 4 (`terraform state pull`"},
		{`{}`, "s: this is no Terraform state of version 4"},
		{`{"format_version": "1.0"}`, "s: there is no state in it"},
		{`{"encrypted_data": "canary", "encryption_version": "v0"}`, "s: the state is encrypted"},
	} {
		_, err := Read("s", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v, want %s", c.text, err, c.want)
		}
	}
	s, err := Read("s", []byte(`{"version": 4, "resources": []}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Convert(s, Options{}); err == nil || !strings.Contains(err.Error(), "no aws_ecs_task_definition") {
		t.Errorf("got %v", err)
	}
}

// TestDefinition: blocks of the provider's schema become members of the API's.
func TestDefinition(t *testing.T) {
	c := &conversion{}
	got, ok := c.definition(resource{attributes: &attributes{values: map[string]any{
		"family": "f", "container_definitions": `[{"Name":"m","cpu":10,"dockerLabels":{"Key":"v"},"links":null,"logConfiguration":{"options":{"Mode":"x"},"secretOptions":[]}}]`,
		"cpu": "", "enable_fault_injection": true, "ephemeral_storage": []any{map[string]any{"size_in_gib": 30}},
		"placement_constraints": []any{map[string]any{"type": "memberOf", "expression": "e"}},
		"inference_accelerator": []any{map[string]any{"device_name": "d", "device_type": "t"}},
		"proxy_configuration":   []any{map[string]any{"container_name": "envoy", "type": "APPMESH", "properties": map[string]any{"AppPorts": "8080", "A": "1"}}},
		"volume": []any{
			map[string]any{"name": "h", "host_path": "/h", "configure_at_launch": true},
			map[string]any{"name": "d", "docker_volume_configuration": []any{map[string]any{"autoprovision": true, "driver": "local", "driver_opts": map[string]any{"o_o": "x"}, "labels": map[string]any{}, "scope": "shared"}}},
			map[string]any{"name": "w", "fsx_windows_file_server_volume_configuration": []any{map[string]any{"file_system_id": "fs", "root_directory": "/",
				"authorization_config": []any{map[string]any{"credentials_parameter": "p", "domain": "d"}}}}},
		},
		"tags": map[string]any{"k": "v"},
	}}})
	want := spec.Document{
		"family": "f", "enableFaultInjection": true, "ephemeralStorage": map[string]any{"sizeInGiB": 30},
		"containerDefinitions":  []any{map[string]any{"name": "m", "cpu": json.Number("10"), "dockerLabels": map[string]any{"Key": "v"}, "logConfiguration": map[string]any{"options": map[string]any{"Mode": "x"}}}},
		"placementConstraints":  []any{map[string]any{"type": "memberOf", "expression": "e"}},
		"inferenceAccelerators": []any{map[string]any{"deviceName": "d", "deviceType": "t"}},
		"proxyConfiguration": map[string]any{"containerName": "envoy", "type": "APPMESH",
			"properties": []any{map[string]any{"name": "A", "value": "1"}, map[string]any{"name": "AppPorts", "value": "8080"}}},
		"volumes": []any{
			map[string]any{"name": "h", "host": map[string]any{"sourcePath": "/h"}, "configuredAtLaunch": true},
			map[string]any{"name": "d", "dockerVolumeConfiguration": map[string]any{"autoprovision": true, "driver": "local", "driverOpts": map[string]any{"o_o": "x"}, "scope": "shared"}},
			map[string]any{"name": "w", "fsxWindowsFileServerVolumeConfiguration": map[string]any{"fileSystemId": "fs", "rootDirectory": "/",
				"authorizationConfig": map[string]any{"credentialsParameter": "p", "domain": "d"}}},
		},
		"tags": []any{map[string]any{"key": "k", "value": "v"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("%t (-want +got):\n%s", ok, diff)
	}
}

// TestCopiesAndPolicies: what a secret has beside its value is declared, be it
// its own or of a resource of its own.
func TestCopiesAndPolicies(t *testing.T) {
	const state = `{"version": 4, "resources": [
 {"mode": "managed", "type": "aws_ecs_task_definition", "name": "t", "instances": [{"attributes": {"arn": "arn:aws:ecs:eu-west-1:012345678901:task-definition/t:1", "family": "t",
  "container_definitions": "[{\"name\":\"m\",\"secrets\":[{\"name\":\"A\",\"valueFrom\":\"arn:aws:secretsmanager:eu-west-1:012345678901:secret:a-Abc123\"}]}]"}}]},
 {"mode": "managed", "type": "aws_secretsmanager_secret", "name": "a", "instances": [{"attributes": {"name": "a", "arn": "arn:aws:secretsmanager:eu-west-1:012345678901:secret:a-Abc123",
  "policy": POLICY, "replica": REPLICAS}SENSITIVE}]},
 {"mode": "managed", "type": "aws_secretsmanager_secret_policy", "name": "other", "instances": [{"attributes": {"secret_arn": "arn:of:another", "policy": "{}"}}]},
 MORE{"mode": "managed", "type": "aws_secretsmanager_secret_version", "name": "a", "instances": [{"attributes": {"secret_id": "a", "secret_string": "canary"}}]}]}`
	const own = `{"mode": "managed", "type": "aws_secretsmanager_secret_policy", "name": "a", "instances": [{"attributes": {"secret_arn": "arn:aws:secretsmanager:eu-west-1:012345678901:secret:a-Abc123", "policy": "{\"Id\":\"own\"}"}}]}, `
	key := "alias/there"
	for name, c := range map[string]struct {
		policy, replicas, sensitive, more string
		want                              manifest.Secret
		remarks                           string
	}{
		"neither":            {policy: `""`, replicas: "[]"},
		"an inline policy":   {policy: `"{\"Id\":\"inline\"}"`, replicas: "null", want: manifest.Secret{ResourcePolicy: manifest.Removable{Given: true, Document: spec.Document{"Id": "inline"}}}},
		"one of its own":     {policy: `"{\"Id\":\"inline\"}"`, replicas: "[]", more: own, want: manifest.Secret{ResourcePolicy: manifest.Removable{Given: true, Document: spec.Document{"Id": "own"}}}},
		"a sensitive policy": {policy: `"{\"Id\":\"canary\"}"`, replicas: "[]", sensitive: `, "sensitive_attributes": [[{"type": "get_attr", "value": "policy"}]]`, remarks: "its policy is marked sensitive, so it is left as it is in AWS"},
		"copies": {policy: `""`, replicas: `[{"region": "us-east-1", "kms_key_id": "alias/there", "status": "InSync"}, {"region": "eu-west-2", "kms_key_id": ""}]`,
			want: manifest.Secret{Replicas: &[]manifest.Replica{{Region: "eu-west-2"}, {Region: "us-east-1", KMSKeyID: &key}}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := converted(t, []byte(strings.NewReplacer("POLICY", c.policy, "REPLICAS", c.replicas, "SENSITIVE", c.sensitive, "MORE", c.more).Replace(state)))
			got := r.Tasks[0].Spec.EnvLocations[0].Secret
			if diff := cmp.Diff(c.want, manifest.Secret{Replicas: got.Replicas, ResourcePolicy: got.ResourcePolicy}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			remarks := fmt.Sprint(r.Remarks)
			if !strings.Contains(remarks, c.remarks) || !strings.Contains(remarks, "policy.other: it is of no secret that is taken over") || strings.Contains(remarks, "policy.a:") {
				t.Errorf("it remarks on %s", remarks)
			}
		})
	}
}

// TestRemarks: what is not taken over is told, once for each.
func TestRemarks(t *testing.T) {
	const task = `{"mode": "managed", "type": "aws_ecs_task_definition", "name": "%s", "instances": [{"attributes": {"arn": "arn:aws:ecs:%s:012345678901:task-definition/%s",
 "family": "%s", "revision": %d, "container_definitions": "[{\"name\":\"m\",\"secrets\":[{\"name\":\"A\",\"valueFrom\":\"arn:aws:secretsmanager:eu-west-1:012345678901:secret:a-Abc123\"}]}]"}}]}`
	const rest = `{"mode": "managed", "type": "aws_secretsmanager_secret", "name": "a", "instances": [{"attributes": {"name": "a", "id": "A", "arn": "arn:aws:secretsmanager:eu-west-1:012345678901:secret:a-Abc123"}}]},
 {"mode": "managed", "type": "aws_secretsmanager_secret_version", "name": "a", "instances": [{"attributes": {"secret_id": "A", "secret_string": "canary"}}]},
 {"mode": "managed", "type": "aws_secretsmanager_secret_rotation", "name": "a", "instances": [{"attributes": {"secret_id": "A"}}]},
 {"mode": "managed", "type": "aws_secretsmanager_secret", "name": "unread", "instances": [{"attributes": {"name": "b", "id": "B"}}]},
 {"mode": "managed", "type": "aws_iam_role", "name": "idle", "instances": [{"attributes": {"name": "idle"}}]}`
	text := `{"version": 4, "resources": [` + strings.Join([]string{fmt.Sprintf(task, "one", "eu-west-1", "t:1", "t", 1), fmt.Sprintf(task, "two", "eu-west-1", "t:2", "t", 2),
		fmt.Sprintf(task, "far", "eu-west-2", "z:1", "z", 1), rest}, ",") + `]}`
	r := converted(t, []byte(text))
	var got []string
	for _, one := range r.Remarks {
		got = append(got, one.String())
	}
	want := []string{
		"aws_ecs_task_definition.one: is an earlier revision of the family that aws_ecs_task_definition.two is of, and is not taken over",
		"aws_secretsmanager_secret.a: it is rotated, so the task refers to it and its value stays as it is",
		"aws_ecs_task_definition.far: is in account 012345678901 eu-west-2, and the environment is staging in 012345678901 eu-west-1: give what is there an environment of its own",
		"aws_secretsmanager_secret.unread: no task of the state reads it; it stays with Terraform",
		"aws_iam_role.idle: no task of the state wears it; it stays with Terraform",
		"aws_secretsmanager_secret_rotation.a: aws_secretsmanager_secret_rotation is no kind of object that is converged here; it stays with Terraform",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzRead: whatever a state is, it is read or refused, and what was read is
// converted and written or refused.
func FuzzRead(f *testing.F) {
	f.Add(fixture(f))
	f.Add([]byte(`{"format_version": "1.0", "values": {"root_module": {"resources": [{"type": "aws_ecs_task_definition", "mode": "managed", "values": {"family": "f"}}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read("s", data)
		if err != nil {
			return
		}
		r, err := Convert(s, Options{Environment: "e", Project: "p"})
		if err != nil {
			return
		}
		if _, err := r.Files(nil); err != nil {
			t.Logf("not written: %v", err)
		}
	})
}
