package manifest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// TestSchemaTakesTheExample: the documents of the example are valid by the
// schema that is printed, and documents with one thing wrong are not.
func TestSchemaTakesTheExample(t *testing.T) {
	schema := printed(t)
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "deploy_config", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples, %v", err)
	}
	for _, name := range append(files, filepath.Join("..", "..", "..", "..", "deploy_config", "reconciler.yaml")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if problem := violates(schema, documentOf(t, string(text)), ""); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
	}
	task := "{apiVersion: ecs-reconciler/v1, kind: Task, metadata: {name: a}, spec: %s}"
	for _, c := range []string{"{nosuch: 1}", "{role: text}", "{env_locations: [{secret: s}]}", "{env_locations: [{parameter: p}]}", "{env_locations: [{parameter: p, from: {file: f}, type: Text}]}", "{env_locations: [{parameter: p, secret: s, from: {file: f}}]}", "{env_locations: [{secret: s, from: {}}]}", "{env_locations: [{secret: s, from: {file: f, env: E}}]}",
		"{env_locations: [{secret: s, from: {generate: {size: 1}}}]}", "{env_locations: [{secret: s, from: {exec: text}}]}", "{inject: sometimes}", "{env_locations: [1]}", "{env_locations: [{secret: s, from: {file: f}, create_only: 1}]}",
		"{role: {max_session_duration: long}}", "{role: {inline_policies: {p: 1}}}", "{drift: [correct]}", "{task_definition: {nosuch: 1}}", "{task_definition: {containerDefinitions: [{memory: lots}]}}"} {
		if violates(schema, documentOf(t, fmt.Sprintf(task, c)), "") == "" {
			t.Errorf("the schema takes %s", c)
		}
	}
	for _, c := range []string{"{}", "{role: '{{ r }}', inject: '{{ i }}', ignore: ['{{ x }}']}", "{role: {inline_policies: {p: ~}}}", "{env_locations: [AWS_SM:x, {secret: s, from: {file: f}}]}", "{env_locations: [{parameter: p, from: {literal: x}, type: String, sensitive: false, tier: '{{ t }}'}]}",
		"{env_locations: [{secret: s, from: {merge: [{exec: [a, b], timeout: 1s}, {tfstate: {file: f, output: o}}]}}, {secret: s, from: {generate: {}}}, {secret: s, from: '{{ x }}'}]}", "{service: {any: thing}}", "{task_definition: {cpu: 256, memory: '512'}}"} {
		if problem := violates(schema, documentOf(t, fmt.Sprintf(task, c)), ""); problem != "" {
			t.Errorf("%s: %s", c, problem)
		}
	}
}

// TestSchemaNamesEveryKey: a key that is decoded is in the schema.
func TestSchemaNamesEveryKey(t *testing.T) {
	for _, kind := range []reflect.Type{reflect.TypeFor[Task](), reflect.TypeFor[TaskSpec](), reflect.TypeFor[Secret](), reflect.TypeFor[Parameter](), reflect.TypeFor[Source](), reflect.TypeFor[Role](), reflect.TypeFor[Project](), reflect.TypeFor[Environment]()} {
		properties, ok := object(kind)["properties"].(map[string]any)
		if !ok || len(properties) != kind.NumField() {
			t.Errorf("%v: %d properties for %d fields", kind, len(properties), kind.NumField())
		}
		if _, unnamed := properties[""]; unnamed {
			t.Errorf("%v has a field without a JSON name", kind)
		}
	}
}

// printed is the schema as a reader of the output has it.
func printed(t *testing.T) map[string]any {
	t.Helper()
	data, err := json.Marshal(Schema())
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	defs, _ := out["$defs"].(map[string]any)
	withSource(out["oneOf"], defs["source"])
	return out
}

// withSource puts the definition of a source in the place of references to it.
func withSource(v, definition any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if ref, ok := value.(map[string]any); ok && ref["$ref"] == "#/$defs/source" {
				v[key] = definition
				continue
			}
			withSource(value, definition)
		}
	case []any:
		for i, value := range v {
			if ref, ok := value.(map[string]any); ok && ref["$ref"] == "#/$defs/source" {
				v[i] = definition
				continue
			}
			withSource(value, definition)
		}
	}
}

func documentOf(t *testing.T, text string) any {
	t.Helper()
	nodes, _, err := yaml11.Parse("f.yaml", []byte(text), yaml11.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(nodes[0].ToAny())
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// violates is what is wrong with v by the part of JSON Schema that Schema
// uses; "" for nothing.
func violates(schema map[string]any, v any, path string) string {
	if schema["$ref"] == "#/$defs/expression" {
		schema = map[string]any{"type": "string"}
		if text, ok := v.(string); ok && !strings.Contains(text, "{{") {
			return path + ": want an expression"
		}
	}
	if options, ok := schema["anyOf"].([]any); ok {
		if slices.ContainsFunc(options, func(o any) bool { return violates(o.(map[string]any), v, path) == "" }) {
			return ""
		}
		return violates(options[0].(map[string]any), v, path)
	}
	if options, ok := schema["oneOf"].([]any); ok {
		if problem := violatesEach(options, v, path); problem != "" || schema["type"] == nil {
			return problem
		}
	}
	if constant, ok := schema["const"]; ok && constant != v {
		return fmt.Sprintf("%s: want %v", path, constant)
	}
	if words, ok := schema["enum"].([]any); ok && !slices.ContainsFunc(words, func(w any) bool { return reflect.DeepEqual(w, v) }) {
		return fmt.Sprintf("%s: want one of %v", path, words)
	}
	if !hasType(schema["type"], v) {
		return fmt.Sprintf("%s: want %v, found %T", path, schema["type"], v)
	}
	switch v := v.(type) {
	case map[string]any:
		return violatesObject(schema, v, path)
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i, item := range v {
			if problem := violates(items, item, fmt.Sprintf("%s/%d", path, i)); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func violatesEach(options []any, v any, path string) string {
	fitting, problems := 0, ""
	for _, option := range options {
		problem := violates(option.(map[string]any), v, path)
		if problem == "" {
			fitting++
		}
		problems += problem + "; "
	}
	if fitting == 1 {
		return ""
	}
	return fmt.Sprintf("%s: %d alternatives fit: %s", path, fitting, problems)
}

func violatesObject(schema map[string]any, v map[string]any, path string) string {
	required, _ := schema["required"].([]any)
	for _, key := range required {
		if _, ok := v[key.(string)]; !ok {
			return fmt.Sprintf("%s: %v is missing", path, key)
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for key, value := range v {
		member, ok := properties[key].(map[string]any)
		if !ok && schema["additionalProperties"] == false {
			return fmt.Sprintf("%s: there is no key %s", path, key)
		}
		if !ok {
			member, _ = schema["additionalProperties"].(map[string]any)
		}
		if problem := violates(member, value, path+"/"+key); problem != "" {
			return problem
		}
	}
	return ""
}

func hasType(wanted, v any) bool {
	if wanted == nil {
		return true
	}
	kinds, ok := wanted.([]any)
	if !ok {
		kinds = []any{wanted}
	}
	return slices.ContainsFunc(kinds, func(kind any) bool {
		switch v := v.(type) {
		case nil:
			return kind == "null"
		case bool:
			return kind == "boolean"
		case float64:
			return kind == "number" || kind == "integer" && v == float64(int64(v))
		case string:
			return kind == "string"
		case []any:
			return kind == "array"
		default:
			return kind == "object"
		}
	})
}
