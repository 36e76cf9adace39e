package manifest

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
	"ecs-reconciler/pkg/spec/shape"
)

// checker holds a document against a Go type with JSON tags: it collects every
// key that does not exist and every value of another type, with its place, and
// builds the same document as encoding/json would decode it.
type checker struct{ problems spec.Errors }

func (c *checker) fail(n *yaml11.Node, path, hint, format string, args ...any) {
	c.problems = append(c.problems, &spec.Error{At: n.At, Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *checker) value(n *yaml11.Node, t reflect.Type, path string) any {
	if n.Kind == yaml11.Null {
		return nil
	}
	switch t {
	case reflect.TypeFor[EnvLocation]():
		return c.envLocation(n, path)
	case reflect.TypeFor[spec.Document](), reflect.TypeFor[Removable]():
		return c.document(n, path)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return c.value(n, t.Elem(), path)
	case reflect.Struct:
		return c.object(n, t, path)
	case reflect.Map:
		return c.mapping(n, t.Elem(), path)
	case reflect.Slice:
		return c.list(n, t.Elem(), path)
	case reflect.Interface:
		return c.json(n, path)
	default:
		return c.scalar(n, t, path)
	}
}

func (c *checker) envLocation(n *yaml11.Node, path string) any {
	switch n.Kind {
	case yaml11.String:
		return n.Text
	case yaml11.Map:
		if n.Get("parameter") != nil {
			return c.object(n, reflect.TypeFor[Parameter](), path)
		}
		return c.object(n, reflect.TypeFor[Secret](), path)
	default:
		c.fail(n, path, "name a place, as in arn:aws:secretsmanager:…, or declare a secret: {secret: NAME, from: {file: FILE}}, or a parameter in the same way", "%s is no location", article(n.Kind))
		return nil
	}
}

func (c *checker) document(n *yaml11.Node, path string) any {
	if n.Kind != yaml11.Map {
		c.fail(n, path, "", "a mapping is wanted here, %s was found", article(n.Kind))
		return nil
	}
	return c.json(n, path)
}

func (c *checker) object(n *yaml11.Node, t reflect.Type, path string) any {
	if n.Kind != yaml11.Map {
		c.fail(n, path, "", "a mapping is wanted here, %s was found", article(n.Kind))
		return nil
	}
	fields := fieldsOf(t)
	out := map[string]any{}
	for _, f := range n.Fields {
		key := f.KeyText()
		field, ok := fields[key]
		if !ok {
			c.unknown(f, path, fields)
			continue
		}
		out[key] = c.value(f.Value, field, join(path, key))
	}
	return out
}

func (c *checker) unknown(f yaml11.Field, path string, fields map[string]reflect.Type) {
	known := make([]string, 0, len(fields))
	for name := range fields {
		known = append(known, name)
	}
	hint := "see reconciler schema"
	if like := shape.Suggest(f.KeyText(), known); like != "" {
		hint = fmt.Sprintf("did you mean %q?", like)
	}
	c.fail(f.Key, path, hint, "there is no key %q", f.KeyText())
}

func (c *checker) mapping(n *yaml11.Node, t reflect.Type, path string) any {
	if n.Kind != yaml11.Map {
		c.fail(n, path, "", "a mapping is wanted here, %s was found", article(n.Kind))
		return nil
	}
	out := map[string]any{}
	for _, f := range n.Fields {
		out[f.KeyText()] = c.entry(f.Value, t, join(path, f.KeyText()))
	}
	return out
}

// entry is a value of a mapping or list that stands there for something: null
// only means something where it may be a document.
func (c *checker) entry(n *yaml11.Node, t reflect.Type, path string) any {
	if n.Kind == yaml11.Null && t != reflect.TypeFor[spec.Document]() && t.Kind() != reflect.Interface {
		c.fail(n, path, "leave it out, or write \"\" for an empty text", "there is nothing here")
		return nil
	}
	return c.value(n, t, path)
}

func (c *checker) list(n *yaml11.Node, t reflect.Type, path string) any {
	if n.Kind != yaml11.List {
		c.fail(n, path, "", "a list is wanted here, %s was found", article(n.Kind))
		return nil
	}
	out := make([]any, len(n.Items))
	for i, item := range n.Items {
		out[i] = c.entry(item, t, fmt.Sprintf("%s[%d]", path, i))
	}
	return out
}

// scalar lets a number stand for the text it was written as, so that an
// account id without quotes keeps its zeros.
func (c *checker) scalar(n *yaml11.Node, t reflect.Type, path string) any {
	wanted := map[reflect.Kind]yaml11.Kind{reflect.String: yaml11.String, reflect.Bool: yaml11.Bool, reflect.Int: yaml11.Int, reflect.Int32: yaml11.Int}[t.Kind()]
	switch {
	case wanted == yaml11.Bool && n.Kind == yaml11.Bool:
		return n.Bool
	case wanted == yaml11.Int && n.Kind == yaml11.Int:
		return c.integer(n, n.Int, path)
	case wanted == yaml11.String && n.Kind == yaml11.Bool && n.Marks != (yaml11.Marks{}):
		c.fail(n, path, "put it in quotes", "a text is wanted here, a boolean was found")
		return nil
	case wanted == yaml11.String && n.Kind == yaml11.Bool:
		c.fail(n, path, "put it in quotes", "a text is wanted here, and YAML reads %s as a boolean", n.Text)
		return nil
	case wanted == yaml11.String && (n.Kind == yaml11.String || n.Kind == yaml11.Int || n.Kind == yaml11.Float):
		return n.Text
	case n.Kind == yaml11.String:
		return c.evaluated(n, wanted, path)
	}
	c.fail(n, path, "", "%s is wanted here, %s was found", article(wanted), article(n.Kind))
	return nil
}

// evaluated reads a text as a number or boolean: what an expression yields is
// text.
func (c *checker) evaluated(n *yaml11.Node, wanted yaml11.Kind, path string) any {
	if i, ok := new(big.Int).SetString(n.Text, 10); ok && wanted == yaml11.Int {
		return c.integer(n, i, path)
	}
	if truth := strings.ToLower(n.Text); wanted == yaml11.Bool && (truth == "true" || truth == "false") {
		return truth == "true"
	}
	c.fail(n, path, "", "%s is wanted here, %s was found", article(wanted), article(n.Kind))
	return nil
}

// integer keeps to what every integer of the form fits in.
func (c *checker) integer(n *yaml11.Node, i *big.Int, path string) any {
	if !i.IsInt64() || i.Int64() > math.MaxInt32 || i.Int64() < math.MinInt32 {
		c.fail(n, path, "", "the number is too large")
		return nil
	}
	return json.Number(i.String())
}

// json is n as encoding/json decodes an equal document, except that numbers
// keep their digits.
func (c *checker) json(n *yaml11.Node, path string) any {
	switch n.Kind {
	case yaml11.Map:
		out := map[string]any{}
		for _, f := range n.Fields {
			out[f.KeyText()] = c.json(f.Value, join(path, f.KeyText()))
		}
		return out
	case yaml11.List:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = c.json(item, fmt.Sprintf("%s[%d]", path, i))
		}
		return out
	case yaml11.Int:
		return json.Number(n.Int.String())
	case yaml11.Float:
		if math.IsNaN(n.Float) || math.IsInf(n.Float, 0) {
			c.fail(n, path, "put it in quotes if it is a text", "JSON has no such number")
		}
	}
	return n.ToAny()
}

// fieldsOf are a struct's JSON names and their types.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out[name] = t.Field(i).Type
	}
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func article(k yaml11.Kind) string {
	switch k {
	case yaml11.Int:
		return "an integer"
	case yaml11.String:
		return "a text"
	case yaml11.Null:
		return "nothing"
	default:
		return "a " + k.String()
	}
}
