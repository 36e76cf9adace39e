package shape

import (
	"iter"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wireName is the API's name of the Go field or type called name.
func wireName(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}

// fieldFor is the field that key names in the API.
func fieldFor(t reflect.Type, key string) (reflect.StructField, bool) {
	first, size := utf8.DecodeRuneInString(key)
	if !unicode.IsLower(first) {
		return reflect.StructField{}, false
	}
	field, ok := t.FieldByName(string(unicode.ToUpper(first)) + key[size:])
	return field, ok && isMember(field)
}

// members are the fields of t that are part of the API, in the SDK's order.
func members(t reflect.Type) iter.Seq[reflect.StructField] {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if field := t.Field(i); isMember(field) && !yield(field) {
				return
			}
		}
	}
}

func isMember(field reflect.StructField) bool {
	return field.IsExported() && !field.Anonymous && field.Name != "ResultMetadata"
}

func memberNames(t reflect.Type) []string {
	var names []string
	for field := range members(t) {
		names = append(names, wireName(field.Name))
	}
	return names
}

// isSize tells whether the field is a cpu or memory that the API takes as
// text. People write 256 there as often as "256", and both mean the same.
func isSize(field reflect.StructField) bool {
	return (field.Name == "Cpu" || field.Name == "Memory") && isText(field.Type)
}

func isText(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.String
}

// DescribeOnlyKeys are the keys that DescribeTaskDefinition returns and
// RegisterTaskDefinition does not take. A definition pasted from the console
// or the CLI has them; they say nothing about what is desired, so callers
// drop them before decoding.
func DescribeOnlyKeys() []string {
	return []string{
		"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
		"requiresAttributes", "revision", "status", "taskDefinitionArn",
	}
}

// pointer is the JSON pointer (RFC 6901) of key within the value at base.
func pointer(base, key string) string {
	return base + "/" + strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}
