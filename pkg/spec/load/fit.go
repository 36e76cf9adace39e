package load

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

// fit is a document with its scalars in the form that the SDK's T wants. What
// an expression yields is text, so a text becomes the number or the boolean
// that it reads as wherever only those may stand; and cpu and memory of the
// task, which are text, may be written as numbers. Whatever does not fit stays
// as it is and is complained about by the strict check.
func fit[T any](doc spec.Document) spec.Document {
	if doc == nil {
		return nil
	}
	out, _ := fitted(doc, shape.Schema(reflect.TypeFor[T]())).(spec.Document)
	return out
}

// fitted follows the JSON Schema of what may stand here.
func fitted(v any, schema map[string]any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = fitted(value, schemaOf(schema, key))
		}
		return out
	case []any:
		out := make([]any, len(v))
		items, _ := schema["items"].(map[string]any)
		for i, item := range v {
			out[i] = fitted(item, items)
		}
		return out
	case string:
		return fromText(v, schema)
	case float64, json.Number, int, int64:
		if takes(schema, "string") && takes(schema, "integer") {
			return asText(v)
		}
	}
	return v
}

func schemaOf(schema map[string]any, key string) map[string]any {
	properties, _ := schema["properties"].(map[string]any)
	if member, ok := properties[key].(map[string]any); ok {
		return member
	}
	others, _ := schema["additionalProperties"].(map[string]any)
	return others
}

func fromText(text string, schema map[string]any) any {
	switch {
	case takes(schema, "string"):
		return text
	case takes(schema, "integer"):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return json.Number(strconv.FormatInt(n, 10))
		}
	case takes(schema, "boolean"):
		if text == "true" || text == "True" || text == "false" || text == "False" {
			return text[0]|0x20 == 't'
		}
	}
	return text
}

func asText(number any) any {
	data, err := json.Marshal(number)
	if err != nil {
		return number
	}
	if _, err := strconv.ParseInt(string(data), 10, 64); err != nil {
		return number
	}
	return string(data)
}

func takes(schema map[string]any, kind string) bool {
	kinds, _ := schema["type"].([]any)
	return slices.Contains(kinds, any(kind))
}
