package demand

import (
	"fmt"
	"reflect"
	"strings"

	"ecs-reconciler/internal/sandbox/access"
)

// request is one operation's input, read by the names of its members.
type request struct {
	account            Account
	service, operation string
	input              any
	// err is the first mistake of a row.
	err error
}

// text is a member's only value, or empty. A path such as Target.RoleArn leads
// through structures.
func (req *request) text(path string) string {
	if values := req.list(path); len(values) > 0 {
		return values[0]
	}
	return ""
}

// list are a member's values as text, none where it is unset. A path leads
// through lists too, into each of their items.
func (req *request) list(path string) []string {
	var out []string
	for _, v := range req.values(path) {
		switch v.Kind() {
		case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float64:
			out = append(out, fmt.Sprint(v.Interface()))
		}
	}
	return out
}

// values follow a path; pointers and lists are opened.
func (req *request) values(path string) []reflect.Value {
	found := opened(reflect.ValueOf(req.input))
	t := reflect.TypeOf(req.input)
	for name := range strings.SplitSeq(path, ".") {
		field, ok := memberOf(t, name)
		if !ok {
			req.mistake("%s of %s:%s has no member %s", path, req.service, req.operation, name)
			return nil
		}
		var next []reflect.Value
		for _, v := range found {
			next = append(next, opened(v.FieldByIndex(field.Index))...)
		}
		found, t = next, field.Type
	}
	return found
}

// memberOf finds a member of a structure, however it is pointed to or listed.
func memberOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return reflect.StructField{}, false
	}
	return t.FieldByName(name)
}

// opened are the values behind pointers and in lists; none behind nil.
func opened(v reflect.Value) []reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return opened(v.Elem())
	case reflect.Slice:
		var out []reflect.Value
		for i := range v.Len() {
			out = append(out, opened(v.Index(i))...)
		}
		return out
	case reflect.String:
		if v.Len() == 0 {
			return nil
		}
	}
	return []reflect.Value{v}
}

func (req *request) mistake(format string, args ...any) {
	if req.err == nil {
		req.err = fmt.Errorf(format, args...)
	}
}

// tags are those that the input would put on something: a list of keys and
// values, or a map.
func (req *request) tags() map[string]string {
	out := map[string]string{}
	if !req.has("Tags") {
		return out
	}
	for _, v := range req.values("Tags") {
		if v.Kind() == reflect.Map {
			for _, key := range v.MapKeys() {
				out[key.String()] = v.MapIndex(key).String()
			}
			continue
		}
		key, value := opened(v.FieldByName("Key")), opened(v.FieldByName("Value"))
		if len(key) == 0 {
			continue
		}
		out[key[0].String()] = ""
		if len(value) > 0 {
			out[key[0].String()] = value[0].String()
		}
	}
	return out
}

func (req *request) has(member string) bool {
	_, ok := memberOf(reflect.TypeOf(req.input), member)
	return ok
}

// asked are the condition keys of tags that are put on or taken off.
func (req *request) asked() map[string][]string {
	out := access.Asked(req.tags())
	if req.has("TagKeys") {
		out["aws:tagkeys"] = req.list("TagKeys")
	}
	return out
}
