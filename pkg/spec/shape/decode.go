package shape

import (
	"encoding/base64"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Problem is one thing in a document that does not fit the struct.
type Problem struct {
	Path    string // JSON pointer into the document; "" is the document itself
	Message string
	Hint    string // what to write instead; may be empty
}

// Decode fills the struct that into points at from doc: nil, bool, string,
// any integer or float type, json.Number, []any and map[string]any, as JSON
// and YAML decoders make them. Fields that doc does not name keep their
// values; null is the same as not naming one. What fits is filled in even
// when there are problems; they come in the order of the document's sorted
// keys.
//
// cpu and memory where the API wants text may be written as whole numbers.
// Times are RFC 3339 text or seconds since 1970; bytes are base64.
func Decode(doc any, into any) []Problem {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() || target.Elem().Kind() != reflect.Struct {
		return []Problem{{Message: fmt.Sprintf("a %T cannot be decoded into", into), Hint: "pass a pointer to a struct"}}
	}
	d := &decoder{}
	d.value("", doc, target.Elem())
	return d.problems
}

type decoder struct{ problems []Problem }

func (d *decoder) report(path, hint, format string, args ...any) {
	d.problems = append(d.problems, Problem{Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (d *decoder) wanted(path, wanted string, found any, hint string) {
	d.report(path, hint, "%s is wanted here, %s was found", wanted, kindOf(found))
}

// value decodes doc into target; a null leaves target as it is.
func (d *decoder) value(path string, doc any, target reflect.Value) {
	if doc == nil {
		return
	}
	switch {
	case target.Type() == reflect.TypeFor[time.Time]():
		d.time(path, doc, target)
		return
	case target.Type() == reflect.TypeFor[[]byte]():
		d.bytes(path, doc, target)
		return
	}
	switch target.Kind() {
	case reflect.Pointer:
		d.optional(path, doc, target)
	case reflect.Struct:
		d.object(path, doc, target)
	case reflect.Slice:
		d.list(path, doc, target)
	case reflect.Map:
		d.mapping(path, doc, target)
	default:
		d.scalar(path, doc, target)
	}
}

// optional fills a pointer. One to a single value that does not fit stays
// nil; one to a struct keeps the members that fit.
func (d *decoder) optional(path string, doc any, target reflect.Value) {
	fresh, before := reflect.New(target.Type().Elem()), len(d.problems)
	d.value(path, doc, fresh.Elem())
	if len(d.problems) == before || !fresh.Elem().IsZero() {
		target.Set(fresh)
	}
}

func (d *decoder) object(path string, doc any, target reflect.Value) {
	object, ok := doc.(map[string]any)
	if !ok {
		d.wanted(path, "an object", doc, "its keys are "+list(memberNames(target.Type())))
		return
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		field, ok := fieldFor(target.Type(), key)
		if !ok {
			d.unknownKey(pointer(path, key), key, memberNames(target.Type()))
			continue
		}
		d.member(pointer(path, key), object[key], target, field)
	}
}

func (d *decoder) member(path string, doc any, parent reflect.Value, field reflect.StructField) {
	target := parent.FieldByIndex(field.Index)
	if text, ok := wholeNumber(doc); ok && isSize(field) {
		doc = text
	}
	if needsParent(field.Type) {
		d.open(path, doc, parent.Type(), field, target)
		return
	}
	d.value(path, doc, target)
}

func (d *decoder) unknownKey(path, key string, known []string) {
	hint := "the keys here are " + list(known)
	if near := Suggest(key, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	d.report(path, hint, "unknown key %q", key)
}

func (d *decoder) list(path string, doc any, target reflect.Value) {
	items, ok := doc.([]any)
	if !ok {
		d.wanted(path, "a list", doc, "")
		return
	}
	filled := reflect.MakeSlice(target.Type(), len(items), len(items))
	for i, item := range items {
		at := pointer(path, fmt.Sprint(i))
		if item == nil {
			d.report(at, "leave the item out", "an item of a list is null")
			continue
		}
		d.value(at, item, filled.Index(i))
	}
	target.Set(filled)
}

func (d *decoder) mapping(path string, doc any, target reflect.Value) {
	object, ok := doc.(map[string]any)
	if !ok {
		d.wanted(path, "an object", doc, "")
		return
	}
	filled := reflect.MakeMapWithSize(target.Type(), len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at := pointer(path, key)
		if object[key] == nil {
			d.report(at, "leave the key out", "the value is null")
			continue
		}
		item := reflect.New(target.Type().Elem()).Elem()
		d.value(at, object[key], item)
		filled.SetMapIndex(reflect.ValueOf(key).Convert(target.Type().Key()), item)
	}
	target.Set(filled)
}

func (d *decoder) bytes(path string, doc any, target reflect.Value) {
	text, ok := doc.(string)
	if !ok {
		d.wanted(path, "base64 text", doc, "")
		return
	}
	content, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		d.report(path, "", "this is not base64")
		return
	}
	target.SetBytes(content)
}

// list names a few of what is known, for a hint.
func list(known []string) string {
	const shown = 12
	if len(known) == 0 {
		return "none"
	}
	if len(known) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(known[:shown], ", "), len(known)-shown)
	}
	return strings.Join(known, ", ")
}
