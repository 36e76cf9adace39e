package membertest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Operation is an operation whose members are to be proven.
type Operation struct {
	// Inputs are pointers to requests of one type that between them set every
	// member; each must be answered in its own way, so none may be refused for
	// what would hide its other members.
	Inputs []any
	// Run performs a request on a backend that is always the same, and gives all
	// that comes of it as text: answer or failure, and the state afterwards.
	Run func(input any) string
	// Same gives the members, by path, whose value makes no difference, and why.
	Same map[string]string
	// Refused gives the members that are refused whatever they hold, with all
	// below them, and why.
	Refused map[string]string
}

// Prove fails the test for every member that makes no difference without being
// listed, and for every listed one that does.
func Prove(t *testing.T, op Operation) {
	t.Helper()
	heeded := map[string]bool{}
	for _, input := range op.Inputs {
		p := prover{run: func() string { return op.Run(input) }, heeded: heeded}
		p.before = p.run()
		p.visit("", reflect.ValueOf(input).Elem())
	}
	all := map[string]bool{}
	list(all, "", reflect.TypeOf(op.Inputs[0]).Elem())
	for _, path := range slices.Sorted(maps.Keys(all)) {
		switch {
		case below(path, op.Refused):
		case op.Same[path] != "" && heeded[path]:
			t.Errorf("%s makes a difference, though it is listed: %s", path, op.Same[path])
		case op.Same[path] == "" && !heeded[path]:
			t.Errorf("%s makes no difference, or no request sets it", path)
		}
	}
	proveRefused(t, op)
}

// proveRefused sets each member that is said to be refused.
func proveRefused(t *testing.T, op Operation) {
	t.Helper()
	for path := range op.Refused {
		input := reflect.New(reflect.TypeOf(op.Inputs[0]).Elem())
		input.Elem().Set(reflect.ValueOf(op.Inputs[0]).Elem())
		before := op.Run(input.Interface())
		set(input.Elem(), strings.Split(path, "."))
		if op.Run(input.Interface()) == before {
			t.Errorf("%s makes no difference, though it is said to be refused", path)
		}
	}
}

// set gives the member at a path a value, on copies of what lies above it.
func set(v reflect.Value, path []string) {
	field := v.FieldByName(path[0])
	if len(path) == 1 {
		field.Set(filled(field.Type()))
		return
	}
	fresh := reflect.New(field.Type().Elem())
	if !field.IsNil() {
		fresh.Elem().Set(field.Elem())
	}
	field.Set(fresh)
	set(fresh.Elem(), path[1:])
}

// filled is a value that is not the zero value of its type.
func filled(t reflect.Type) reflect.Value {
	switch t.Kind() {
	case reflect.Pointer:
		out := reflect.New(t.Elem())
		if t.Elem().Kind() != reflect.Struct {
			out.Elem().Set(filled(t.Elem()))
		}
		return out
	case reflect.Slice:
		out := reflect.MakeSlice(t, 1, 1)
		if t.Elem().Kind() != reflect.Struct {
			out.Index(0).Set(filled(t.Elem()))
		}
		return out
	case reflect.String:
		return reflect.ValueOf("x").Convert(t)
	case reflect.Bool:
		return reflect.ValueOf(true).Convert(t)
	default:
		return reflect.Zero(t)
	}
}

func below(path string, tops map[string]string) bool {
	for top := range tops {
		if path == top || strings.HasPrefix(path, top+".") {
			return true
		}
	}
	return false
}
