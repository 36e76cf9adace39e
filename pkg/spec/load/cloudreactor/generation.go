package cloudreactor

import (
	"fmt"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// generation is the schema that a folder is written in: 4, or 3 for all before.
type generation int

const (
	before4 generation = 3
	schema4 generation = 4
)

// renames are the names before schema 4 and what they became.
func renames() [][2]string {
	return [][2]string{
		{"project_url", "project_metadata.source_repository_url"},
		{"use_task_role", "task_role_arn under project_ecs, env_ecs or a task's ecs"},
		{"use_secrets_manager", "task_runtime_env_secret_path and store_task_runtime_env_in_secrets_manager under project_deployment"},
		{"default_build_options", "project_build_options"},
		{"default_cloudreactor", "project_cloudreactor"},
		{"default_task_config", "project_task_config"},
		{"task_name_to_config", "project_task_name_to_config"},
		{"env_to_default_task_config", "env_to_task_config"},
		{"cloudreactor", "env_cloudreactor"},
		{"default_env_task_config", "env_task_config"},
		{"task_name_to_env_config", "env_task_name_to_config"},
	}
}

// generationOf detects the schema. The deployer looks for schema_version in
// common.yml alone, and takes nothing but the number 4.
func generationOf(in Input) (generation, error) {
	declared := in.Common.Get("schema_version")
	if declared == nil {
		return before4, schemaMissing(in)
	}
	version, err := expr.NewScope(in.Expressions, in.Common).Value("schema_version")
	if err != nil {
		return schema4, err
	}
	if !isFour(version) {
		return schema4, &spec.Error{At: declared.At, Path: "schema_version",
			Message: "this schema is not known; it is the " + version.Kind.String() + " " + shown(version), Hint: "write the number: schema_version: 4"}
	}
	return schema4, renamed(in)
}

func isFour(n *yaml11.Node) bool {
	i, ok := n.Int64()
	return ok && i == 4 || n.Kind == yaml11.Float && n.Float == 4
}

// shown is a scalar for a message, unless it is a secret.
func shown(n *yaml11.Node) string {
	switch {
	case n.HasSensitive():
		return spec.Masked
	case n.Kind == yaml11.String:
		return fmt.Sprintf("%q", n.Text)
	default:
		return yaml11.PyStr(n)
	}
}

// schemaMissing complains about names of schema 4 in a folder without it.
func schemaMissing(in Input) error {
	if in.Stem.Get("schema_version") != nil {
		return &spec.Error{At: in.Stem.Get("schema_version").At, Path: "schema_version", Message: "schema_version stands in the file of one environment", Hint: "move it to vars/common.yml"}
	}
	for _, name := range []string{"project_metadata", "project_task_name_to_config", "project_task_config", "env_to_task_config"} {
		if n := in.Common.Get(name); n != nil && in.Common.Get("project_name") == nil && in.Common.Get("task_name_to_config") == nil {
			return &spec.Error{At: n.At, Path: name, Message: name + " is of schema 4, and the file does not say that it is written in it", Hint: "add schema_version: 4"}
		}
	}
	return nil
}

// renamed complains about every name of an earlier schema.
func renamed(in Input) error {
	var problems spec.Errors
	for _, file := range []*yaml11.Node{in.Common, in.Stem} {
		for _, pair := range renames() {
			if n := file.Get(pair[0]); n != nil {
				problems = append(problems, &spec.Error{At: keyAt(file, pair[0]), Path: pair[0], Message: pair[0] + " was renamed in schema 4", Hint: "it is " + pair[1] + " now"})
			}
		}
	}
	return problems.OrNil()
}

// keyAt is where a key of a mapping stands.
func keyAt(n *yaml11.Node, name string) spec.Position {
	for _, f := range n.Fields {
		if f.Key.Kind == yaml11.String && f.Key.Text == name {
			return f.Key.At
		}
	}
	return n.At
}
