package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func update() bool { return flag.Lookup("update").Value.String() == "true" }

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the golden files")
	os.Exit(m.Run())
}

func TestGenerate(t *testing.T) {
	got, err := generate("testdata/data", source{name: "demo", folder: "demo", operations: []string{"PutThing"}})
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "zz_demo.go.golden")
	if update() {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestModelsThatTheTablesCannotSay changes the demo model by one word.
func TestModelsThatTheTablesCannotSay(t *testing.T) {
	for name, test := range map[string]struct{ old, new, want string }{
		"flattened list":  {`"smithy-rpc-v2-cbor", "json"`, `"query"`, "flattened lists are not supported"},
		"renamed member":  {`"Size": {"shape": "Size", "box": true}`, `"Size": {"shape": "Size", "locationName": "sz"}`, "member Size has another name on the wire"},
		"header":          {`"Size": {"shape": "Size", "box": true}`, `"Size": {"shape": "Size", "location": "header"}`, "member Size travels in the header"},
		"bound of a part": {`"max": 64`, `"max": 6.5`, "Max 6.5 is no whole number"},
		"protocol":        {`"smithy-rpc-v2-cbor", "json"`, `"smithy-rpc-v2-cbor"`, "is spoken"},
		"no operation":    {`"PutThing": {`, `"PutOther": {`, "no operation PutThing"},
		"not JSON":        {`"metadata"`, `metadata`, "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile("testdata/data/demo/2020-01-01/service-2.json")
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "demo", "2020-01-01")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(string(raw), test.old, test.new, 1)
			if err := os.WriteFile(filepath.Join(dir, "service-2.json"), []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err = generate(filepath.Dir(filepath.Dir(dir)), source{name: "demo", folder: "demo", operations: []string{"PutThing"}})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestNoModel(t *testing.T) {
	if err := run(t.TempDir(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "no service-2.json") {
		t.Errorf("%v", err)
	}
	if err := run("", ""); err == nil {
		t.Error("both folders may be left out")
	}
}
