package cloudreactor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

// stored is an upload as far as tests look at it. The values are made up.
type stored struct {
	Name, Value, File, Format string
	Tags                      map[string]string
	Description, KMSKeyID     string
	Tasks                     []string
}

func uploads(p *source.Project) []stored {
	var out []stored
	for _, u := range p.Uploads {
		s := stored{Name: u.Name, Value: u.Value.Reveal(), File: u.File, Format: u.Format, Tags: u.Tags, Tasks: u.Tasks}
		if u.Description != nil {
			s.Description = *u.Description
		}
		if u.KMSKeyID != nil {
			s.KMSKeyID = *u.KMSKeyID
		}
		out = append(out, s)
	}
	return out
}

func wantUploads(t *testing.T, p *source.Project, want ...stored) {
	t.Helper()
	if diff := cmp.Diff(want, uploads(p)); diff != "" {
		t.Errorf("uploads (-want +got):\n%s", diff)
	}
}

func TestEnvFileUpload(t *testing.T) {
	f := schema4(`project_deployment: {task_runtime_env_secret_path: "app/{{ env }}/env", store_task_runtime_env_in_secrets_manager: true}
env_deployment: {store_task_runtime_env_in_secrets_manager: "{{ env == 'staging' }}"}
project_task_name_to_config: {t: {command: x, wrapper: {env_locations: ["{{ resolved_task_runtime_env_secret_path }}"]}}}
`).with("env/.env.staging", "A=1\r\nB={{ not_rendered }}\r\n \n")
	p := f.mustLoad(t)
	wantUploads(t, p, stored{Name: "app/staging/env", Value: "A=1\r\nB={{ not_rendered }}", File: "env/.env.staging", Format: "dotenv", Tags: map[string]string{"Environment": "staging"}})
	if got := task(t, p, "t").Doc.Spec.EnvLocations[0].Location; got != "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/staging/env" {
		t.Errorf("the task reads %s", got)
	}
}

func TestNoUploadUnlessToldTo(t *testing.T) {
	for _, more := range []string{
		"project_deployment: {task_runtime_env_secret_path: a}",
		"project_deployment: {task_runtime_env_secret_path: a, store_task_runtime_env_in_secrets_manager: false}",
		"project_deployment: {store_task_runtime_env_in_secrets_manager: true}",
		"project_deployment: {task_runtime_env_secret_path: __unset__, store_task_runtime_env_in_secrets_manager: true}",
		"project_deployment: null",
	} {
		wantUploads(t, schema4(more).mustLoad(t))
	}
}

func TestRegistryCredentials(t *testing.T) {
	const settings = `project_deployment:
  container_registry_credentials_secret_path: app/registry.json
  store_container_registry_credentials_in_secrets_manager: true
  container_registry_pull_username: robot
project_build_options: {container_registry_username: pusher, container_registry_password: 'p"é'}
project_task_name_to_config: {t: {command: x}}
`
	p := schema4(settings).mustLoad(t)
	want := stored{Name: "app/registry.json", Value: `{"username": "robot", "password": "p\"\u00e9"}`, Format: "json", Tags: map[string]string{"Environment": "staging"}, Tasks: []string{"t"}}
	wantUploads(t, p, want)
	if got := at(t, task(t, p, "t").Doc.Spec.TaskDefinition, "/containerDefinitions/0/repositoryCredentials/credentialsParameter"); got != "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/registry.json" {
		t.Errorf("the image is pulled with %v", got)
	}
	f := schema4(settings)
	f.env = map[string]string{"CONTAINER_REGISTRY_PULL_USERNAME": "u", "CONTAINER_REGISTRY_PASSWORD": "p"}
	want.Value = `{"username": "u", "password": "p"}`
	wantUploads(t, f.mustLoad(t), want)
}

func TestHookUploads(t *testing.T) {
	f := before4(`
use_it: "{{ env != 'production' }}"
path: "{{ project_name }}/{{ env }}"
task_name_to_config: {t: {command: x}}
`).with("env/.env.staging", "A=1\n\n").with("files/config.json", "{\"a\": 1}\n").with("hooks/pre_build.yml", `
- debug: {msg: hello}
- name: Look
  ansible.builtin.stat: {path: "{{ deploy_config_dir }}/env/.env.{{ config_filename_stem }}"}
  register: found
- stat: {path: "{{ deploy_config_dir }}/env/.env.other"}
  register: missing
- set_fact: {suffix: tasks/env, flag: "no"}
- community.aws.aws_secret:
    name: "{{ path }}/{{ suffix }}"
    secret: "{{ lookup('file', deploy_config_dir + '/env/.env.' + config_filename_stem) }}"
    tags: {Application: "{{ project_name }}", N: 1}
    kms_key_id: alias/app
    description: ""
  when: use_it and found.stat.exists
- aws_secret: {name: not/there, secret: x}
  when: [use_it, missing.stat.exists]
- aws_secret: {name: not/flagged, secret: x}
  when: flag
- name: A block
  when: use_it
  block:
    - amazon.aws.secretsmanager_secret:
        name: "app/{{ item }}.json"
        json_secret: "{{ made }}"
        description: "{{ item }}"
      vars: {made: {item: "{{ item }}"}}
      loop: [a, "{{ env }}"]
    - secretsmanager_secret: {name: file, secret: "{{ lookup('file', 'files/config.json') }}", region: us-east-1}
    - secretsmanager_secret: {name: old, state: absent}
    - secretsmanager_secret: {name: empty, description: d}
- name: Package
  command: make
`).with("hooks/post_task_creation.yml", "- aws_secret: {name: never, secret: x}\n")
	p := f.mustLoad(t)
	wantUploads(t, p,
		stored{Name: "app/staging/tasks/env", Value: "A=1", File: "env/.env.staging", Format: "dotenv", Tags: map[string]string{"Application": "app", "N": "1"}, KMSKeyID: "alias/app"},
		stored{Name: "app/a.json", Value: `{"item": "a"}`, Format: "json", Description: "a"},
		stored{Name: "app/staging.json", Value: `{"item": "staging"}`, Format: "json", Description: "staging"},
		stored{Name: "file", Value: `{"a": 1}`, File: "files/config.json", Format: "json"},
	)
	for _, says := range []string{
		"hooks/pre_build.yml:2:3: hooks/pre_build.yml: this task of the hook is not run: debug",
		"hooks/pre_build.yml:32:3: hooks/pre_build.yml: this task of the hook is not run: Package (command)",
		"this task of the hook is not run: a secret with state: absent",
		`the secret "empty" has no value here`,
		"the hook stores the secret in us-east-1; it is converged in eu-west-1",
		"hooks/post_task_creation.yml:1:3: hooks/post_task_creation.yml: this task of the hook is not run: aws_secret",
	} {
		if !warned(p, says) {
			t.Errorf("no warning says %s: %v", says, p.Warnings)
		}
	}
	if len(p.Warnings) != 6 {
		t.Errorf("got %d warnings: %v", len(p.Warnings), p.Warnings)
	}
}

func TestHookFactsReachTasks(t *testing.T) {
	p := schema4(`project_task_name_to_config: {t: {command: "run {{ tool }}"}}`).with("hooks/pre_build.yml", "- set_fact: {tool: hammer}").mustLoad(t)
	if got := variable(t, p, "t", "PROC_WRAPPER_TASK_COMMAND"); got != "run hammer" {
		t.Errorf("got %v", got)
	}
}

func TestUploadsAreNotShown(t *testing.T) {
	p := schema4("").with("hooks/pre_build.yml", "- aws_secret: {name: a, secret: CANARY}").mustLoad(t)
	if got := p.Uploads[0].Value.String(); got != spec.Masked {
		t.Errorf("the value shows as %s", got)
	}
}
