package manifest

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

// Schema is the JSON Schema (draft 2020-12) of both kinds of document, as they
// are written: an expression may stand for any value.
func Schema() map[string]any {
	return map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   APIVersion,
		"$defs": map[string]any{"expression": map[string]any{"type": "string", "pattern": `\{\{`},
			"source": evaluated(object(reflect.TypeFor[Source]()))},
		"oneOf": []any{document[Task](KindTask), document[Project](KindProject)},
	}
}

func document[T any](kind string) map[string]any {
	s := evaluated(schema(reflect.TypeFor[T]()))
	if properties, ok := s["properties"].(map[string]any); ok {
		properties["apiVersion"] = map[string]any{"const": APIVersion}
		properties["kind"] = map[string]any{"const": kind}
	}
	s["required"] = []any{"apiVersion", "kind", "metadata", "spec"}
	return s
}

// evaluated lets an expression stand for every part of what s describes.
func evaluated(s map[string]any) map[string]any {
	out := maps.Clone(s)
	for key, part := range s {
		switch part := part.(type) {
		case map[string]any:
			if key == "properties" {
				out[key] = orExpressions(part)
			} else {
				out[key] = orExpression(part)
			}
		case []any:
			if key == "oneOf" {
				out[key] = alternatives(part)
			}
		}
	}
	return out
}

func orExpressions(properties map[string]any) map[string]any {
	out := map[string]any{}
	for name, s := range properties {
		out[name] = s
		if s, ok := s.(map[string]any); ok {
			out[name] = orExpression(s)
		}
	}
	return out
}

func alternatives(list []any) []any {
	out := slices.Clone(list)
	for i, s := range list {
		if s, ok := s.(map[string]any); ok {
			out[i] = evaluated(s)
		}
	}
	return out
}

func orExpression(s map[string]any) map[string]any {
	kinds, _ := s["type"].([]any)
	if _, several := s["oneOf"]; several || len(s) == 0 || s["type"] == "string" || slices.Contains(kinds, any("string")) {
		return evaluated(s)
	}
	return map[string]any{"anyOf": []any{evaluated(s), map[string]any{"$ref": "#/$defs/expression"}}}
}

// schema of a Go type by its JSON tags.
func schema(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[EnvLocation]():
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, schema(reflect.TypeFor[Secret]()), schema(reflect.TypeFor[Parameter]())}}
	case reflect.TypeFor[Source]():
		return map[string]any{"$ref": "#/$defs/source"} // one may be merged of others
	case reflect.TypeFor[spec.ParameterType]():
		return enum(spec.ParameterTypes()...)
	case reflect.TypeFor[spec.ParameterTier]():
		return enum(spec.ParameterTiers()...)
	case reflect.TypeFor[spec.Inject]():
		return enum(spec.InjectWrapper, spec.InjectECSSecrets, spec.InjectNone)
	case reflect.TypeFor[spec.Drift]():
		return enum(spec.DriftCorrect, spec.DriftReport, spec.DriftIgnore)
	case reflect.TypeFor[spec.OnSecretChange]():
		return enum(spec.SecretChangeReport, spec.SecretChangeRedeploy)
	case reflect.TypeFor[spec.Document]():
		return map[string]any{"type": "object"}
	case reflect.TypeFor[Removable]():
		return map[string]any{"type": []any{"object", "null"}}
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
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	switch t {
	case reflect.TypeFor[Secret]():
		out["required"] = []any{"secret", "from"}
	case reflect.TypeFor[Parameter]():
		out["required"] = []any{"parameter", "from"}
	case reflect.TypeFor[Source]():
		out["oneOf"] = places()
	case reflect.TypeFor[Replica]():
		out["required"] = []any{"region"}
	case reflect.TypeFor[Metadata]():
		out["required"] = []any{"name"}
	}
	return out
}

func enum[T ~string](words ...T) map[string]any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return map[string]any{"enum": list}
}

// places are the ways to say where a value comes from.
func places() []any {
	var out []any
	for _, key := range SourceKeys() {
		out = append(out, map[string]any{"required": []any{key}})
	}
	return out
}
