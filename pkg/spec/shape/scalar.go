package shape

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

func (d *decoder) scalar(path string, doc any, target reflect.Value) {
	switch target.Kind() {
	case reflect.String:
		d.text(path, doc, target)
	case reflect.Bool:
		d.boolean(path, doc, target)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.integer(path, doc, target)
	case reflect.Float32, reflect.Float64:
		d.float(path, doc, target)
	default:
		d.report(path, "", "this member cannot be written here: its type %s has no JSON form", target.Type())
	}
}

func (d *decoder) text(path string, doc any, target reflect.Value) {
	text, ok := doc.(string)
	if !ok {
		d.wanted(path, "text", doc, quoteHint(doc))
		return
	}
	if known := enumValues(target.Type()); known != nil && !slices.Contains(known, text) {
		d.unknownValue(path, text, known)
		return
	}
	target.SetString(text)
}

func (d *decoder) unknownValue(path, text string, known []string) {
	hint := "one of " + list(known)
	if near := Suggest(text, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	d.report(path, hint, "unknown value %q", text)
}

func (d *decoder) boolean(path string, doc any, target reflect.Value) {
	value, ok := doc.(bool)
	if !ok {
		hint := ""
		if text, isText := doc.(string); isText && isOneOf(strings.ToLower(text), "true", "false") {
			hint = "write it without quotes"
		}
		d.wanted(path, "true or false", doc, hint)
		return
	}
	target.SetBool(value)
}

func (d *decoder) integer(path string, doc any, target reflect.Value) {
	number, ok := rational(doc)
	if !ok {
		d.wanted(path, "a whole number", doc, unquoteHint(doc))
		return
	}
	if !number.IsInt() {
		d.report(path, "", "a whole number is wanted here, one with a fraction was found")
		return
	}
	if !number.Num().IsInt64() || target.OverflowInt(number.Num().Int64()) {
		d.report(path, "", "the number does not fit in %d bits", target.Type().Bits())
		return
	}
	target.SetInt(number.Num().Int64())
}

func (d *decoder) float(path string, doc any, target reflect.Value) {
	number, ok := rational(doc)
	if !ok {
		d.wanted(path, "a number", doc, unquoteHint(doc))
		return
	}
	value, _ := number.Float64()
	if math.IsInf(value, 0) || target.OverflowFloat(value) {
		d.report(path, "", "the number is too large")
		return
	}
	target.SetFloat(value)
}

func (d *decoder) time(path string, doc any, target reflect.Value) {
	if text, ok := doc.(string); ok {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			d.report(path, "write it as 2006-01-02T15:04:05Z", "this is not a time")
			return
		}
		target.Set(reflect.ValueOf(at.UTC()))
		return
	}
	number, ok := rational(doc)
	if !ok {
		d.wanted(path, "a time", doc, "write it as 2006-01-02T15:04:05Z")
		return
	}
	seconds, _ := number.Float64()
	if math.Abs(seconds) > math.MaxInt32*1000 {
		d.report(path, "", "the time is out of range")
		return
	}
	target.Set(reflect.ValueOf(time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()))
}

// enumValues are the values of an SDK enum, nil when t is not one. Every enum
// type of the SDK has a method Values.
func enumValues(t reflect.Type) []string {
	method, ok := t.MethodByName("Values")
	if !ok || t.Kind() != reflect.String || method.Type.NumIn() != 1 || method.Type.NumOut() != 1 {
		return nil
	}
	listed := method.Func.Call([]reflect.Value{reflect.Zero(t)})[0]
	if listed.Kind() != reflect.Slice {
		return nil
	}
	values := make([]string, listed.Len())
	for i := range values {
		values[i] = listed.Index(i).String()
	}
	return values
}
