package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// unrendered is what a rendered folder does not say of a case, and why.
type unrendered struct {
	secrets []string
	masked  bool
	reason  string
}

// renderExceptions list every case that does not load back whole. Each must
// still be one.
func renderExceptions() map[string]unrendered {
	return map[string]unrendered{
		"v3-services": {secrets: []string{"shop/qa.env"}, reason: "the folder stores it and no task reads it: a manifest declares a secret where a task reads it"},
		"v4-vault": {secrets: []string{"sealed/staging/registry.json"}, masked: true,
			reason: "the registry's credentials are made of variables and no file, and what came out of a vault is never written"},
	}
}

// TestRenderedFoldersLoadAlike: what a folder comes to, written as manifests
// beside its sources, loads to the same deployment.
func TestRenderedFoldersLoadAlike(t *testing.T) {
	t.Parallel()
	cases := []parityCase{readsMore(t), {name: "example", dir: "..", environment: "staging"}}
	corpusCases, err := filepath.Glob(filepath.Join(corpus, "*", "env"))
	if err != nil || len(corpusCases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range corpusCases {
		c := readParityCase(t, filepath.Dir(file))
		if _, accepted := parityAccepted()[c.name]; accepted || !c.refused() {
			cases = append(cases, c)
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.checkRendered(t)
		})
	}
}

// readsMore is a folder whose tasks read all that the corpus has no role for.
func readsMore(t *testing.T) parityCase {
	t.Helper()
	c := parityCase{name: "reads-more", dir: t.TempDir(), environment: "staging", env: map[string]string{"CLOUDREACTOR_TASK_VERSION_SIGNATURE": "0a1b2c3"}}
	const ssm, sm = "arn:aws:ssm:us-west-2:123456789012:parameter/", "arn:aws:secretsmanager:us-west-2:123456789012:secret:"
	c.write(t, "vars/common.yml", `schema_version: 4
project_metadata: {name: jobs}
project_deployment: {task_runtime_env_secret_path: jobs/env, store_task_runtime_env_in_secrets_manager: true}
project_cloudreactor: {enabled: true, task_api_key: "`+sm+`key", deploy_api_key: x}
project_ecs: {docker_image_name: "acme/jobs:1", task_role_arn: jobs}
project_task_config:
  wrapper: {env_locations: ["`+sm+`jobs/env-AbCdEf", "AWS_SM:other"], config_locations: ["`+sm+`conf", "AWS_SSM:/with,comma", "file:///in/the/image"]}
project_task_name_to_config:
  own_suffix: {command: "echo {% raw %}{{ x }}{% endraw %}", wrapper: {resolvable_env_var_name_suffix: _R}, env: {TOKEN_R: "`+ssm+`own", LABEL: "{% raw %}{# no comment #}{% endraw %}"}}
  sidecar: {command: x, wrapped_container_names: [side], ecs: {extra_container_definitions: [{name: side, image: x, memory: 64}]}}
  token: {command: x, env: {TOKEN_FOR_PROC_WRAPPER_TO_RESOLVE: "`+ssm+`token", MODE_FOR_PROC_WRAPPER_TO_RESOLVE: "CONFIG:mode"}}
`)
	c.write(t, "vars/staging.yml", `env_aws: {account_id: "123456789012", region: us-west-2, network: {subnets: [subnet-a], security_groups: [sg-1]}}
env_ecs: {cluster_arn: staging, execution_role_arn: exec}
`)
	c.write(t, "env/.env.staging", "A=1\n")
	return c
}

// TestRenderedReadsAreGranted: the folder above grants what it is there for.
func TestRenderedReadsAreGranted(t *testing.T) {
	t.Parallel()
	d, err := readsMore(t).load(t)
	if err != nil || len(d.Roles) != 1 {
		t.Fatalf("%v, roles %v", err, d)
	}
	var got []string
	for _, l := range d.Roles[0].GrantLocations {
		got = append(got, strings.TrimPrefix(strings.TrimPrefix(l.Text, "arn:aws:secretsmanager:us-west-2:123456789012:"), "arn:aws:ssm:us-west-2:123456789012:"))
	}
	want := []string{"AWS_SM:other", "AWS_SSM:/with,comma", "parameter/own", "parameter/token", "secret:conf", "secret:jobs/env-AbCdEf", "secret:key"}
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(got))); diff != "" {
		t.Errorf("granted (-want +got):\n%s", diff)
	}
}

func (c parityCase) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(c.dir, "deploy_config", name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func (c parityCase) checkRendered(t *testing.T) {
	t.Helper()
	first, err := c.load(t)
	if err != nil {
		t.Fatal(err)
	}
	without := renderExceptions()[c.name]
	var missing []string
	for _, s := range first.Secrets {
		if strings.Contains(fmt.Sprint(manifest.Undeclared(first)), "the secret "+s.Name+" is stored and ") {
			missing = append(missing, s.Name)
		}
	}
	vaulted := slices.ContainsFunc(first.Tasks, func(t spec.Task) bool { return len(t.Vaulted) > 0 })
	if !slices.Equal(missing, without.secrets) || vaulted != without.masked {
		t.Errorf("no manifest declares %v, and values are masked: %t; want %+v", missing, vaulted, without)
	}
	text := rendered(t, first)
	second := c.reloaded(t, first, text)
	if diff := cmp.Diff(facts(t, first, without), facts(t, second, without)); diff != "" {
		t.Errorf("another deployment (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(text, rendered(t, second)); diff != "" {
		t.Errorf("it renders otherwise (-want +got):\n%s", diff)
	}
}

// reloaded is what a deployment loads to when manifests stand in the place of
// what it was made of.
func (c parityCase) reloaded(t *testing.T, d *spec.Deployment, manifests string) *spec.Deployment {
	t.Helper()
	from := os.DirFS(filepath.Join(c.dir, "deploy_config"))
	c.dir = t.TempDir()
	folder := filepath.Join(c.dir, "deploy_config")
	err := os.CopyFS(folder, from)
	for _, name := range []string{"vars", "tasks", "reconciler.yaml"} {
		err = errors.Join(err, os.RemoveAll(filepath.Join(folder, name)))
	}
	if err != nil {
		t.Fatal(err)
	}
	tags, err := json.Marshal(d.Tags)
	if err != nil {
		t.Fatal(err)
	}
	c.write(t, "reconciler.yaml", fmt.Sprintf("apiVersion: %s\nkind: Project\nmetadata: {name: %q}\nspec: {environments: {%q: {account_id: %q, region: %q, tags: %s}}}\n",
		manifest.APIVersion, d.Project, d.Environment, d.AccountID, d.Region, tags))
	c.write(t, "tasks/rendered.yaml", manifests)
	c.env = map[string]string{"ANSIBLE_VAULT_PASSWORD": c.env["ANSIBLE_VAULT_PASSWORD"]}
	again, err := c.load(t)
	if err != nil {
		t.Fatalf("%v\n%s", err, manifests)
	}
	return again
}

func rendered(t *testing.T, d *spec.Deployment) string {
	t.Helper()
	tasks, err := manifest.Render(d)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, task := range tasks {
		text, err := manifest.YAML(task)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("---\n" + string(text))
	}
	return b.String()
}

// facts are what a deployment converges, without places and what is never
// rendered.
func facts(t *testing.T, d *spec.Deployment, without unrendered) map[string]any {
	t.Helper()
	var tasks, secrets, roles []any
	for _, task := range d.Tasks {
		task.At, task.EnvLocations = spec.Position{}, slices.Clone(task.EnvLocations)
		for i := range task.EnvLocations {
			task.EnvLocations[i].At = spec.Position{}
		}
		if role, ok := task.TaskDefinition["taskRoleArn"].(string); ok {
			task.RoleARN = role // written in either place, it means the same
		}
		vaulted := task.Vaulted
		task.Vaulted = nil
		doc := generic(t, task)
		for _, pointer := range vaulted {
			setAt(t, doc["TaskDefinition"], strings.Split(pointer, "/")[1:], spec.Masked)
		}
		tasks = append(tasks, doc)
	}
	for _, s := range d.Secrets {
		if s.At = (spec.Position{}); !slices.Contains(without.secrets, s.Name) {
			secrets = append(secrets, generic(t, s), s.Value.Reveal())
		}
	}
	for _, r := range d.Roles {
		r.At = spec.Position{}
		roles = append(roles, generic(t, r))
	}
	return map[string]any{"tasks": tasks, "secrets": secrets, "roles": roles}
}

// setAt sets what the tokens of a JSON pointer lead to.
func setAt(t *testing.T, doc any, tokens []string, value any) {
	t.Helper()
	for i, token := range tokens {
		switch v := doc.(type) {
		case map[string]any:
			if i == len(tokens)-1 {
				v[token] = value
			}
			doc = v[token]
		case []any:
			n, err := strconv.Atoi(token)
			if err != nil || n >= len(v) {
				t.Fatalf("there is no %s", strings.Join(tokens, "/"))
			}
			doc = v[n]
		}
	}
}
