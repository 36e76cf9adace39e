package shape

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// Encode is v, an SDK struct or a pointer to one, as a document in the API's
// spelling: map[string]any, []any, string, bool and json.Number, nil for a
// nil pointer. It leaves out what the SDK does not send: nil pointers, lists
// and maps, enums that are "", and zeros of numbers and booleans that have no
// pointer, unless the API requires them. An empty list stays, since it may
// mean "none".
func Encode(v any) any {
	return encode(reflect.ValueOf(v))
}

func encode(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	switch content := v.Interface().(type) {
	case time.Time:
		return content.UTC().Format(time.RFC3339Nano)
	case []byte:
		return base64.StdEncoding.EncodeToString(content)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return encode(v.Elem())
	case reflect.Interface:
		return encodeOpen(v)
	case reflect.Struct:
		return encodeStruct(v)
	case reflect.Slice:
		return encodeList(v)
	case reflect.Map:
		return encodeMap(v)
	default:
		return encodeScalar(v)
	}
}

func encodeStruct(v reflect.Value) map[string]any {
	var sent []string
	if hasPlainZero(v) {
		sent = sentAsZero(v.Type())
	}
	object := map[string]any{}
	for field := range members(v.Type()) {
		name, member := wireName(field.Name), v.FieldByIndex(field.Index)
		if !member.IsZero() || slices.Contains(sent, name) {
			object[name] = encode(member)
		}
	}
	return object
}

func encodeList(v reflect.Value) []any {
	items := make([]any, v.Len())
	for i := range items {
		items[i] = encode(v.Index(i))
	}
	return items
}

func encodeMap(v reflect.Value) map[string]any {
	object := make(map[string]any, v.Len())
	for entries := v.MapRange(); entries.Next(); {
		object[entries.Key().String()] = encode(entries.Value())
	}
	return object
}

func encodeScalar(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.String:
		return v.String()
	case v.Kind() == reflect.Bool:
		return v.Bool()
	case v.CanInt():
		return json.Number(strconv.FormatInt(v.Int(), 10))
	case v.CanFloat():
		return json.Number(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
	default:
		return nil
	}
}

// encodeOpen encodes what an interface holds: an open document, or the
// variant of a union, {"nvidiaMps": {…}}. A variant that the SDK does not
// know is nil, since its content is lost.
func encodeOpen(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	if open, ok := v.Interface().(interface{ MarshalSmithyDocument() ([]byte, error) }); ok {
		return encodeDocument(open.MarshalSmithyDocument())
	}
	name, named := variantName(reflect.Indirect(v.Elem()).Type())
	content, ok := contentOf(v)
	if !named || !ok {
		return nil
	}
	return map[string]any{name: encode(content)}
}

// encodeDocument takes the document's own JSON. One that has none holds what
// no JSON can say, such as a channel; it encodes as nil.
func encodeDocument(text []byte, err error) any {
	if err != nil {
		return nil
	}
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	var content any
	if err := reader.Decode(&content); err != nil {
		return nil
	}
	return content
}
