package ecs

import "reflect"

// clone copies a value of the SDK's types deeply, so that a caller who changes
// what it gave or got does not change the state. Unexported fields (a time's)
// are copied as they are; nil and empty stay apart.
func clone[T any](v T) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	copyInto(out, reflect.ValueOf(&v).Elem())
	return out.Interface().(T)
}

func copyInto(dst, src reflect.Value) {
	dst.Set(src)
	switch src.Kind() {
	case reflect.Pointer, reflect.Interface:
		copyReferred(dst, src)
	case reflect.Slice:
		copySlice(dst, src)
	case reflect.Map:
		copyMap(dst, src)
	case reflect.Struct:
		for i := range src.NumField() {
			if src.Type().Field(i).IsExported() {
				copyInto(dst.Field(i), src.Field(i))
			}
		}
	}
}

func copyReferred(dst, src reflect.Value) {
	if src.IsNil() {
		return
	}
	inner := reflect.New(src.Elem().Type()).Elem()
	copyInto(inner, src.Elem())
	if src.Kind() == reflect.Pointer {
		dst.Set(inner.Addr())
		return
	}
	dst.Set(inner)
}

func copySlice(dst, src reflect.Value) {
	if src.IsNil() {
		return
	}
	dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
	for i := range src.Len() {
		copyInto(dst.Index(i), src.Index(i))
	}
}

func copyMap(dst, src reflect.Value) {
	if src.IsNil() {
		return
	}
	dst.Set(reflect.MakeMapWithSize(src.Type(), src.Len()))
	for iter := src.MapRange(); iter.Next(); {
		value := reflect.New(src.Type().Elem()).Elem()
		copyInto(value, iter.Value())
		dst.SetMapIndex(iter.Key(), value)
	}
}
