package cloudreactor_test

import (
	"errors"
	"testing"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/cloudreactor"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// FuzzLoad reads arbitrary variables and hooks: an error is one about the
// input, and nothing panics.
func FuzzLoad(f *testing.F) {
	for _, seed := range []folder{
		schema4("project_task_name_to_config: {t: {command: x, service_instance_count: 1, schedule: rate(1 day)}}"),
		settings("env: {A: null}, wrapper: {env_locations: [a]}, ecs: {extra_container_definitions: [{name: s}]}, wrapped_container_names: [s]"),
		schema4(`project_task_name_to_config: "{{ all }}"` + "\nall: {t: {command: \"{{ task_name_safe }}\"}}"),
		before4("task_name_to_config: {t: {command: x, ecs: {task: {role_arn: r, tags: {a: 1}}}}}"),
	} {
		f.Add(seed.files["vars/common.yml"], seed.files["vars/staging.yml"], "- stat: {path: x}\n  register: r\n- aws_secret: {name: a, secret: b}\n  when: r.stat.exists")
	}
	f.Fuzz(func(t *testing.T, common, stem, hook string) {
		in := folder{files: map[string]string{"vars/common.yml": "{}", "vars/staging.yml": "{}"}}.input(t)
		in.Common, in.Stem = mapping(common), mapping(stem)
		hooks := single(hook)
		in.Hooks = func(string) (*yaml11.Node, error) { return hooks, nil }
		if in.Common == nil || in.Stem == nil {
			return
		}
		_, err := cloudreactor.Load(in)
		var e *spec.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("got a %T: %v", err, err)
		}
	})
}

func single(text string) *yaml11.Node {
	nodes, _, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{Nodes: 2000})
	if err != nil || len(nodes) != 1 {
		return nil
	}
	return nodes[0]
}

func mapping(text string) *yaml11.Node {
	if n := single(text); n != nil && n.Kind == yaml11.Map {
		return n
	}
	return nil
}
