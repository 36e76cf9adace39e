package membertest

import (
	"fmt"
	"reflect"
	"testing"
)

type request struct {
	Name    *string
	Count   int32
	Nested  []struct{ On bool }
	Ignored string
}

// TestChangesAreSeen changes leaves of every kind, and leaves the request as it
// was.
func TestChangesAreSeen(t *testing.T) {
	name := "a"
	in := &request{Name: &name, Nested: make([]struct{ On bool }, 1), Ignored: "i"}
	p := prover{heeded: map[string]bool{}, run: func() string { return fmt.Sprint(*in.Name, in.Count, in.Nested) }}
	p.before = p.run()
	p.visit("", reflect.ValueOf(in).Elem())
	for path, want := range map[string]bool{"Name": true, "Count": true, "Nested.On": true, "Ignored": false} {
		if p.heeded[path] != want {
			t.Errorf("%s is heeded: %v, want %v", path, p.heeded[path], want)
		}
	}
	if p.run() != p.before {
		t.Errorf("the request is left as %s, not %s", p.run(), p.before)
	}
}
