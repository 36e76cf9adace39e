package gosdk

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// tree is one of the SDK's outputs as objects, lists, texts, float64 and bool,
// without what is not set.
func tree(service string, v reflect.Value) (any, error) {
	switch {
	case v.Kind() == reflect.Pointer:
		return tree(service, v.Elem())
	case v.Type() == reflect.TypeFor[time.Time]():
		return v.Interface().(time.Time).UTC().Format(time.RFC3339Nano), nil
	case v.Type() == reflect.TypeFor[[]byte]():
		return base64.StdEncoding.EncodeToString(v.Bytes()), nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return object(service, v)
	case reflect.Slice:
		return list(service, v)
	case reflect.Map:
		return entries(service, v)
	default:
		return scalar(v)
	}
}

func scalar(v reflect.Value) (any, error) {
	switch {
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.Kind() == reflect.Bool:
		return v.Bool(), nil
	case v.CanInt():
		return float64(v.Int()), nil
	case v.CanFloat():
		return v.Float(), nil
	default:
		return nil, fmt.Errorf("a %s cannot be shown as data", v.Type())
	}
}

func object(service string, v reflect.Value) (any, error) {
	out := map[string]any{}
	for i := range v.NumField() {
		field, of := v.Field(i), v.Type().Field(i)
		if !of.IsExported() || of.Name == "ResultMetadata" || unset(field) {
			continue
		}
		member, err := tree(service, field)
		if err == nil && service == "iam" && strings.HasSuffix(of.Name, "Document") {
			member, err = decoded(member)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", of.Name, err)
		}
		out[memberName(service, v.Type().Name(), of.Name)] = member
	}
	return out, nil
}

// unset tells what an answer did not have. An enum that is not set is empty.
func unset(field reflect.Value) bool {
	switch field.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return field.IsNil()
	case reflect.String:
		return field.Len() == 0
	default:
		return false
	}
}

func memberName(service, typeName, field string) string {
	if lowered(service, typeName) {
		return strings.ToLower(field[:1]) + field[1:]
	}
	return field
}

func list(service string, v reflect.Value) (any, error) {
	out := make([]any, 0, v.Len())
	for i := range v.Len() {
		element, err := tree(service, v.Index(i))
		if err != nil {
			return nil, err
		}
		out = append(out, element)
	}
	return out, nil
}

func entries(service string, v reflect.Value) (any, error) {
	out := map[string]any{}
	for _, key := range v.MapKeys() {
		member, err := tree(service, v.MapIndex(key))
		if err != nil {
			return nil, err
		}
		out[key.String()] = member
	}
	return out, nil
}

// decoded is one of IAM's policy documents as an object. IAM percent-encodes
// them by RFC 3986, and the SDK for Go, unlike boto3, leaves that to its caller.
func decoded(document any) (any, error) {
	encoded, _ := document.(string)
	text, err := url.PathUnescape(encoded)
	if err != nil {
		return nil, err
	}
	var tree any
	err = json.Unmarshal([]byte(text), &tree)
	return tree, err
}
