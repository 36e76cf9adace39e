package membertest

import "reflect"

// prover changes one leaf of a request at a time and looks at what comes of it.
type prover struct {
	run    func() string
	before string
	heeded map[string]bool
}

// visit changes every leaf that is set below v.
func (p prover) visit(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			p.visit(path, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			p.visit(path, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "ResultMetadata" {
				p.visit(join(path, f.Name), v.Field(i))
			}
		}
	default:
		p.change(path, v)
	}
}

// change gives a leaf another value, looks, and gives the old one back.
func (p prover) change(path string, v reflect.Value) {
	if p.heeded[path] {
		return
	}
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	v.Set(other(v))
	p.heeded[path] = p.run() != p.before
	v.Set(old)
}

// other is a value that differs from v's.
func other(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(v.String() + "x")
	case reflect.Bool:
		out.SetBool(!v.Bool())
	case reflect.Int32, reflect.Int64:
		out.SetInt(v.Int() + 1)
	case reflect.Float32, reflect.Float64:
		out.SetFloat(v.Float() + 1)
	case reflect.Map:
		out.Set(reflect.MakeMap(v.Type()))
		for iter := v.MapRange(); iter.Next(); {
			out.SetMapIndex(iter.Key(), iter.Value())
		}
		out.SetMapIndex(reflect.ValueOf("x-other").Convert(v.Type().Key()), reflect.Zero(v.Type().Elem()))
	}
	return out
}

// list notes the path of every leaf of a type. Of a union it knows nothing.
func list(out map[string]bool, path string, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		list(out, path, t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && f.Name != "ResultMetadata" {
				list(out, join(path, f.Name), f.Type)
			}
		}
	case reflect.Interface:
	default:
		out[path] = true
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
