package load

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamesInManifests: what expressions in manifests can speak of.
func TestNamesInManifests(t *testing.T) {
	show := func(expression string) string {
		d, err := files{"x.txt": "from a file", "tasks/a.yaml": task("a", `service: {cluster: "`+expression+`"}`)}.load(t,
			process{env: map[string]string{"HOME_OF": "someone", "CLOUDREACTOR_TASK_VERSION_SIGNATURE": "abc"}})
		if err != nil {
			return err.Error()
		}
		text, _ := d.Tasks[0].Service["cluster"].(string)
		return text
	}
	for expression, want := range map[string]string{
		"{{ env }}-{{ project_name }}-{{ account_id }}-{{ aws_region }}": "staging-shop-012345678901-us-west-2",
		"{{ task_name }}":                "a",
		"{{ registry }}":                 "012345678901.example.com",
		"{{ level }}":                    "debug",
		"{{ task_version_signature }}":   "abc",
		"{{ lookup('env', 'HOME_OF') }}": "someone",
		"{{ lookup('file', deploy_config_dir ~ '/x.txt') }}": "from a file",
		"{{ config_filename_stem }}":                         "staging",
	} {
		if got := show(expression); got != want {
			t.Errorf("%s: got %s, want %s", expression, got, want)
		}
	}
	wantText(t, show("{{ lookup('file', '/etc/hostname') }}"), "tasks/a.yaml:5:", "leads out of deploy_config")
	sign := files{projectFile: strings.Replace(projectYAML, "{{ account_id }}.example.com", "{{ task_version_signature }}", 1), "tasks/a.yaml": task("a", `service: {cluster: "{{ registry }}"}`)}
	if got := sign.mustLoad(t, process{signature: "c0ffee"}).Tasks[0].Service["cluster"]; got != "c0ffee" {
		t.Errorf("without the variable the signature is %v", got)
	}
	if _, err := sign.load(t, process{}); err == nil || !strings.Contains(err.Error(), "no signature") {
		t.Errorf("where there is none: %v", err)
	}
	wantText(t, show("{{ nosuch }}"), `tasks/a.yaml:5:`, `"nosuch" is not defined`)
}

// TestEnvironmentsOfTasks: a task is in all environments, or in those it names.
func TestEnvironmentsOfTasks(t *testing.T) {
	d := files{"tasks/a.yaml": task("a", "drift: correct") + "---\n" + task("b", "environments: [production]") + "---\n---\n" + task("c", "environments: [production, staging]"),
		"tasks/README.md": "not read", "tasks/d.yml": task("d", "inject: none")}.mustLoad(t, process{})
	var names []string
	for _, task := range d.Tasks {
		names = append(names, task.Name)
	}
	if diff := cmp.Diff([]string{"a", "c", "d"}, names); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b"}, d.Undeployed); diff != "" {
		t.Errorf("undeployed (-want +got):\n%s", diff)
	}
}

func TestTaskNames(t *testing.T) {
	f := files{"tasks/a.yaml": task("a", "inject: none") + "---\n" + task("b", "environments: [production]")}
	for given, want := range map[string][]string{"": nil, "ALL": nil, "all": nil, " a ": {"a"}, "a,b": {"a", "b"}, "b,": {"b"}} {
		d := f.mustLoad(t, process{env: map[string]string{"TASK_NAMES": given}})
		if diff := cmp.Diff(want, d.Selected); diff != "" {
			t.Errorf("%q (-want +got):\n%s", given, diff)
		}
	}
	wantText(t, f.complaints(t, process{env: map[string]string{"TASK_NAMES": "a,aa,c"}}), `TASK_NAMES: there is no task "aa"`, `TASK_NAMES: there is no task "c"`)
}

// TestProjectComplaints: reconciler.yaml is checked as strictly as tasks are.
func TestProjectComplaints(t *testing.T) {
	head := "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\n"
	for _, c := range []struct{ text, want string }{
		{head + "spec: {environments: {}}", "reconciler.yaml:4:7: spec.environments: the project names no environments"},
		{head + "spec: {environments: {prod: {}}}", `reconciler.yaml:4:22: spec.environments: there is no environment "staging" (the environments are prod)`},
		{head + "spec: {environments: {staging: {account_id: '12'}}}", `reconciler.yaml:4:45: spec.environments.staging.account_id: "12" is no account id (want twelve digits, in quotes)`},
		{head + "spec: {environments: {staging: {region: [a]}}}", "spec.environments.staging.region: a text is wanted here, a list was found"},
		{head + "spec: {environments: {staging: {tags: {a: }}}}", "spec.environments.staging.tags.a: there is nothing here"},
		{head + "spec: {required_version: '> 7', environments: {staging: {}}}", "reconciler.yaml:4:26: spec.required_version: the project wants"},
		{"apiVersion: v2\nkind: Project\n", "reconciler.yaml:1:13: apiVersion: "},
		{"apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: x}\nspec: {}", "reconciler.yaml:2:7: kind: a Task does not belong here (want kind: Project)"},
		{head + "spec: {environments: {staging: {}}}\n---\n" + head, "reconciler.yaml: the file holds 2 documents"},
		{"- a\n", "reconciler.yaml:1:1: the document is no mapping"},
		{"# nothing\n", "reconciler.yaml: the file holds 0 documents"},
		{"apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {}\nspec: {environments: {staging: {}}}", "reconciler.yaml:3:11: metadata.name: the project has no name"},
	} {
		wantText(t, files{projectFile: c.text}.complaints(t, process{}), c.want)
	}
}
