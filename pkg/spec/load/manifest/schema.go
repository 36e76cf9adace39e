package manifest

import (
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

// Schema is the JSON Schema (draft 2020-12) of both kinds of document.
func Schema() map[string]any {
	return map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   APIVersion,
		"oneOf":   []any{document[Task](KindTask), document[Project](KindProject)},
	}
}

func document[T any](kind string) map[string]any {
	s := schema(reflect.TypeFor[T]())
	properties := s["properties"].(map[string]any)
	properties["apiVersion"] = map[string]any{"const": APIVersion}
	properties["kind"] = map[string]any{"const": kind}
	s["required"] = []any{"apiVersion", "kind", "metadata", "spec"}
	return s
}

// schema of a Go type by its JSON tags.
func schema(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[EnvLocation]():
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, schema(reflect.TypeFor[Secret]())}}
	case reflect.TypeFor[spec.Inject]():
		return enum(spec.InjectWrapper, spec.InjectECSSecrets, spec.InjectNone)
	case reflect.TypeFor[spec.Drift]():
		return enum(spec.DriftCorrect, spec.DriftReport, spec.DriftIgnore)
	case reflect.TypeFor[spec.Document]():
		return map[string]any{"type": "object"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schema(t.Elem())
	case reflect.Struct:
		return object(t)
	case reflect.Map:
		if t.Elem() == reflect.TypeFor[spec.Document]() {
			return map[string]any{"type": "object", "additionalProperties": map[string]any{"type": []any{"object", "null"}}}
		}
		return map[string]any{"type": "object", "additionalProperties": schema(t.Elem())}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schema(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int32:
		return map[string]any{"type": "integer"}
	case reflect.String:
		return map[string]any{"type": "string"}
	default:
		return map[string]any{}
	}
}

func object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		properties[name] = schema(t.Field(i).Type)
	}
	if t == reflect.TypeFor[TaskSpec]() {
		properties["task_definition"] = shape.Schema(reflect.TypeFor[ecs.RegisterTaskDefinitionInput]())
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

func enum[T ~string](words ...T) map[string]any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return map[string]any{"enum": list}
}
