package load

import (
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
)

// deployer is a small folder of CloudReactor's deployer with a vaulted variable
// token; more is added to its common.yml.
func deployer(t *testing.T, more string) files {
	t.Helper()
	return files{"vars/common.yml": "schema_version: 4\nproject_metadata: {name: app}\nproject_cloudreactor: {enabled: false}\n" +
		"project_aws: {account_id: \"012345678901\", region: us-west-2}\nproject_ecs: {execution_role_arn: exec, docker_image_name: \"example.com/app:1\"}\n" +
		"token: " + inline(t, canary, "  ") + "\n" + more, "vars/staging.yml": "{}\n"}
}

// settings are those of the task t of such a folder.
func settings(text string) string {
	return "project_task_name_to_config: {t: {command: x, " + text + "}}\n"
}

const exposed = "a value out of a vault would be shown in plans and tags: it cannot be used here"

func TestSealedSettingsOfTheDeployer(t *testing.T) {
	const hook = "- aws_secret: {name: s, secret: x, "
	for name, c := range map[string]struct{ common, hook string }{
		"project":             {common: "env_metadata: {name: '{{ token }}'}\n" + settings("env: {}")},
		"account":             {common: "env_aws: {account_id: '{{ token }}'}\n" + settings("env: {}")},
		"region":              {common: "env_aws: {region: '{{ token }}'}\n" + settings("env: {}")},
		"family":              {common: settings("ecs: {task_definition_family: 'a_{{ token }}'}")},
		"container":           {common: settings("ecs: {main_container_name: '{{ token | upper }}'}")},
		"other container":     {common: settings("ecs: {extra_container_definitions: [{name: '{{ token }}', image: i}]}")},
		"task role":           {common: settings("ecs: {task_role_arn: '{{ token }}'}")},
		"execution role":      {common: settings("ecs: {execution_role_arn: '{{ token | upper }}'}")},
		"tag":                 {common: settings("aws: {tags: {a: '{{ token }}'}}")},
		"place":               {common: settings("wrapper: {env_locations: ['arn:aws:secretsmanager:us-west-2:012345678901:secret:{{ token }}']}")},
		"file":                {common: settings("wrapper: {env_locations: ['file:///{{ token }}']}")},
		"place of a config":   {common: settings("wrapper: {config_locations: ['arn:aws:s3:::b/{{ token }}']}")},
		"place in a variable": {common: settings("env: {A_FOR_PROC_WRAPPER_TO_RESOLVE: 'arn:aws:s3:::b/{{ token }}'}")},
		"uploaded secret":     {common: "project_deployment: {task_runtime_env_secret_path: '{{ token }}', store_task_runtime_env_in_secrets_manager: true}\n" + settings("env: {}")},
		"resolved path": {common: "project_deployment: {task_runtime_env_secret_path: '{{ token }}'}\n" +
			settings("wrapper: {env_locations: ['{{ resolved_task_runtime_env_secret_path }}']}")},
		"hook's secret":      {hook: "- aws_secret: {name: 's/{{ token }}', secret: x}"},
		"hook's description": {hook: hook + "description: '{{ token | upper }}'}"},
		"hook's key":         {hook: hook + "kms_key_id: '{{ token }}'}"},
		"hook's tag":         {hook: hook + "tags: {a: 'x {{ token }}'}}"},
		"hook's region":      {hook: hook + "region: '{{ token }}'}"},
		"hook's fact":        {hook: "- set_fact: {made: '{{ token | upper }}'}\n" + hook + "tags: {a: '{{ made }}'}}"},
	} {
		f := deployer(t, c.common)
		if c.hook != "" {
			f = deployer(t, settings("env: {}"))
			f["hooks/pre_build.yml"] = c.hook + "\n"
		}
		got := f.complaints(t, process{password: "pw", signature: "1"})
		if !strings.Contains(got, exposed) || !strings.HasPrefix(got, "deploy_config/") {
			t.Errorf("%s: got %q", name, strings.ReplaceAll(got, canary, "CANARY"))
		}
		if strings.Contains(strings.ToLower(got), canary) {
			t.Errorf("%s: the complaint quotes the value", name)
		}
	}
}

func TestHiddenSettingsOfTheDeployer(t *testing.T) {
	for name, text := range map[string]string{
		"image":             "ecs: {docker_image_name: 'example.com/{{ token }}:1'}",
		"image by its tag":  "ecs: {docker_image_name: 'example.com/app:{{ token | lower }}'}",
		"variable":          "env: {A: 'Bearer {{ token }}'}",
		"values":            "wrapper: {env_locations: ['PLAIN:A={{ token }}']}",
		"log group":         "aws: {logging: {awslogs: {log_group: '/a/{{ token }}'}}}",
		"stream prefix":     "aws: {logging: {awslogs: {stream_prefix: '{{ token }}'}}}",
		"schedule":          "schedule: 'rate({{ token }})'",
		"subnet":            "service_instance_count: 1, aws: {network: {subnets: ['{{ token }}']}}",
		"cluster":           "service_instance_count: 1, ecs: {cluster_arn: '{{ token }}'}",
		"version":           "task_version_text: '{{ token }}'",
		"wrapper's setting": "wrapper: {log_level: '{{ token }}'}",
	} {
		d, err := deployer(t, settings(text)).load(t, process{password: "pw", signature: "1"})
		if err != nil {
			t.Errorf("%s: %s", name, strings.ReplaceAll(err.Error(), canary, "CANARY"))
			continue
		}
		if text := rendered(t, d) + warnings(d) + d.Refusals.Error(); strings.Contains(text, canary) || !strings.Contains(text, spec.Masked) {
			t.Errorf("%s: the value is shown, or nothing is hidden", name)
		}
	}
}

// TestEncryptedVarsOfTheDeployer: where a whole file is encrypted, what is in it
// may be used for names and tags.
func TestEncryptedVarsOfTheDeployer(t *testing.T) {
	f := deployer(t, settings("aws: {tags: {team: '{{ team }}'}}, ecs: {docker_image_name: 'i:{{ team }}', task_definition_family: 'f_{{ team }}'}"))
	f["vars/staging.yml"] = encrypted(t, "team: "+canary+"\n")
	d := f.mustLoad(t, process{password: "pw", signature: "1"})
	if got := d.Tasks[0].TaskDefinition["family"]; got != "f_"+canary {
		t.Error("the family did not arrive")
	}
}

// TestNoComplaintOfTheDeployerQuotesAVault: whatever was opened, also where no
// task came of it.
func TestNoComplaintOfTheDeployerQuotesAVault(t *testing.T) {
	for name, c := range map[string]struct{ common, stem, says string }{
		"file":      {common: "a: \"{{ lookup('file', deploy_config_dir ~ '/' ~ token) }}\"\n" + settings("env: {A: '{{ a }}'}"), says: "there is no file deploy_config/" + spec.Masked},
		"deep file": {common: "a: \"{{ lookup('file', deploy_config_dir ~ '/x//' ~ token) }}\"\n" + settings("env: {A: '{{ a }}'}"), says: "there is no file deploy_config/x/" + spec.Masked},
		"number":    {common: settings("ecs: {cpu_units: 'a{{ token }}'}"), says: "a whole number is wanted here"},
		"account":   {common: settings("env: {}"), stem: "env_aws: {account_id: " + canary + "}\n", says: "is no account id"},
		"role":      {common: settings("ecs: {task_role_arn: 'arn:{{ hidden }}'}"), stem: "hidden: " + canary + "\n", says: "arn:" + spec.Masked},
		"family":    {common: settings("ecs: {task_definition_family: '{{ hidden }} !'}"), stem: "hidden: " + canary + "\n", says: "family"},
	} {
		f := deployer(t, c.common)
		if c.stem != "" {
			f["vars/staging.yml"] = encrypted(t, c.stem)
		}
		d, err := f.load(t, process{password: "pw", signature: "1"})
		got := ""
		if err != nil {
			got = err.Error()
		}
		if d != nil {
			got += d.Refusals.Error() + warnings(d)
		}
		if !strings.Contains(got, c.says) || strings.Contains(got, canary) {
			t.Errorf("%s: got %q", name, strings.ReplaceAll(got, canary, "CANARY"))
		}
	}
}

func TestUploadedFiles(t *testing.T) {
	const store = "project_deployment: {task_runtime_env_secret_path: a, store_task_runtime_env_in_secrets_manager: true}\n"
	for name, c := range map[string]struct {
		text, complaint string
		warnings        []string
	}{
		"NUL":           {text: "A=1\nB=" + canary + "\x00\n", complaint: "deploy_config/env/.env.staging:2:15: the file holds a NUL byte"},
		"not UTF-8":     {text: "A=\xff" + canary + "\n", complaint: "deploy_config/env/.env.staging:1:3: the file is not valid UTF-8"},
		"no dotenv":     {text: "{\"" + canary + "\": 1}\n", complaint: "deploy_config/env/.env.staging:1:1: this is not an env file: it has no line NAME=value"},
		"broken lines":  {text: "A=1\n- " + canary + "\nB=2\n= " + canary + "\n", warnings: []string{".env.staging:2:1: what begins on this line is not", ".env.staging:4:1: what begins on this line is not"}},
		"as it must be": {text: "A=1\n# c\nexport B='2'\n"},
	} {
		f := deployer(t, store+settings("env: {}"))
		f["env/.env.staging"] = c.text
		d, err := f.load(t, process{password: "pw", signature: "1"})
		switch {
		case c.complaint != "":
			if err == nil || !strings.Contains(err.Error(), c.complaint) || strings.Contains(err.Error(), canary) {
				t.Errorf("%s: got %v", name, err)
			}
			continue
		case err != nil:
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := warnings(d)
		for _, says := range c.warnings {
			wantText(t, got, says)
		}
		if strings.Contains(got, canary) || strings.Count(got, "what begins on this line") != len(c.warnings) {
			t.Errorf("%s: warned %s", name, got)
		}
	}
}

func TestNoRoleToReadSecretsWith(t *testing.T) {
	const says = "t has no task role: the process will have no credentials to read its secrets"
	for text, want := range map[string]bool{
		"wrapper: {env_locations: ['AWS_SM:s']}":                                    true,
		"wrapper: {env_locations: ['AWS_SM:s']}, ecs: {task_role_arn: r}":           false,
		"wrapper: {env_locations: ['PLAIN:A=1', 'file:///etc/x']}":                  false,
		"wrapper: {env_locations: ['AWS_SM:s']}, ecs: {task_definition_arn: 'a:1'}": false,
	} {
		d, err := deployer(t, settings(text)).load(t, process{password: "pw", signature: "1"})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := strings.Contains(warnings(d), says); got != want {
			t.Errorf("%s: warned is %t: %s", text, got, warnings(d))
		}
	}
}

// TestWarningsBesideErrors: what was warned of before the project failed is not
// lost.
func TestWarningsBesideErrors(t *testing.T) {
	d, err := deployer(t, settings("comand: y, wrapper: {some_unknown_name: x}")).load(t, process{password: "pw", signature: "1"})
	if err == nil || d == nil {
		t.Fatalf("got %v and %v, want a complaint and warnings", d, err)
	}
	wantText(t, err.Error(), "did you mean command?")
	wantText(t, warnings(d), `"some_unknown_name" is not one that the deployer reads`)
}

// TestUploadOfAFileWithAHiddenName: the file is read, and its name not told.
func TestUploadOfAFileWithAHiddenName(t *testing.T) {
	f := deployer(t, settings("env: {}"))
	f["hooks/pre_build.yml"] = "- aws_secret: {name: s, secret: \"{{ lookup('file', deploy_config_dir ~ '/' ~ token ~ '.env') }}\"}\n"
	f[canary+".env"] = "A=1\n"
	d := f.mustLoad(t, process{password: "pw", signature: "1"})
	if s := d.Secrets[0]; s.Value.Reveal() != "A=1" || s.From.Format != "dotenv" || s.From.File != "" {
		t.Errorf("got format %q, and a file: %t", s.From.Format, s.From.File != "")
	}
}
