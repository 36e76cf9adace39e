package cloudreactor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// settings is a project of one task t with settings, in flow style.
func settings(text string) folder {
	return schema4("project_task_name_to_config: {t: {command: x, " + text + "}}")
}

func TestDefinition(t *testing.T) {
	for name, c := range map[string]struct {
		settings, pointer string
		want              any
	}{
		"bare role":              {"ecs: {task_role_arn: app_role}", "/taskRoleArn", "arn:aws:iam::123456789012:role/app_role"},
		"role with a path":       {"ecs: {task_role_arn: /team/app}", "/taskRoleArn", "arn:aws:iam::123456789012:role/team/app"},
		"role in full":           {`ecs: {task_role_arn: "arn:aws:iam::1:role/x"}`, "/taskRoleArn", "arn:aws:iam::1:role/x"},
		"role unset":             {"ecs: {task_role_arn: __unset__}", "/taskRoleArn", nil},
		"empty role":             {`ecs: {task_role_arn: ""}`, "/taskRoleArn", nil},
		"no execution role":      {"ecs: {execution_role_arn: null}", "/executionRoleArn", nil},
		"role in China":          {"aws: {}", "/executionRoleArn", "arn:aws:iam::123456789012:role/exec"},
		"cpu":                    {"ecs: {cpu_units: 0x200}", "/cpu", "512"},
		"cpu of an expression":   {`ecs: {cpu_units: "{{ 512 + 512 }}"}`, "/cpu", "1024"},
		"cpu of the container":   {"ecs: {cpu_units: 1024, extra_container_cpu_units: 256}", "/containerDefinitions/0/cpu", float64(768)},
		"memory":                 {"ecs: {memory_mb: 2048, extra_container_memory_mb: 48}", "/containerDefinitions/0/memory", float64(2000)},
		"raw properties win":     {"ecs: {extra_task_definition_properties: {cpu: \"4096\", family: f, taskRoleArn: null}}", "/family", "f"},
		"raw container":          {"ecs: {extra_main_container_properties: {image: other, user: null}}", "/containerDefinitions/0/image", "other"},
		"raw null":               {"ecs: {extra_main_container_properties: {image: null}}", "/containerDefinitions/0/image", "example.com/app:1"},
		"family":                 {"ecs: {task_definition_family: \"{{ env }}\"}", "/family", "staging"},
		"container":              {"ecs: {main_container_name: c}", "/containerDefinitions/0/name", "c"},
		"init":                   {"ecs: {}", "/containerDefinitions/0/linuxParameters/initProcessEnabled", true},
		"no init":                {"ecs: {use_default_linux_parameters: false}", "/containerDefinitions/0/linuxParameters", nil},
		"tag":                    {"aws: {tags: {A: 007, B: yes}}", "/tags/A/value", "7"},
		"tag taken away":         {"aws: {tags: {A: null}}", "/tags", []any{}},
		"no tags":                {"aws: {tags: null}", "/tags", nil},
		"log group":              {"ecs: {}", "/containerDefinitions/0/logConfiguration/options/awslogs-group", "/aws/fargate/app-staging-t"},
		"log group by prefix":    {"aws: {logging: {awslogs: {stream_prefix: p}}}", "/containerDefinitions/0/logConfiguration/options/awslogs-group", "/aws/fargate/p-t"},
		"create group":           {"aws: {logging: {awslogs: {create_group: False}}}", "/containerDefinitions/0/logConfiguration/options/awslogs-create-group", "false"},
		"log region":             {"aws: {logging: {awslogs: {region: us-east-1}}}", "/containerDefinitions/0/logConfiguration/options/awslogs-region", "us-east-1"},
		"raw logs":               {"aws: {log_configuration: {logDriver: splunk}}", "/containerDefinitions/0/logConfiguration", map[string]any{"logDriver": "splunk"}},
		"raw logs taken away":    {"aws: {log_configuration: null}", "/containerDefinitions/0/logConfiguration/logDriver", "awslogs"},
		"image to build":         {"ecs: {docker_image_name: null}", "/containerDefinitions/0/image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:staging_abc"},
		"wrapped side container": {"wrapped_container_names: [side], ecs: {extra_container_definitions: [{name: side}]}", "/containerDefinitions/1/environment/PROC_WRAPPER_TASK_NAME/value", "app_t_side_staging"},
		"main unwrapped":         {"wrapped_container_names: [side], env: {A: 1}", "/containerDefinitions/0/environment", []any{map[string]any{"name": "A", "value": "1"}}},
		"monitor":                {"ecs: {monitor_container_name: side, extra_container_definitions: [{name: side}]}", "/containerDefinitions/1/environment/PROC_WRAPPER_TASK_IS_SERVICE/value", "FALSE"},
		"side keeps its logs":    {"wrapped_container_names: [side], ecs: {extra_container_definitions: [{name: side, logConfiguration: {logDriver: x}}]}", "/containerDefinitions/1/logConfiguration", map[string]any{"logDriver": "x"}},
		"side logs":              {"wrapped_container_names: [side], ecs: {extra_container_definitions: [{name: side}]}", "/containerDefinitions/1/logConfiguration/options/awslogs-group", "/aws/fargate/app-staging-t-side"},
		"side variable":          {"wrapped_container_names: [side], ecs: {extra_container_definitions: [{name: side, environment: [{name: PROC_WRAPPER_DEPLOYMENT, value: x}]}]}", "/containerDefinitions/1/environment/PROC_WRAPPER_DEPLOYMENT/value", "staging"},
		"other side container":   {"ecs: {extra_container_definitions: [{name: side, cpu: 5}]}", "/containerDefinitions/1", map[string]any{"name": "side", "cpu": float64(5)}},
	} {
		t.Run(name, func(t *testing.T) {
			p := settings(c.settings).mustLoad(t)
			if diff := cmp.Diff(c.want, at(t, task(t, p, "t").Doc.Spec.TaskDefinition, c.pointer)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.pointer, diff)
			}
		})
	}
}

func TestPartition(t *testing.T) {
	p := schema4("env_aws: {region: cn-north-1}\nproject_task_name_to_config: {t: {command: x, ecs: {docker_image_name: null}}}").mustLoad(t)
	definition := task(t, p, "t").Doc.Spec.TaskDefinition
	if got := definition["executionRoleArn"]; got != "arn:aws-cn:iam::123456789012:role/exec" {
		t.Errorf("the role is %v", got)
	}
	if got := at(t, definition, "/containerDefinitions/0/image"); got != "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app:staging_abc" {
		t.Errorf("the image is %v", got)
	}
}

func TestEnvironment(t *testing.T) {
	const w = "PROC_WRAPPER_"
	for name, c := range map[string]struct {
		settings, variable string
		want               any
	}{
		"text":                     {`env: {A: "a b"}`, "A", "a b"},
		"boolean":                  {"env: {A: yes}", "A", "True"},
		"octal":                    {"env: {A: 0755}", "A", "493"},
		"list":                     {"env: {A: [1, b]}", "A", "[1, 'b']"},
		"null":                     {"env: {A: null}", "A", nil},
		"unset":                    {"env: {A: __unset__}", "A", nil},
		"empty":                    {`env: {A: ""}`, "A", ""},
		"wrapper's wins":           {"env: {PROC_WRAPPER_LOG_LEVEL: mine}, wrapper: {log_level: theirs}", w + "LOG_LEVEL", "theirs"},
		"own without the other":    {"env: {PROC_WRAPPER_LOG_LEVEL: mine}, wrapper: {log_level: __unset__}", w + "LOG_LEVEL", "mine"},
		"flag":                     {"wrapper: {send_pid: on}", w + "SEND_PID", "TRUE"},
		"null setting":             {"wrapper: {send_pid: null}", w + "SEND_PID", nil},
		"no wrapper":               {"wrapper: null", w + "PROCESS_TIMEOUT_SECONDS", "-1"},
		"real name":                {"wrapper: {process_max_retries: 3}", w + "TASK_MAX_RETRIES", "3"},
		"unread name too":          {"wrapper: {process_max_retries: 3}", w + "PROCESS_MAX_RETRIES", "3"},
		"real name by hand":        {"env: {PROC_WRAPPER_TASK_MAX_RETRIES: 9}, wrapper: {process_max_retries: 3}", w + "TASK_MAX_RETRIES", "9"},
		"real prefix":              {"wrapper: {resolvable_env_var_name_prefix: P_, resolvable_env_var_prefix: Q_}", w + "RESOLVABLE_ENV_VAR_NAME_PREFIX", "P_"},
		"no such prefix":           {"wrapper: {resolvable_env_var_name_prefix: P_}", w + "RESOLVABLE_ENV_VAR_PREFIX", nil},
		"unlimited":                {"max_concurrency: null", w + "TASK_MAX_CONCURRENCY", "-1"},
		"limit":                    {"max_concurrency: 3", w + "TASK_MAX_CONCURRENCY", "3"},
		"limit as text":            {`max_concurrency: "3"`, w + "TASK_MAX_CONCURRENCY", "3"},
		"limit unset":              {"max_concurrency: __unset__", w + "TASK_MAX_CONCURRENCY", "-1"},
		"no limit given":           {"env: {}", w + "TASK_MAX_CONCURRENCY", "1"},
		"service":                  {"service_instance_count: 1", w + "TASK_IS_SERVICE", "TRUE"},
		"no service":               {"service_instance_count: 0", w + "TASK_IS_SERVICE", "FALSE"},
		"service by text":          {`service_instance_count: "1"`, w + "TASK_IS_SERVICE", "FALSE"},
		"service by flag":          {"is_service: true", w + "TASK_IS_SERVICE", "TRUE"},
		"no timeout of services":   {"service_instance_count: 0", w + "PROCESS_TIMEOUT_SECONDS", nil},
		"timeout":                  {"wrapper: {process_timeout_seconds: 60}", w + "PROCESS_TIMEOUT_SECONDS", "60"},
		"one location":             {"wrapper: {env_locations: a}", w + "ENV_LOCATIONS", "a"},
		"locations":                {"wrapper: {env_locations: [a, b]}", w + "ENV_LOCATIONS", "a,b"},
		"empty location":           {`wrapper: {env_locations: [""]}`, w + "ENV_LOCATIONS", nil},
		"no locations":             {"wrapper: {env_locations: []}", w + "ENV_LOCATIONS", nil},
		"comma in a location":      {`wrapper: {config_locations: ['PLAIN:{"a":1,"b":2}', x]}`, w + "CONFIG_LOCATIONS", `PLAIN:{"a":1\,"b":2},x`},
		"comma escaped":            {`wrapper: {env_locations: ['a\,b']}`, w + "ENV_LOCATIONS", `a\,b`},
		"ARNs in one text":         {`wrapper: {env_locations: ["arn:aws:x:1, arn:aws:x:2"]}`, w + "ENV_LOCATIONS", "arn:aws:x:1,arn:aws:x:2"},
		"metadata":                 {"wrapper: {other_instance_metadata: {é: [1, null]}}", w + "TASK_INSTANCE_METADATA", `{"\u00e9": [1, null]}`},
		"token":                    {"wrapper: {rollbar_access_token: abc}", w + "ROLLBAR_ACCESS_TOKEN", "abc"},
		"token elsewhere":          {`wrapper: {rollbar_access_token: "ENV:X"}`, w + "ROLLBAR_ACCESS_TOKEN_FOR_PROC_WRAPPER_TO_RESOLVE", "ENV:X"},
		"token with other endings": {`wrapper: {rollbar_access_token: "ENV:X", resolvable_env_var_name_prefix: A_, resolvable_env_var_name_suffix: _Z}`, "A_PROC_WRAPPER_ROLLBAR_ACCESS_TOKEN_Z", "ENV:X"},
		"work_dir":                 {"work_dir: /srv", w + "WORK_DIR", "/srv"},
		"version":                  {"task_version_number: 7, task_version_text: v7", w + "TASK_VERSION_NUMBER", "7"},
		"signature":                {"env: {}", w + "TASK_VERSION_SIGNATURE", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			p := settings(c.settings).mustLoad(t)
			if diff := cmp.Diff(c.want, variable(t, p, "t", c.variable)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.variable, diff)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	for text, says := range map[string]string{
		"env: {PROC_WRAPPER_LOG_LEVEL: mine}, wrapper: {log_level: theirs}": "t.env.PROC_WRAPPER_LOG_LEVEL: PROC_WRAPPER_LOG_LEVEL is set by the wrapper's settings as well",
		`service_instance_count: "{{ 1 + 1 }}"`:                             "the count comes out as text",
		"ecs: {extra_main_container_properties: {environment: []}}":         "this replaces the whole environment",
	} {
		if p := settings(text).mustLoad(t); !warned(p, says) || !warned(p, "vars/common.yml:6:") {
			t.Errorf("%s: got %v, want a warning that says %s", text, p.Warnings, says)
		}
	}
	p := before4("task_name_to_config: {t: {command: x}}").with("vars/staging.yml", `project_aws: {account_id: "123456789012", region: r}`).mustLoad(t)
	if !warned(p, "no execution role is named") {
		t.Errorf("got %v", p.Warnings)
	}
	p = schema4("env_task_name_to_config: {alone: {command: x}}").mustLoad(t)
	if !warned(p, `the task "alone" is named for this environment alone`) {
		t.Errorf("got %v", p.Warnings)
	}
}

func TestReads(t *testing.T) {
	p := settings(`env: {TOKEN_FOR_PROC_WRAPPER_TO_RESOLVE: "arn:aws:ssm:eu-west-1:123456789012:parameter/t"},
  wrapper: {env_locations: [ignored], config_locations: ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:c", ""]}`).mustLoad(t)
	want := []string{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:c", "arn:aws:ssm:eu-west-1:123456789012:parameter/t"}
	if diff := cmp.Diff(want, task(t, p, "t").Reads); diff != "" {
		t.Error(diff)
	}
}

func TestRegisteredElsewhere(t *testing.T) {
	p := settings(`schedule: rate(1 day), ecs: {task_definition_arn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/x:7"}`).mustLoad(t)
	found := task(t, p, "t").Doc.Spec
	if found.TaskDefinition != nil || found.Schedule["taskDefinition"] != "arn:aws:ecs:eu-west-1:123456789012:task-definition/x:7" {
		t.Errorf("got %v, %v", found.TaskDefinition, found.Schedule)
	}
}

func TestPlaces(t *testing.T) {
	p := settings(`env: {A: x},
  wrapper: {env_locations: [one,
    two]},
  ecs: {task_role_arn: r}`).mustLoad(t)
	for pointer, want := range map[string]string{
		"/spec/env_locations/1":                                            "vars/common.yml:8:5",
		"/spec/task_definition/taskRoleArn":                                "vars/common.yml:9:24",
		"/spec/task_definition/containerDefinitions/0/environment/0/value": "vars/common.yml:6:56",
		"/spec/task_definition/networkMode":                                "vars/common.yml:6:31",
		"/spec/nothing/here":                                               "vars/common.yml:6:31",
	} {
		if got := task(t, p, "t").Place(pointer).String(); got != want {
			t.Errorf("%s is at %s, want %s", pointer, got, want)
		}
	}
}
