package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"ecs-reconciler/internal/sandbox/model"
)

// WriteREST writes an operation's output, a pointer to the SDK's type, as a
// restJson1 body. What was never set is left out.
func (c *Codec) WriteREST(op string, out any) ([]byte, error) {
	w := restWriter{shapes: c.service.Shapes}
	tree, err := w.value(c.service.Operations[op].Output, reflect.ValueOf(out).Elem())
	if err != nil {
		return nil, fmt.Errorf("write %T: %w", out, err)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		return nil, fmt.Errorf("write %T: %w", out, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// restWriter turns the SDK's values into a tree of JSON.
type restWriter struct{ shapes map[string]model.Shape }

func (w restWriter) value(shapeName string, v reflect.Value) (any, error) {
	if v.Kind() == reflect.Pointer {
		return w.value(shapeName, v.Elem())
	}
	if at, ok := v.Interface().(time.Time); ok {
		return json.Number(strconv.FormatFloat(float64(at.UnixMilli())/1e3, 'f', -1, 64)), nil
	}
	switch shape := w.shapes[shapeName]; shape.Kind {
	case model.Structure:
		return w.structure(shape, v)
	case model.List:
		return w.list(shape, v)
	case model.Map:
		return w.object(shape, v)
	case model.String, model.Boolean, model.Integer, model.Long, model.Float, model.Double:
		return v.Interface(), nil
	default:
		return nil, fmt.Errorf("%s is a %s, which the sandbox cannot write", shapeName, shape.Kind)
	}
}

func (w restWriter) structure(shape model.Shape, v reflect.Value) (any, error) {
	out := map[string]any{}
	for _, member := range shape.Members {
		field := v.FieldByName(goName(member.Name))
		if !field.IsValid() || unset(field) {
			continue
		}
		value, err := w.value(member.Shape, field)
		if err != nil {
			return nil, err
		}
		out[member.Name] = value
	}
	return out, nil
}

// unset says whether a field holds nothing: numbers and booleans that are no
// pointers always hold something.
func unset(field reflect.Value) bool {
	switch field.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return field.IsNil()
	case reflect.String:
		return field.Len() == 0
	default:
		return false
	}
}

func (w restWriter) list(shape model.Shape, v reflect.Value) (any, error) {
	out := make([]any, v.Len())
	for i := range out {
		item, err := w.value(shape.Elem, v.Index(i))
		if err != nil {
			return nil, err
		}
		out[i] = item
	}
	return out, nil
}

func (w restWriter) object(shape model.Shape, v reflect.Value) (any, error) {
	out := map[string]any{}
	for iter := v.MapRange(); iter.Next(); {
		item, err := w.value(shape.Elem, iter.Value())
		if err != nil {
			return nil, err
		}
		out[iter.Key().String()] = item
	}
	return out, nil
}
