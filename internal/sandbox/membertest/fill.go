package membertest

import "reflect"

// Fill gives every member below a value that has none one of its own. Of
// unions, and of what is already there, it leaves all as it is. It is for
// members of which a backend checks nothing; target is a pointer.
func Fill(target any) { fill(reflect.ValueOf(target).Elem()) }

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.String:
		if v.Len() == 0 {
			v.SetString("x")
		}
	case reflect.Int32, reflect.Int64:
		if v.IsZero() {
			v.SetInt(1)
		}
	}
}
