package cloudreactor_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/cloudreactor"
	"ecs-reconciler/pkg/spec/load/source"
)

func TestErrorsSayWhere(t *testing.T) {
	const tasks = "project_task_name_to_config: "
	for name, c := range map[string]struct {
		folder      folder
		where, says string
	}{
		"schema is text":            {folder{files: map[string]string{"vars/common.yml": `schema_version: "4"`, "vars/staging.yml": "{}"}}, "vars/common.yml:1:17", `the string "4"`},
		"schema of the future":      {folder{files: map[string]string{"vars/common.yml": "schema_version: 5", "vars/staging.yml": "{}"}}, "vars/common.yml:1:17", "integer 5"},
		"schema in the stem":        {folder{files: map[string]string{"vars/common.yml": "a: b", "vars/staging.yml": "schema_version: 4"}}, "vars/staging.yml", "file of one environment"},
		"schema missing":            {folder{files: map[string]string{"vars/common.yml": "project_metadata: {name: x}", "vars/staging.yml": "{}"}}, "vars/common.yml", "add schema_version: 4"},
		"name of old":               {schema4("task_name_to_config: {}"), "vars/common.yml:6:1", "project_task_name_to_config now"},
		"no name":                   {schema4("env_metadata: {name: null}"), "", "name is empty"},
		"no name before 4":          {folder{files: map[string]string{"vars/common.yml": "task_name_to_config: {}", "vars/staging.yml": "{}"}}, "project_name", "is not set"},
		"layer is text":             {schema4("project_task_config: text\n" + tasks + "{t: {command: x}}"), "vars/common.yml:6:22", "a mapping is wanted"},
		"tasks are a list":          {schema4(tasks + "[t]"), "vars/common.yml:6:30", "a mapping is wanted"},
		"task is null":              {schema4(tasks + "{t: null}"), "vars/common.yml:6:34", "has no settings"},
		"task is nulled":            {schema4(tasks + "{t: {command: x}}\nenv_task_name_to_config: {t: }"), "vars/common.yml:7", "has no settings"},
		"name is boolean":           {schema4(tasks + "{on: {command: x}}"), "vars/common.yml:6:31", "boolean True"},
		"name is a number":          {schema4(tasks + "{12: {command: x}}"), "vars/common.yml:6:31", "put it in quotes"},
		"undefined":                 {schema4(tasks + `{t: {command: "{{ nope }}"}}`), "vars/common.yml:6:44", `"nope" is not defined`},
		"undefined in undeployed":   {schema4(tasks + `{t: {deployed: false, command: "{{ nope }}"}}`), "vars/common.yml", `"nope" is not defined`},
		"item outside of tasks":     {schema4(tasks + `{t: {command: "{{ item }}"}}`), "vars/common.yml:6:44", "use task_name_safe"},
		"env is a list":             {schema4(tasks + "{t: {command: x, env: [A]}}"), "vars/common.yml:6:52", "t.env"},
		"cpu is no number":          {schema4(tasks + "{t: {command: x, ecs: {cpu_units: lots}}}"), "vars/common.yml", `"lots"`},
		"command is a number":       {schema4(tasks + "{t: {command: 5}}"), "vars/common.yml:6:44", "put it in quotes"},
		"version text is a number":  {schema4(tasks + "{t: {command: x, task_version_text: 1.5}}"), "vars/common.yml", "float 1.5"},
		"version text before 4":     {before4("project_version_text: 1.5\ntask_name_to_config: {t: {command: x}}"), "vars/common.yml:3:23", "float 1.5"},
		"account id is short":       {schema4("env_aws: {account_id: \"1234\"}\n" + tasks + "{t: {command: x}}"), "vars/common.yml:6:23", "no account id"},
		"path is an ARN":            {schema4("project_deployment: {task_runtime_env_secret_path: \"arn:aws:secretsmanager:x\", store_task_runtime_env_in_secrets_manager: true}"), "vars/common.yml", "is an ARN"},
		"env file missing":          {schema4("project_deployment: {task_runtime_env_secret_path: a, store_task_runtime_env_in_secrets_manager: true}"), "vars/common.yml", "no file env/.env.staging"},
		"cycle":                     {schema4("a: \"{{ b }}\"\nb: \"{{ a }}\"\n" + tasks + `{t: {command: "{{ a }}"}}`), "vars/common.yml", "refers to itself"},
		"port is no number":         {schema4(tasks + `{t: {command: x, service_instance_count: 1, service_settings: {load_balancer_settings: {load_balancers: [{container_port: x}]}}}}`), "vars/common.yml", `"x"`},
		"schedule is a list":        {schema4(tasks + "{t: {command: x, schedule: [a]}}"), "vars/common.yml:6:57", "t.schedule"},
		"hook is a mapping":         {schema4("").with("hooks/pre_build.yml", "a: b"), "hooks/pre_build.yml", "a list of Ansible tasks"},
		"hook task is text":         {schema4("").with("hooks/pre_build.yml", "- a"), "hooks/pre_build.yml:1:3", "a mapping"},
		"hook condition undefined":  {schema4("").with("hooks/pre_build.yml", "- aws_secret: {name: a, secret: b}\n  when: nope"), "hooks/pre_build.yml:2:9", `"nope" is not defined`},
		"hook secret without name":  {schema4("").with("hooks/pre_build.yml", "- aws_secret: {secret: b}"), "hooks/pre_build.yml:1:3", "no name"},
		"hook file outside":         {schema4("").with("hooks/pre_build.yml", `- aws_secret: {name: a, secret: "{{ lookup('file', '/etc/x') }}"}`), "hooks/pre_build.yml", "no file /etc/x"},
		"registry without password": {schema4("project_deployment: {container_registry_credentials_secret_path: a, store_container_registry_credentials_in_secrets_manager: true, container_registry_pull_username: u}"), "vars/common.yml", "the password for the container registry"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.folder.load(t)
			wantComplaint(t, err, c.where, c.says)
		})
	}
}

func TestAllComplaintsAtOnce(t *testing.T) {
	_, err := schema4(`project_task_name_to_config: {a: {command: 5}, b: null, c: {schedule: x}, yes: {}}`).load(t)
	var all spec.Errors
	if !errors.As(err, &all) || len(all) != 4 {
		t.Errorf("got %v, want four complaints", err)
	}
}

func TestSignature(t *testing.T) {
	unsigned := func(f folder) cloudreactor.Input {
		in := f.input(t)
		in.Signature = func() (string, error) { return "", errors.New("no git here") }
		return in
	}
	project, err := cloudreactor.Load(unsigned(settings("env: {}")))
	if err != nil || !slices.ContainsFunc(project.Warnings, func(w spec.Warning) bool { return strings.Contains(w.Message, "TASK_VERSION_SIGNATURE is left out") }) {
		t.Errorf("got %v and %v, want a warning", err, project)
	}
	project, err = cloudreactor.Load(unsigned(settings("wrapped_container_names: []")))
	if err != nil || len(project.Warnings) > 0 {
		t.Errorf("nothing needs the signature: %v and %v", err, project)
	}
	_, err = cloudreactor.Load(unsigned(before4("task_name_to_config: {t: {command: x}}")))
	wantComplaint(t, err, "", "no git here") // the image is named by it
}

func TestMergeOrder(t *testing.T) {
	p := schema4(`
project_task_config: {env: {A: "1", B: "1", C: "1", D: "1", E: "1", F: "1", L: [1]}}
env_to_task_config: {staging: {env: {B: "2", C: "2", D: "2", E: "2", F: "2"}}, production: {env: {A: "{{ nope }}"}}}
project_task_name_to_config: {t: {command: x, env: {D: "4", E: "4", F: "4", L: [2]}}}
env_to_task_name_to_config: {staging: {t: {env: {E: "5", F: "5"}}}, production: {t: {env: {A: "{{ nope }}"}}}}
`).with("vars/staging.yml", `
env_task_config: {env: {C: "3", D: "3", E: "3", F: "3"}}
env_task_name_to_config: {t: {env: {F: "6"}}}
`).mustLoad(t)
	for name, want := range map[string]string{"A": "1", "B": "2", "C": "3", "D": "4", "E": "5", "F": "6", "L": "[2]"} {
		if got := variable(t, p, "t", name); got != want {
			t.Errorf("%s is %v, want %s", name, got, want)
		}
	}
}

func TestDeployed(t *testing.T) {
	for value, want := range map[string]bool{
		"true": true, "false": false, `"true"`: true, `"false"`: false, `"True"`: false, "null": false, "1": false, `"{{ env == 'staging' }}"`: true,
		`"{{ env == 'other' }}"`: false, `""`: false, "no": false, "yes": true, `"yes"`: false,
	} {
		p := schema4("project_task_name_to_config: {t: {command: x, deployed: " + value + "}}").mustLoad(t)
		if got := len(p.Tasks) == 1; got != want || (len(p.Undeployed) == 1) == want {
			t.Errorf("deployed: %s gives %d tasks, %v not deployed", value, len(p.Tasks), p.Undeployed)
		}
	}
}

func TestDeployedByName(t *testing.T) {
	f := schema4(`project_task_name_to_config: {a: {command: x, deployed: "yes"}, b: {command: x, deployed: false}, c: {command: x}}`)
	f.env = map[string]string{"TASK_NAMES": "a, b"}
	p := f.mustLoad(t)
	var names []string
	for _, found := range p.Tasks {
		names = append(names, found.Doc.Metadata.Name)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"a", "c"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestTasksThatAnExpressionMakes(t *testing.T) {
	p := schema4(`
all: {one: {command: "run {{ task_name_safe }}"}, two: {command: "run {{ task_name_safe }}"}}
project_task_name_to_config: "{{ all }}"
`).mustLoad(t)
	if got := variable(t, p, "two", "PROC_WRAPPER_TASK_COMMAND"); got != "run two" {
		t.Errorf("got %v", got)
	}
}

func TestItemBefore4(t *testing.T) {
	p := before4(`
default_task_config: {env: {NAME: "{{ item }}"}}
task_name_to_config: {one: {command: x}, two: {command: x}}
`).mustLoad(t)
	if got := variable(t, p, "two", "NAME"); got != "two" {
		t.Errorf("got %v", got)
	}
}

// What the deployer derives may be made of each other in any order.
func TestVariablesInAnyOrder(t *testing.T) {
	p := schema4(`
env_metadata: {version_text: "{{ aws_region }}/{{ resolved_cloudreactor.run_environment }}"}
env_cloudreactor: {run_environment: "{{ task_indep_aws.account_id }}", task_api_key: "{{ task_indep_ecs.key }}"}
env_ecs: {key: "{{ env }}-{{ task_indep_aws.region }}"}
project_task_name_to_config: {t: {command: x}}
`).mustLoad(t)
	for name, want := range map[string]string{"PROC_WRAPPER_TASK_VERSION_TEXT": "eu-west-1/123456789012", "PROC_WRAPPER_API_KEY": "staging-eu-west-1"} {
		if got := variable(t, p, "t", name); got != want {
			t.Errorf("%s is %v, want %s", name, got, want)
		}
	}
}

func TestBrokenSettingsAreNamed(t *testing.T) {
	for more, says := range map[string]string{
		`env_cloudreactor: {task_api_key: "{{ nope }}"}`:          `"nope" is not defined`,
		`env_aws: {tags: {a: "{{ nope }}"}}`:                      `"nope" is not defined`,
		`env_ecs: {cluster_arn: "{{ nope }}"}`:                    `"nope" is not defined`,
		`project_build_options: {docker_image_tag: "{{ nope }}"}`: `"nope" is not defined`,
	} {
		_, err := schema4(more + "\nproject_task_name_to_config: {t: {command: x, ecs: {docker_image_name: null}}}").load(t)
		wantComplaint(t, err, "vars/common.yml:6:", says)
	}
}

func TestBefore4WithItsOwnNames(t *testing.T) {
	p := before4(`
env_task_config: {env: {A: "1"}}
default_env_task_config: {env: {B: "1"}}
env_task_name_to_config: {t: {env: {C: "1"}}}
env_to_task_name_to_config: {staging: {t: {env: {D: "1"}}}}
task_name_to_config: {t: {command: x}}
`).mustLoad(t)
	for name, want := range map[string]any{"A": "1", "B": nil, "C": "1", "D": nil} {
		if got := variable(t, p, "t", name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func TestOwnVariablesWin(t *testing.T) {
	p := schema4(`
task_version_signature: mine
project_name: other
project_task_name_to_config: {t: {command: "{{ project_name }}", ecs: {docker_image_name: __unset__}}}
`).mustLoad(t)
	definition := task(t, p, "t").Doc.Spec.TaskDefinition
	if definition["family"] != "other_t_staging" || p.Name != "other" {
		t.Errorf("got the family %v of the project %s", definition["family"], p.Name)
	}
	if image := at(t, definition, "/containerDefinitions/0/image"); image != "123456789012.dkr.ecr.eu-west-1.amazonaws.com/other:staging_mine" {
		t.Errorf("got the image %v", image)
	}
}

func TestImageOfTheCommandLine(t *testing.T) {
	f := schema4("project_task_name_to_config: {a: {command: x}, b: {command: x, ecs: {extra_main_container_properties: {essential: false}}}}")
	f.image = map[string]string{"": "all:1", "a": "a:1"}
	p := f.mustLoad(t)
	for name, want := range map[string]string{"a": "a:1", "b": "all:1"} {
		if got := at(t, task(t, p, name).Doc.Spec.TaskDefinition, "/containerDefinitions/0/image"); got != want {
			t.Errorf("%s has the image %v", name, got)
		}
	}
}

// warned tells whether a warning says something.
func warned(p *source.Project, says string) bool {
	return slices.ContainsFunc(p.Warnings, func(w spec.Warning) bool { return strings.Contains(w.String(), says) })
}

func TestUnknownKeys(t *testing.T) {
	p, err := schema4(`
project_task_confg: {env: {}}
project_task_cfg: used
project_task_configs: used by a hook
project_metadta_of_mine: near, and more than a letter away
team: ours
project_task_config: {wrapper: {log_levl: x, some_unknown_name: x}, ecs: {cpu: 1, capacity_provider_strategy: []}, env: {anything: x}, aws: {tags: {anything: x}}}
project_task_name_to_config: {t: {command: "{{ project_task_cfg }}", comand: x}}
`).with("hooks/pre_build.yml", "- {debug: {msg: x}, when: project_task_configs}").load(t)
	for _, says := range []string{
		"vars/common.yml:7:1: project_task_confg: nothing uses the variable project_task_confg (did you mean project_task_config?)",
		`vars/common.yml:12:33: project_task_config.wrapper: the key "log_levl" is not one that the deployer reads (did you mean log_level?)`,
		`project_task_name_to_config.t: the key "comand" is not one that the deployer reads (did you mean command?)`,
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("no complaint says %s: %v", says, err)
		}
	}
	var all spec.Errors
	if !errors.As(err, &all) || len(all) != 3 {
		t.Errorf("got %v, want three complaints", err)
	}
	for _, says := range []string{`wrapper: the key "some_unknown_name" is not one`, `ecs: the key "cpu" is not one that the deployer reads`, `ecs: the key "capacity_provider_strategy" is not one`} {
		if !warned(p, says) {
			t.Errorf("no warning says %s: %v", says, p.Warnings)
		}
	}
}

// TestRealCause: what expressions cannot find since it could not be made is
// complained about by its cause alone.
func TestRealCause(t *testing.T) {
	_, err := folder{files: map[string]string{"vars/common.yml": `schema_version: 4
project_metadata: {name: app}
project_aws: {account_id: "1234", region: eu-west-1}
project_deployment: {task_runtime_env_secret_path: a}
project_task_name_to_config: {t: {command: x, wrapper: {env_locations: ["{{ resolved_task_runtime_env_secret_path }}"]}}}
`, "vars/staging.yml": "{}"}}.load(t)
	if err == nil || !strings.Contains(err.Error(), "no account id") || strings.Contains(err.Error(), "not defined") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one complaint about the account", err)
	}
}

func TestSensitive(t *testing.T) {
	f := schema4("project_task_name_to_config: {t: {command: x, env: {A: public}}}")
	in := f.with("vars/staging.yml", "env_task_config: {env: {B: hidden}, wrapper: {log_level: INFO, env_locations: [a]}}\nenv_ecs: {task_role_arn: r}").input(t)
	in.Stem = in.Stem.AsSensitive()
	p, err := cloudreactor.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	found := task(t, p, "t")
	for pointer, want := range map[string]string{"A": "", "B": "hidden", "PROC_WRAPPER_LOG_LEVEL": "INFO", "PROC_WRAPPER_ENV_LOCATIONS": ""} {
		hidden := ""
		for _, v := range found.Vaulted {
			if at(t, found.Doc.Spec.TaskDefinition, strings.TrimSuffix(v, "/value")+"/name") == pointer {
				hidden, _ = at(t, found.Doc.Spec.TaskDefinition, v).(string)
			}
		}
		if hidden != want {
			t.Errorf("%s hides %q, want %q", pointer, hidden, want)
		}
	}
	if len(found.Vaulted) != 2 {
		t.Errorf("hidden are %v, want two", found.Vaulted)
	}
}
