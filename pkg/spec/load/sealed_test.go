package load

import (
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
)

// TestSealedValues: a value that was encrypted by itself is refused wherever
// it would be shown, and taken wherever it is hidden.
func TestSealedValues(t *testing.T) {
	withToken := strings.Replace(projectYAML, "  variables: {registry: \"{{ account_id }}.example.com\", size: 512}",
		"  variables:\n    token: "+inline(t, canary, "      "), 1)
	for _, c := range []struct {
		path    string // of the complaint; "" for none
		lines   []string
		problem string
	}{
		{path: "spec.role.description", lines: []string{roleLine, "role: {description: 'x {{ token }}'}"}},
		{path: "spec.role.tags.a", lines: []string{roleLine, "role: {tags: {a: '{{ token }}'}}"}},
		{path: "spec.role.inline_policies.p.Statement[0].Resource", lines: []string{roleLine, "role: {inline_policies: {p: {Statement: [{Resource: '{{ token }}'}]}}}"}},
		{path: "spec.env_locations[0].description", lines: []string{secretLine(", description: '{{ token }}'")}},
		{path: "spec.env_locations[0].tags.a", lines: []string{secretLine(", tags: {a: '{{ token | upper }}'}")}},
		{path: "spec.env_locations[0].secret", lines: []string{"env_locations: [{secret: 's/{{ token }}', from: {file: a.env}}]"}},
		{path: "spec.task_definition.family", lines: []string{"task_definition: {family: '{{ token }}'}"}},
		{path: "spec.task_definition.tags[0].value", lines: []string{"task_definition: {tags: [{key: a, value: '{{ token }}'}]}"}},
		{path: "spec.task_definition.containerDefinitions[0].environment[0].name", lines: []string{"task_definition: {containerDefinitions: [{environment: [{name: '{{ token }}', value: x}]}]}"}},
		{lines: []string{"task_definition: {memory: 512, containerDefinitions: [{name: main, image: i, environment: [{name: A, value: '{{ token }}'}]}]}"}},
		{lines: []string{"service: {cluster: '{{ token }}'}", "schedule: {cluster: '{{ token }}'}"}},
		{lines: []string{"env_locations: ['PLAIN:A={{ token }}']"}},
	} {
		f := files{projectFile: withToken, "a.env": "A=1\n", "tasks/a.yaml": task("a", c.lines...)}
		got := f.complaints(t, process{password: "pw"})
		if c.path != "" {
			wantText(t, got, ": "+c.path+": a value out of a vault would be shown in plans and tags: it cannot be used here")
		} else if got != "" {
			t.Errorf("%v: got %s", c.lines, strings.ReplaceAll(got, canary, "CANARY"))
		}
		if strings.Contains(got, canary) {
			t.Errorf("%s: the complaint quotes the value", c.path)
		}
	}
	tags := strings.Replace(projectYAML, "region: us-west-2\n", "region: us-west-2\n      tags:\n        a: "+inline(t, canary, "          ")+"\n", 1)
	got := files{projectFile: tags, "tasks/a.yaml": task("a", "inject: none")}.complaints(t, process{password: "pw"})
	wantText(t, got, "reconciler.yaml:", "spec.environments.staging.tags.a: a value out of a vault would be shown")
}

// TestValuesOfEncryptedFiles: where a whole file is encrypted, what is in it
// may be used for names and tags.
func TestValuesOfEncryptedFiles(t *testing.T) {
	variables := strings.Replace(projectYAML, "size: 512", "size: 512, team: "+canary, 1)
	d := files{projectFile: encrypted(t, variables), "a.env": "A=1\n",
		"tasks/a.yaml": task("a", secretLine(", tags: {team: '{{ team }}'}"), roleLine, "role: {description: 'of {{ team }}'}")}.mustLoad(t, process{password: "pw"})
	if d.Secrets[0].Tags["team"] != canary || *d.Roles[0].Description != "of "+canary {
		t.Error("the values did not arrive")
	}
}

// TestSealedServices: services and schedules are rendered without what came
// out of a vault, and kept with it.
func TestSealedServices(t *testing.T) {
	d := files{"tasks/a.yaml": task("a", "service:", "  cluster: "+inline(t, canary, "      "), "  desiredCount: 2",
		"schedule:", "  cluster: "+inline(t, canary, "      "), "  count: 3")}.mustLoad(t, process{password: "pw"})
	text := rendered(t, d)
	if strings.Contains(text, canary) {
		t.Error("a value is shown")
	}
	wantText(t, text, "cluster: "+spec.Masked, "desiredCount: 2", "count: 3")
	if a := d.Tasks[0]; a.Service["cluster"] != canary || a.Schedule["cluster"] != canary {
		t.Error("rendering changed the deployment")
	}
}

// TestNoComplaintQuotesWhatWasLookedUp: what stands in the process's
// environment or in a file may be a secret; complaints say where it is used.
func TestNoComplaintQuotesWhatWasLookedUp(t *testing.T) {
	for _, expression := range []string{"{{ lookup('env', 'TOKEN') }}", "{{ lookup('file', deploy_config_dir ~ '/token.txt') }}", "{{ looked_up }}", "{{ looked_up | upper | lower }}"} {
		for _, lines := range [][]string{
			{"role_arn: \"" + expression + "\""},
			{"inject: \"" + expression + "\""},
			{"drift: \"" + expression + "\""},
			{"ignore: [\"" + expression + "\"]"},
			{"environments: [staging, \"" + expression + "\"]"},
			{"env_locations: [\"arn:" + expression + "\"]"},
			{"env_locations: [{secret: s, from: {file: a.env, format: \"" + expression + "\"}}]"},
			{"env_locations: [{secret: \"" + expression + " !\", from: {file: a.env}}]"},
			{"env_locations: [{secret: s, from: {file: a.env}, kms_key_id: \"" + expression + " !\"}]"},
			{"env_locations: [{secret: s, from: {file: a.env}, output: \"" + expression + "\"}]"},
			{"task_definition: {networkMode: \"" + expression + "\"}"},
			{"task_definition: {containerDefinitions: [{name: a, image: i, memory: \"" + expression + "\"}]}"},
			{roleLine, "role: {max_session_duration: \"" + expression + "\"}"},
			{roleLine, "role: {managed_policies: [\"" + expression + "\"]}"},
			{roleLine, "role: {permissions_boundary: \"" + expression + "\"}"},
			{roleLine, "role: {trust_policy: {Version: \"" + expression + "\", Statement: [{Effect: \"" + expression + "\", Action: \"" + expression + "\"}]}}"},
		} {
			f := files{projectFile: strings.Replace(projectYAML, "{registry:", "{looked_up: \"{{ lookup('env', 'TOKEN') }}\", registry:", 1),
				"a.env": "A=1\n", "token.txt": canary + "\n", "tasks/a.yaml": task("a", lines...)}
			got := f.complaints(t, process{env: map[string]string{"TOKEN": canary}})
			if got == "" || strings.Contains(got, canary) {
				t.Errorf("%v: got %q", lines, got)
			}
		}
	}
	for _, key := range []string{"account_id", "region"} {
		got := files{projectFile: ours(key + `: "{{ lookup('env', 'TOKEN') }}"`), "tasks/a.yaml": task("a", "inject: none")}.complaints(t, process{env: map[string]string{"TOKEN": canary}})
		if !strings.Contains(got, "spec.environments.staging."+key+": ") || strings.Contains(got, canary) {
			t.Errorf("%s: got %q", key, got)
		}
	}
}
