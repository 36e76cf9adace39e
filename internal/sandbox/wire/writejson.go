package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"

	"ecs-reconciler/internal/sandbox/model"
)

// WriteJSON writes an operation's output, a pointer to the SDK's type, as an
// awsJson1_1 body. The SDK's own generated code names the members; this side
// adds the zeros that the generated code leaves out and AWS writes, such as a
// container's "cpu": 0.
func (c *Codec) WriteJSON(op string, out any) ([]byte, error) {
	if c.service.Operations[op].Output == "" {
		return []byte("{}"), nil
	}
	shape, ok := out.(smithy.Serializable)
	if !ok {
		return nil, fmt.Errorf("%T has no generated serializer", out)
	}
	w := &jsonWriter{shapes: c.service.Shapes, sparse: isSparse(c.service.Name)}
	shape.Serialize(w)
	if w.err != nil {
		return nil, fmt.Errorf("write %T: %w", out, w.err)
	}
	return w.Bytes(), nil
}

// isSparse says whether a service leaves numbers and booleans out that were
// never set, although its model does not say so: a log group without retention
// has no retentionInDays.
func isSparse(service string) bool { return service == "logs" || service == "events" }

// isCount says whether a member counts failures, which even a sparse service
// tells when there are none.
func isCount(member model.Member) bool { return member.Name == "FailedEntryCount" }

// jsonWriter builds a tree from the calls of the SDK's generated code.
type jsonWriter struct {
	shapes map[string]model.Shape
	sparse bool
	open   []*container
	root   any
	err    error
}

// container is an object or a list that is being written.
type container struct {
	object map[string]any
	list   []any
	schema *smithy.Schema
	key    string // the key that the next value belongs to
	isList bool
}

func (w *jsonWriter) Bytes() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(w.root); err != nil {
		w.err = err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// put adds a value to the innermost open object or list.
func (w *jsonWriter) put(schema *smithy.Schema, value any) {
	if len(w.open) == 0 {
		w.root = value
		return
	}
	top := w.open[len(w.open)-1]
	switch {
	case top.isList:
		top.list = append(top.list, value)
	case top.schema.Type() == smithy.ShapeTypeMap:
		top.object[top.key] = value
	default:
		top.object[schema.MemberName()] = value
	}
}

func (w *jsonWriter) push(c *container) { w.open = append(w.open, c) }

func (w *jsonWriter) pop() *container {
	top := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	return top
}

func (w *jsonWriter) pushObject(s *smithy.Schema) {
	w.push(&container{schema: s, object: map[string]any{}})
}

// closeObject ends an object and hands it to the one around it.
func (w *jsonWriter) closeObject() {
	done := w.pop()
	w.put(done.schema, done.object)
}

// WriteStruct begins a structure.
func (w *jsonWriter) WriteStruct(s *smithy.Schema) { w.pushObject(s) }

// CloseStruct ends a structure, with a zero for each number and boolean that
// AWS always writes.
func (w *jsonWriter) CloseStruct() {
	top := w.open[len(w.open)-1]
	name := top.schema.TargetID().Name
	if name == "" {
		name = top.schema.ID().Name
	}
	for _, member := range w.shapes[name].Members {
		if _, written := top.object[member.Name]; written {
			continue
		}
		if zero := zeroOf(w.shapes[member.Shape], member); zero != nil && (!w.sparse || isCount(member)) {
			top.object[member.Name] = zero
		}
	}
	w.closeObject()
}

// zeroOf is what AWS writes for an unset member: nil for nothing.
func zeroOf(shape model.Shape, member model.Member) any {
	if shape.Boxed || member.Boxed {
		return nil
	}
	switch shape.Kind {
	case model.Boolean:
		return false
	case model.Integer, model.Long, model.Float, model.Double:
		return 0
	default:
		return nil
	}
}

// WriteList begins a list.
func (w *jsonWriter) WriteList(s *smithy.Schema) {
	w.push(&container{schema: s, isList: true, list: []any{}})
}

// CloseList ends a list.
func (w *jsonWriter) CloseList() {
	done := w.pop()
	w.put(done.schema, done.list)
}

// WriteMap begins a map.
func (w *jsonWriter) WriteMap(s *smithy.Schema) { w.pushObject(s) }

// WriteKey names the map entry whose value follows.
func (w *jsonWriter) WriteKey(_ *smithy.Schema, key string) { w.open[len(w.open)-1].key = key }

// CloseMap ends a map.
func (w *jsonWriter) CloseMap() { w.closeObject() }

// WriteUnion begins a union, an object with one member.
func (w *jsonWriter) WriteUnion(schema, _ *smithy.Schema) { w.pushObject(schema) }

// CloseUnion ends a union.
func (w *jsonWriter) CloseUnion() { w.closeObject() }

func (w *jsonWriter) WriteInt8(s *smithy.Schema, v int8)       { w.put(s, v) }
func (w *jsonWriter) WriteInt16(s *smithy.Schema, v int16)     { w.put(s, v) }
func (w *jsonWriter) WriteInt32(s *smithy.Schema, v int32)     { w.put(s, v) }
func (w *jsonWriter) WriteInt64(s *smithy.Schema, v int64)     { w.put(s, v) }
func (w *jsonWriter) WriteFloat32(s *smithy.Schema, v float32) { w.put(s, v) }
func (w *jsonWriter) WriteFloat64(s *smithy.Schema, v float64) { w.put(s, v) }
func (w *jsonWriter) WriteBool(s *smithy.Schema, v bool)       { w.put(s, v) }
func (w *jsonWriter) WriteString(s *smithy.Schema, v string)   { w.put(s, v) }
func (w *jsonWriter) WriteNil(s *smithy.Schema)                { w.put(s, nil) }

// WriteBigInt writes a number of any size.
func (w *jsonWriter) WriteBigInt(s *smithy.Schema, v *big.Int) { w.put(s, json.Number(v.String())) }

// WriteBigFloat writes a number of any size.
func (w *jsonWriter) WriteBigFloat(s *smithy.Schema, v *big.Float) {
	w.put(s, json.Number(v.Text('g', -1)))
}

// WriteBlob writes bytes as base64.
func (w *jsonWriter) WriteBlob(s *smithy.Schema, v []byte) {
	w.put(s, base64.StdEncoding.EncodeToString(v))
}

// WriteTime writes seconds since 1970, to the millisecond, as AWS does.
func (w *jsonWriter) WriteTime(s *smithy.Schema, v time.Time) {
	w.put(s, json.Number(strconv.FormatFloat(float64(v.UnixMilli())/1e3, 'f', -1, 64)))
}

// WriteDocument refuses free-form JSON, which no served operation answers with.
func (w *jsonWriter) WriteDocument(s *smithy.Schema, _ document.Value) {
	w.err = fmt.Errorf("%s is a document, which the sandbox cannot write", s.MemberName())
}
