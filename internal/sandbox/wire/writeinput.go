package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/model"
)

// WriteInput writes an operation's input, a pointer to the SDK's type, as the
// JSON body that ReadJSON reads the same input from, whatever the service's
// protocol.
func (c *Codec) WriteInput(op string, in any) ([]byte, error) {
	return WriteInput(c.service, op, in)
}

// WriteInput is Codec.WriteInput of a service.
func WriteInput(s *model.Service, op string, in any) ([]byte, error) {
	w := inputWriter{s}
	tree, err := w.tree(s.Operations[op].Input, reflect.ValueOf(in).Elem())
	if err != nil {
		return nil, fmt.Errorf("write %T: %w", in, err)
	}
	return json.Marshal(tree)
}

// inputWriter turns an SDK input into the tree of JSON values that a binder
// made it from.
type inputWriter struct{ s *model.Service }

func (w inputWriter) tree(shapeName string, v reflect.Value) (any, error) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, nil
		}
		return w.tree(shapeName, v.Elem())
	}
	shape := w.s.Shapes[shapeName]
	if v.Kind() == reflect.Interface {
		return w.union(shape, v)
	}
	switch shape.Kind {
	case model.Structure:
		return w.structure(shape, v)
	case model.List:
		return w.list(shape, v)
	case model.Map:
		return w.object(shape, v)
	default:
		return scalar(shape, v)
	}
}

// structure leaves out what is zero: a number, boolean or enum that is no
// pointer reads the same when it is absent.
func (w inputWriter) structure(shape model.Shape, v reflect.Value) (any, error) {
	out := make(map[string]any, len(shape.Members))
	for _, member := range shape.Members {
		field := v.FieldByName(goName(member.Name))
		if !field.IsValid() || field.IsZero() {
			continue
		}
		value, err := w.tree(member.Shape, field)
		if err != nil {
			return nil, err
		}
		out[member.Name] = value
	}
	return out, nil
}

func (w inputWriter) list(shape model.Shape, v reflect.Value) (any, error) {
	out := make([]any, v.Len())
	for i := range out {
		value, err := w.tree(shape.Elem, v.Index(i))
		if err != nil {
			return nil, err
		}
		out[i] = value
	}
	return out, nil
}

func (w inputWriter) object(shape model.Shape, v reflect.Value) (any, error) {
	out := make(map[string]any, v.Len())
	for entries := v.MapRange(); entries.Next(); {
		value, err := w.tree(shape.Elem, entries.Value())
		if err != nil {
			return nil, err
		}
		out[entries.Key().String()] = value
	}
	return out, nil
}

func (w inputWriter) union(shape model.Shape, v reflect.Value) (any, error) {
	held := v.Elem().Elem()
	for _, member := range shape.Members {
		if strings.HasSuffix(held.Type().Name(), "Member"+goName(member.Name)) {
			value, err := w.tree(member.Shape, held.FieldByName("Value"))
			return map[string]any{member.Name: value}, err
		}
	}
	return nil, fmt.Errorf("%s is no member of its union", held.Type().Name())
}

// scalar writes what a binder reads; a blob becomes base64.
func scalar(shape model.Shape, v reflect.Value) (any, error) {
	switch shape.Kind {
	case model.String, model.Boolean, model.Integer, model.Long, model.Float, model.Double, model.Blob:
		return v.Interface(), nil
	case model.Timestamp:
		at, ok := v.Interface().(time.Time)
		if !ok {
			return nil, fmt.Errorf("%s is no time", v.Type())
		}
		return json.Number(strconv.FormatFloat(float64(at.UnixMilli())/1e3, 'f', -1, 64)), nil
	default:
		return nil, fmt.Errorf("the sandbox cannot write a %s", shape.Kind)
	}
}
