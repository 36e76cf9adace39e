package shape

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/document"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// filler sets every field of an SDK struct to a value of its own.
type filler struct {
	t    *testing.T
	next int64
}

func filled[T any](t *testing.T) *T {
	t.Helper()
	var v T
	(&filler{t: t}).fill(reflect.ValueOf(&v).Elem(), "")
	return &v
}

func (f *filler) fill(v reflect.Value, path string) {
	f.t.Helper()
	f.next++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Struct:
		f.fillStruct(v, path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0), path+"/0")
		f.fill(v.Index(1), path+"/1")
	case reflect.Map:
		item := reflect.New(v.Type().Elem()).Elem()
		f.fill(item, path+"/key")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("key/%d", f.next)), item)
	case reflect.Interface:
		f.fillInterface(v, path)
	default:
		f.fillScalar(v, path)
	}
}

func (f *filler) fillStruct(v reflect.Value, path string) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(1_700_000_000+f.next, 123_000_000).UTC()))
		return
	}
	for field := range members(v.Type()) {
		f.fill(v.FieldByIndex(field.Index), path+"/"+wireName(field.Name))
	}
}

func (f *filler) fillScalar(v reflect.Value, path string) {
	switch {
	case v.Kind() == reflect.String && enumValues(v.Type()) != nil:
		values := enumValues(v.Type())
		v.SetString(values[int(f.next)%len(values)])
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("text %d", f.next))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(f.next)
	case v.CanFloat():
		v.SetFloat(float64(f.next) + 0.25)
	default:
		f.t.Fatalf("%s: no way to fill a %s", path, v.Type())
	}
}

// fillInterface knows the unions and documents by name, so that it says
// nothing that the package under test found out by itself.
func (f *filler) fillInterface(v reflect.Value, path string) {
	known := map[string]any{
		"SharingStrategy":                      &types.SharingStrategyMemberNvidiaMps{},
		"ServiceConnectContainerConfiguration": &types.ServiceConnectContainerConfigurationMemberLogLevel{},
	}
	if v.Type() == reflect.TypeFor[document.Interface]() {
		v.Set(reflect.ValueOf(document.NewLazyDocument(map[string]any{"open": []string{"content"}, "number": f.next})))
		return
	}
	variant, ok := known[v.Type().Name()]
	if !ok {
		f.t.Fatalf("%s: the test does not know the union %s", path, v.Type())
	}
	f.fill(reflect.ValueOf(variant).Elem().FieldByName("Value"), path)
	v.Set(reflect.ValueOf(variant))
}
