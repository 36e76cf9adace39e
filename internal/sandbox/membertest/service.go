package membertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"ecs-reconciler/internal/sandbox/model"
)

// Backend is a service with operations as methods.
type Backend interface {
	// State is all that it remembers.
	State() any
}

// Service proves all operations of a service, by the name that the sandbox
// knows it by, on backends that fresh makes and that are always the same. An
// operation that is served and not among ops fails the test.
func Service(t *testing.T, service string, fresh func() Backend, ops map[string]Operation) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(model.Services()[service].Operations)) {
		op, listed := ops[name]
		if !listed {
			t.Errorf("%s is not listed among the operations", name)
			continue
		}
		op.Run = func(in any) string { return outcome(t, fresh(), name, in) }
		t.Run(name, func(t *testing.T) { Prove(t, op) })
	}
}

// outcome performs an operation and tells all that came of it.
func outcome(t *testing.T, b Backend, operation string, in any) string {
	t.Helper()
	answer := reflect.ValueOf(b).MethodByName(operation).Call([]reflect.Value{reflect.ValueOf(in)})
	text, err := json.Marshal([]any{answer[0].Interface(), b.State()})
	if err != nil {
		t.Error(err)
	}
	return fmt.Sprint(string(text), answer[1].Interface())
}
