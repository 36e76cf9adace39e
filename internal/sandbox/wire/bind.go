package wire

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"time"

	"ecs-reconciler/internal/sandbox/model"
)

// binder sets the fields of an SDK input from a tree of JSON values: objects,
// lists, strings, numbers as json.Number, booleans and null.
type binder struct{ s *model.Service }

func (b binder) bind(shapeName string, tree any, dst reflect.Value, path string) error {
	if tree == nil {
		return nil
	}
	if dst.Kind() == reflect.Pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		return b.bind(shapeName, tree, dst.Elem(), path)
	}
	shape, ok := b.s.Shapes[shapeName]
	if !ok || shape.Kind == model.Document {
		return malformed(b.s, "the sandbox cannot read %s", path)
	}
	if dst.Kind() == reflect.Interface {
		return b.union(shape, tree, dst, path)
	}
	switch shape.Kind {
	case model.Structure:
		return b.structure(shape, tree, dst, path)
	case model.List:
		return b.list(shape, tree, dst, path)
	case model.Map:
		return b.object(shape, tree, dst, path)
	default:
		return b.scalar(shape, tree, dst, path)
	}
}

func (b binder) structure(shape model.Shape, tree any, dst reflect.Value, path string) error {
	object, ok := tree.(map[string]any)
	if !ok {
		return b.mismatch(tree, "Structure", path)
	}
	for name, value := range object {
		member, known := shape.Member(name)
		field := reflect.Value{}
		if known {
			field = dst.FieldByName(goName(name))
		}
		if !field.IsValid() {
			return malformed(b.s, "unknown member %q", join(path, name))
		}
		if err := b.bind(member.Shape, value, field, join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

func (b binder) list(shape model.Shape, tree any, dst reflect.Value, path string) error {
	items, ok := tree.([]any)
	if !ok {
		return b.mismatch(tree, "List", path)
	}
	dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
	for i, item := range items {
		at := join(path, strconv.Itoa(i+1))
		if item == nil {
			return malformed(b.s, "%s: a list may not hold null", at)
		}
		if err := b.bind(shape.Elem, item, dst.Index(i), at); err != nil {
			return err
		}
	}
	return nil
}

func (b binder) object(shape model.Shape, tree any, dst reflect.Value, path string) error {
	object, ok := tree.(map[string]any)
	if !ok {
		return b.mismatch(tree, "Map", path)
	}
	dst.Set(reflect.MakeMapWithSize(dst.Type(), len(object)))
	for key, value := range object {
		item := reflect.New(dst.Type().Elem()).Elem()
		if err := b.bind(shape.Elem, value, item, join(path, key)); err != nil {
			return err
		}
		dst.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), item)
	}
	return nil
}

func (b binder) scalar(shape model.Shape, tree any, dst reflect.Value, path string) error {
	switch value := tree.(type) {
	case string:
		return b.text(shape, value, dst, path)
	case json.Number:
		return b.number(shape, value, dst, path)
	case bool:
		if shape.Kind == model.Boolean {
			dst.SetBool(value)
			return nil
		}
	}
	return b.mismatch(tree, string(shape.Kind), path)
}

func (b binder) text(shape model.Shape, value string, dst reflect.Value, path string) error {
	switch shape.Kind {
	case model.String:
		dst.SetString(value)
		return nil
	case model.Blob:
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return malformed(b.s, "%s is not base64", path)
		}
		dst.SetBytes(raw)
		return nil
	default:
		return b.mismatch(value, string(shape.Kind), path)
	}
}

func (b binder) number(shape model.Shape, value json.Number, dst reflect.Value, path string) error {
	switch shape.Kind {
	case model.Integer, model.Long:
		n, err := strconv.ParseInt(value.String(), 10, dst.Type().Bits())
		if err != nil {
			return malformed(b.s, "%s is not a whole number that fits", path)
		}
		dst.SetInt(n)
		return nil
	case model.Float, model.Double, model.Timestamp:
		f, err := value.Float64()
		if err != nil {
			return malformed(b.s, "%s is not a number that fits", path)
		}
		return b.float(shape, f, dst, path)
	default:
		return b.mismatch(value, string(shape.Kind), path)
	}
}

// float sets a real number, or a time given as seconds since 1970.
func (b binder) float(shape model.Shape, f float64, dst reflect.Value, path string) error {
	if shape.Kind != model.Timestamp {
		dst.SetFloat(f)
		return nil
	}
	if math.Abs(f) > 1<<40 {
		return malformed(b.s, "%s is no time", path)
	}
	seconds, fraction := math.Modf(f)
	at := time.Unix(int64(seconds), int64(math.Round(fraction*1e3))*1e6).UTC()
	dst.Set(reflect.ValueOf(at))
	return nil
}

// mismatch says that a JSON type was not the one wanted, without the value.
func (b binder) mismatch(tree any, want, path string) error {
	got := "OBJECT"
	switch tree.(type) {
	case string:
		got = "STRING_VALUE"
	case json.Number:
		got = "NUMBER_VALUE"
	case bool:
		got = "BOOLEAN_VALUE"
	case []any:
		got = "LIST"
	}
	if path == "" {
		path = "the request"
	}
	return malformed(b.s, "%s: %s can not be converted to %s", path, got, want)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
