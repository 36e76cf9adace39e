package sandbox

import (
	"fmt"
	"reflect"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
	"ecs-reconciler/internal/sandbox/wire"
)

// served is a service's protocol side; its behaviour is a backend's.
type served struct {
	model *model.Service
	codec *wire.Codec
}

// serve prepares the protocol side of every service.
func serve() (map[string]*served, error) {
	out := map[string]*served{}
	for name, m := range model.Services() {
		codec, err := wire.New(m)
		if err != nil {
			return nil, err
		}
		out[name] = &served{model: m, codec: codec}
	}
	return out, nil
}

// backend is a service's behaviour in one region: an exported method for each
// operation, of the shape func(*XInput) (*XOutput, error), and a pointer to all
// that it remembers.
type backend interface{ State() any }

// operationOf finds the method of a backend that performs an operation.
func operationOf(b backend, name string) (reflect.Value, bool) {
	method := reflect.ValueOf(b).MethodByName(name)
	return method, method.IsValid() && operationShape(method.Type(), name)
}

func operationShape(t reflect.Type, name string) bool {
	return t.NumIn() == 1 && t.NumOut() == 2 &&
		t.In(0).Kind() == reflect.Pointer && t.In(0).Elem().Name() == name+"Input" &&
		t.Out(0).Kind() == reflect.Pointer && t.Out(0).Elem().Name() == name+"Output" &&
		t.Out(1) == reflect.TypeFor[error]()
}

// perform calls an operation's method.
func perform(method, in reflect.Value) (any, error) {
	results := method.Call([]reflect.Value{in})
	if failure := results[1]; !failure.IsNil() {
		err, ok := failure.Interface().(error)
		if !ok {
			return nil, fmt.Errorf("%v is no error", failure)
		}
		return nil, err
	}
	if results[0].IsNil() {
		return nil, awserr.From(fmt.Errorf("the operation gave neither output nor error"))
	}
	return results[0].Interface(), nil
}
