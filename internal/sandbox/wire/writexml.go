package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// WriteXML writes an operation's output, a pointer to the SDK's type, as an
// awsQuery answer, with the model's order of elements.
func (c *Codec) WriteXML(op string, out any, requestID string) ([]byte, error) {
	w := &xmlWriter{s: c.service}
	w.raw(`<%sResponse xmlns="%s">`, op, c.service.XMLNamespace)
	if shape := c.service.Operations[op].Output; shape != "" {
		if err := w.element(op+"Result", shape, reflect.ValueOf(out)); err != nil {
			return nil, fmt.Errorf("write %T: %w", out, err)
		}
	}
	w.raw("<ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></%sResponse>", requestID, op)
	return w.b.Bytes(), nil
}

// WriteXMLError writes a failure as awsQuery does.
func (c *Codec) WriteXMLError(e *awserr.Error, requestID string) ([]byte, error) {
	w := &xmlWriter{s: c.service}
	w.raw(`<ErrorResponse xmlns="%s"><Error><Type>%s</Type>`, c.service.XMLNamespace, e.WhoseFault())
	for _, part := range [][2]string{{"Code", e.Code}, {"Message", e.Message}} {
		if err := w.text(part[0], part[1]); err != nil {
			return nil, err
		}
	}
	w.raw("</Error><RequestId>%s</RequestId></ErrorResponse>", requestID)
	return w.b.Bytes(), nil
}

type xmlWriter struct {
	s *model.Service
	b bytes.Buffer
}

// raw writes markup whose parts need no escaping: names and identifiers.
func (w *xmlWriter) raw(format string, args ...any) { fmt.Fprintf(&w.b, format, args...) }

func (w *xmlWriter) text(name, value string) error {
	w.raw("<%s>", name)
	if err := xml.EscapeText(&w.b, []byte(value)); err != nil {
		return err
	}
	w.raw("</%s>", name)
	return nil
}

// element writes one value under a name.
func (w *xmlWriter) element(name, shapeName string, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	shape := w.s.Shapes[shapeName]
	switch shape.Kind {
	case model.Structure, model.List, model.Map:
		if v.Kind() != reflect.Struct && v.IsNil() {
			return nil
		}
		w.raw("<%s>", name)
		if err := w.inside(shape, v); err != nil {
			return err
		}
		w.raw("</%s>", name)
		return nil
	default:
		return w.scalar(name, shape, v)
	}
}

// inside writes the elements of a structure, list or map.
func (w *xmlWriter) inside(shape model.Shape, v reflect.Value) error {
	switch shape.Kind {
	case model.Structure:
		if v.Kind() == reflect.Interface {
			return w.variant(shape, v)
		}
		return w.members(shape, v)
	case model.List:
		for i := range v.Len() {
			if err := w.element("member", shape.Elem, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	default:
		return w.entries(shape, v)
	}
}

func (w *xmlWriter) members(shape model.Shape, v reflect.Value) error {
	for _, member := range shape.Members {
		field := v.FieldByName(goName(member.Name))
		if !field.IsValid() {
			return fmt.Errorf("%s has no field for %s", v.Type(), member.Name)
		}
		if err := w.element(member.Name, member.Shape, field); err != nil {
			return err
		}
	}
	return nil
}

func (w *xmlWriter) entries(shape model.Shape, v reflect.Value) error {
	items := map[string]reflect.Value{}
	for iter := v.MapRange(); iter.Next(); {
		items[iter.Key().String()] = iter.Value()
	}
	for _, key := range slices.Sorted(maps.Keys(items)) {
		w.raw("<entry>")
		if err := w.text("key", key); err != nil {
			return err
		}
		if err := w.element("value", shape.Elem, items[key]); err != nil {
			return err
		}
		w.raw("</entry>")
	}
	return nil
}

// scalar writes a value without parts. An empty enumeration is an unset one.
func (w *xmlWriter) scalar(name string, shape model.Shape, v reflect.Value) error {
	switch value := v.Interface().(type) {
	case time.Time:
		return w.text(name, value.UTC().Format("2006-01-02T15:04:05Z"))
	case []byte:
		return w.text(name, base64.StdEncoding.EncodeToString(value))
	}
	switch v.Kind() {
	case reflect.String:
		if len(shape.Enum) > 0 && v.Len() == 0 {
			return nil
		}
		return w.text(name, v.String())
	case reflect.Bool:
		return w.text(name, strconv.FormatBool(v.Bool()))
	case reflect.Int32, reflect.Int64:
		return w.text(name, strconv.FormatInt(v.Int(), 10))
	default:
		return fmt.Errorf("%s is a %s, which the sandbox cannot write", name, v.Type())
	}
}
