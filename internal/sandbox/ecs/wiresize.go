package ecs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// maxDefinitionBytes is the service quota of a task definition: 64 KiB.
const maxDefinitionBytes = 64 * 1024

// checkSize refuses a request that is longer, written as JSON, than a task
// definition may be. Tags do not count.
func checkSize(in *ecs.RegisterTaskDefinitionInput) error {
	body := *in
	body.Tags = nil
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	if err := out.Encode(wire(reflect.ValueOf(body))); err != nil {
		return fmt.Errorf("measure a task definition: %w", err)
	}
	if n := text.Len() - len("\n"); n > maxDefinitionBytes {
		return clientError("Actual length: '%d'. Max allowed length is '%d' bytes.", n, maxDefinitionBytes)
	}
	return nil
}

// wire is a value as it travels: without absent members, in the wire's names.
func wire(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return wire(v.Elem())
	case reflect.Struct:
		return wireStruct(v)
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = wire(v.Index(i))
		}
		return out
	default:
		return v.Interface()
	}
}

func wireStruct(v reflect.Value) map[string]any {
	out := map[string]any{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.IsExported() && !v.Field(i).IsZero() {
			out[strings.ToLower(field.Name[:1])+field.Name[1:]] = wire(v.Field(i))
		}
	}
	return out
}
