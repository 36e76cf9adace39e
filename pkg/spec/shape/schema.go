package shape

import (
	"maps"
	"reflect"
	"slices"
	"time"
)

// Schema is the JSON Schema (draft 2020-12) of what Decode takes for a struct
// of type t or a pointer to one: no other keys, the SDK's enums, and null for
// whatever may be left out. It has neither $schema nor $ref, so that it can
// stand anywhere in a larger schema; its parts are maps, []any, string, bool
// and int64. A type within itself is left open at the second level.
func Schema(t reflect.Type) map[string]any {
	return (&describer{}).describe(t)
}

// describer remembers the structs it is inside of.
type describer struct{ inside []reflect.Type }

func (d *describer) describe(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": []any{"string", "number", "null"}}
	case reflect.TypeFor[[]byte]():
		return map[string]any{"type": []any{"string", "null"}, "contentEncoding": "base64"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.describe(t.Elem())
	case reflect.Struct:
		return d.object(t)
	case reflect.Slice:
		return map[string]any{"type": []any{"array", "null"}, "items": present(d.describe(t.Elem()))}
	case reflect.Map:
		return map[string]any{"type": []any{"object", "null"}, "additionalProperties": present(d.describe(t.Elem()))}
	default:
		return scalarSchema(t)
	}
}

func scalarSchema(t reflect.Type) map[string]any {
	switch {
	case enumValues(t) != nil:
		return map[string]any{"enum": append(anyList(enumValues(t)), nil)}
	case t.Kind() == reflect.String:
		return map[string]any{"type": []any{"string", "null"}}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": []any{"boolean", "null"}}
	case t.Kind() == reflect.Int32:
		return map[string]any{"type": []any{"integer", "null"}, "minimum": int64(-1 << 31), "maximum": int64(1<<31 - 1)}
	case reflect.Zero(t).CanInt():
		return map[string]any{"type": []any{"integer", "null"}}
	case reflect.Zero(t).CanFloat():
		return map[string]any{"type": []any{"number", "null"}}
	default:
		return map[string]any{}
	}
}

func (d *describer) object(t reflect.Type) map[string]any {
	if slices.Contains(d.inside, t) {
		return map[string]any{"type": []any{"object", "null"}}
	}
	d.inside = append(d.inside, t)
	defer func() { d.inside = d.inside[:len(d.inside)-1] }()

	properties := map[string]any{}
	for field := range members(t) {
		properties[wireName(field.Name)] = d.member(t, field)
	}
	return map[string]any{"type": []any{"object", "null"}, "properties": properties, "additionalProperties": false}
}

func (d *describer) member(parent reflect.Type, field reflect.StructField) map[string]any {
	switch {
	case isSize(field):
		return map[string]any{"type": []any{"string", "integer", "null"}}
	case !needsParent(field.Type):
		return d.describe(field.Type)
	}
	union := d.union(variants(parent, field))
	if field.Type.Kind() == reflect.Slice {
		return map[string]any{"type": []any{"array", "null"}, "items": present(union)}
	}
	return union
}

// union takes an object with exactly one of the variants; an open document,
// which has none, takes anything.
func (d *describer) union(variants map[string]reflect.Type) map[string]any {
	if variants == nil {
		return map[string]any{}
	}
	properties := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(variants)) {
		properties[name] = d.describe(variants[name])
	}
	return map[string]any{
		"type": []any{"object", "null"}, "properties": properties, "additionalProperties": false,
		"minProperties": int64(1), "maxProperties": int64(1),
	}
}

// present is schema without null, for the items of lists and maps.
func present(schema map[string]any) map[string]any {
	for _, keyword := range []string{"type", "enum"} {
		if allowed, ok := schema[keyword].([]any); ok {
			schema[keyword] = slices.DeleteFunc(allowed, func(v any) bool { return v == nil || v == "null" })
		}
	}
	return schema
}

func anyList(texts []string) []any {
	items := make([]any, len(texts))
	for i, text := range texts {
		items[i] = text
	}
	return items
}
