package gosdk

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// set fills one of the SDK's types from a tree of objects, lists, texts,
// float64 and bool.
func set(into reflect.Value, tree any, path string) error {
	switch {
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return set(into.Elem(), tree, path)
	case into.Type() == reflect.TypeFor[time.Time]():
		return setTime(into, tree, path)
	case into.Type() == reflect.TypeFor[[]byte]():
		return setBytes(into, tree, path)
	}
	switch tree := tree.(type) {
	case map[string]any:
		return setObject(into, tree, path)
	case []any:
		return setList(into, tree, path)
	default:
		return setScalar(into, tree, path)
	}
}

func setObject(into reflect.Value, object map[string]any, path string) error {
	if into.Kind() == reflect.Map {
		return setMap(into, object, path)
	}
	if into.Kind() != reflect.Struct {
		return mismatch(into, object, path)
	}
	for name, member := range object {
		field := into.FieldByName(strings.ToUpper(name[:1]) + name[1:])
		if !field.IsValid() {
			return fmt.Errorf("%s has no member %s", into.Type(), name)
		}
		if err := set(field, member, path+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func setMap(into reflect.Value, object map[string]any, path string) error {
	into.Set(reflect.MakeMap(into.Type()))
	for key, member := range object {
		element := reflect.New(into.Type().Elem()).Elem()
		if err := set(element, member, path+"."+key); err != nil {
			return err
		}
		into.SetMapIndex(reflect.ValueOf(key).Convert(into.Type().Key()), element)
	}
	return nil
}

func setList(into reflect.Value, list []any, path string) error {
	if into.Kind() != reflect.Slice {
		return mismatch(into, list, path)
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, element := range list {
		if err := set(into.Index(i), element, path+"."+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func setScalar(into reflect.Value, scalar any, path string) error {
	switch scalar := scalar.(type) {
	case string:
		if into.Kind() == reflect.String {
			into.SetString(scalar)
			return nil
		}
	case bool:
		if into.Kind() == reflect.Bool {
			into.SetBool(scalar)
			return nil
		}
	case float64:
		if into.CanInt() && scalar == math.Trunc(scalar) {
			into.SetInt(int64(scalar))
			return nil
		}
		if into.CanFloat() {
			into.SetFloat(scalar)
			return nil
		}
	}
	return mismatch(into, scalar, path)
}

func setTime(into reflect.Value, scalar any, path string) error {
	text, _ := scalar.(string)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	into.Set(reflect.ValueOf(at))
	return nil
}

func setBytes(into reflect.Value, scalar any, path string) error {
	text, _ := scalar.(string)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("%s takes bytes, which are written in base64: %w", path, err)
	}
	into.SetBytes(raw)
	return nil
}

func mismatch(into reflect.Value, tree any, path string) error {
	return fmt.Errorf("%s: a %T cannot become a %s", strings.TrimPrefix(path, "."), tree, into.Type())
}
