package policydoc

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseKeepsOrderAndPlaces(t *testing.T) {
	const text = ` {"b": [1, "x\"]}", null], "a": {"z":true,"y":-1.5e3}} `
	root, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	if got, want := root.JSON(), `{"b":[1,"x\"]}",null],"a":{"z":true,"y":-1.5e3}}`; got != want {
		t.Errorf("JSON() = %s, want %s", got, want)
	}
	inner := root.Get("a")
	if got, want := text[inner.Start:inner.End], `{"z":true,"y":-1.5e3}`; got != want {
		t.Errorf("text[Start:End] = %q, want %q", got, want)
	}
	var kinds []Kind
	for _, item := range root.Get("b").List() {
		kinds = append(kinds, item.Kind)
	}
	if diff := cmp.Diff([]Kind{Number, String, Null}, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "  ", "not json", "{", `{"a":}`, `{"a":1,}`, "[1 2]", `{"a":1} {}`, "\ufeff{}", "{'a':1}", "01",
		`{"a":1,"a":2}`, `[{"x":{"k":1,"k":1}}]`, "\"\x01\"",
	} {
		if n, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", text, n.JSON())
		}
	}
}

func TestNodeOfNothing(t *testing.T) {
	var none *Node
	if none.Get("x") != nil || none.List() != nil || none.Is(Object) || len(none.Strings()) != 0 {
		t.Error("an absent node is not empty")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `""`, `"\u00e9\n"`, `{"a":[{"b":null},true,1e5]}`, `{"a":1,"a":2}`, "{\"\xff\":1}", ` [ 1 , 2 ] `,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, err := Parse(text)
		if err != nil {
			if json.Valid([]byte(text)) && !errors.Is(err, errDuplicate) {
				t.Fatalf("Parse(%q) refuses JSON: %v", text, err)
			}
			return
		}
		var want, got any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			return // a number out of range is JSON all the same
		}
		if err := json.Unmarshal([]byte(root.JSON()), &got); err != nil {
			t.Fatalf("JSON() of %q is no JSON: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("JSON() of %q (-want +got):\n%s", text, diff)
		}
	})
}
