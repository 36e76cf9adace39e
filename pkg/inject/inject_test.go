package inject

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

func parsed(t *testing.T, text string) *yaml11.Node {
	t.Helper()
	n, err := parseJSON(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		strategy           Strategy
		below, above, want string
	}{
		{Deep, `{"a": {"b": 1, "c": 2}, "l": [1, {"x": 1}, 3]}`, `{"a": {"b": 9}, "l": [7, {"y": 2}], "n": null}`,
			`{"a": {"b": 9, "c": 2}, "l": [7, {"x": 1, "y": 2}, 3], "n": null}`},
		{Deep, `{"l": [1]}`, `{"l": [2, 3]}`, `{"l": [2, 3]}`},
		{Deep, `{"l": [1]}`, `{"l": {"a": 1}}`, `{"l": {"a": 1}}`},
		{Shallow, `{"a": {"b": 1}, "c": 1}`, `{"a": {"d": 2}}`, `{"a": {"d": 2}, "c": 1}`},
		{Replace, `{"a": {"b": [1], "c": 1}}`, `{"a": {"b": [2]}}`, `{"a": {"b": [2], "c": 1}}`},
		{Additive, `{"a": [1]}`, `{"a": [1, 2]}`, `{"a": [1, 1, 2]}`},
		{Additive, `{"a": 1}`, `{"a": [2]}`, `{"a": [2]}`},
		{TypesafeAdditive, `{"a": [1]}`, `{"a": [2]}`, `{"a": [1, 2]}`},
		{TypesafeReplace, `{"a": [1]}`, `{"a": [2]}`, `{"a": [2]}`},
		{TypesafeReplace, `{"a": {"b": 1}}`, `{"a": {"b": "x"}}`, ""},
	} {
		below := parsed(t, c.below)
		got, err := merge(c.strategy, below, parsed(t, c.above))
		if (err != nil) != (c.want == "") {
			t.Errorf("%s %s + %s: %v", c.strategy, c.below, c.above, err)
		}
		if err == nil && yaml11.PyJSON(got) != c.want {
			t.Errorf("%s %s + %s is %s, want %s", c.strategy, c.below, c.above, yaml11.PyJSON(got), c.want)
		}
		if yaml11.PyJSON(below) != c.below {
			t.Errorf("%s changes what it merges into: %s", c.strategy, yaml11.PyJSON(below))
		}
	}
}

func TestJSONPath(t *testing.T) {
	const document = `{"a": {"b": [10, 20, 30]}, "c-d": 1, "e f": {"b": 2}, "one": [7]}`
	for path, want := range map[string]string{
		"$": document, "$.a.b[0]": "10", "a.b[-1]": "30", "$.a.b[1:]": "[20, 30]", "$.a.b[:-1]": "[10, 20]", "$.a.b[*]": "[[10, 20, 30]]",
		"$.one": "[7]", "$.one[*]": "[[7]]", "$['e f'].b": "2", `$."e f".b`: "2", "$.c-d": "1", "$..b": "[[10, 20, 30], 2]", "$.*.b": "[[10, 20, 30], 2]",
		"$.a.b[9]": "", "$.none": "", "$.a.b.c": "", "$.one[0][0]": "",
	} {
		p, err := parsePath(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		got := ""
		if found := p.find(parsed(t, document)); found != nil {
			got = yaml11.PyJSON(found)
		}
		if got != want {
			t.Errorf("%s finds %s, want %s", path, got, want)
		}
	}
	for _, bad := range []string{"$.", "$[", "$[?(@.a > 1)]", "$.a b", "..", "$a", "$[1", "$.a where b"} {
		if _, err := parsePath(bad); err == nil || !strings.Contains(err.Error(), "is not understood") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestLocationsOfAList(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, " , ;": nil, "a": {"a"}, " a , b;c ": {"a", "b", "c"}, `a\,b,c\;d`: {"a,b", "c;d"}, "a,,b": {"a", "b"},
	} {
		if diff := cmp.Diff(want, splitLocations(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestParams(t *testing.T) {
	for entry, want := range map[string]string{
		"PROC_WRAPPER_CONFIG_MERGE_STRATEGY=ODD":                "CONFIG_MERGE_STRATEGY",
		"PROC_WRAPPER_MAX_CONFIG_RESOLUTION_DEPTH=x":            "want a whole number",
		"PROC_WRAPPER_CONFIG_TTL_SECONDS=soon":                  "seconds",
		"PROC_WRAPPER_SHELL_MODE=maybe":                         "auto, enable or disable",
		"PROC_WRAPPER_CONFIG_OUTPUT_FILENAME=c.json":            "no secret is written to a file",
		"PROC_WRAPPER_MAX_CONFIG_RESOLUTION_ITERATIONS=3 4\x00": "whole number",
	} {
		if _, err := ParamsFrom(Environ{entry}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", entry, err)
		}
	}
	p, err := ParamsFrom(Environ{"PROC_WRAPPER_MAX_CONFIG_RESOLUTION_DEPTH=-4", "PROC_WRAPPER_PROCESS_TIMEOUT_SECONDS=-1", "PROC_WRAPPER_RESOLVE_SECRETS= true "})
	if err != nil || p.Depth != 0 || p.Timeout != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestArgv(t *testing.T) {
	for _, c := range []struct {
		shell, line string
		want        []string
	}{
		{"auto", "python main.py  now", []string{"python", "main.py", "now"}},
		{"auto", "a && b", []string{"/bin/sh", "-c", "a && b"}},
		{"enable", "a b", []string{"/bin/sh", "-c", "a b"}},
		{"disable", "a 'b c' $X", []string{"a", "b c", "$X"}},
		{"auto", "", nil},
	} {
		got, err := Params{Shell: c.shell, Line: c.line}.Argv()
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s %q: %v %s", c.shell, c.line, err, diff)
		}
	}
}

func FuzzJSONPath(f *testing.F) {
	for _, seed := range []string{"$.a.b[0]", "a..b[1:2]", "$['a'][*]", "..", "$["} {
		f.Add(seed, `{"a": [1, {"b": 2}]}`)
	}
	f.Fuzz(func(t *testing.T, path, document string) {
		p, err := parsePath(path)
		if err != nil {
			return
		}
		if n, err := parseJSON(document); err == nil {
			p.find(n)
		}
	})
}

// FuzzParseJSON: what is read is written back as what is read again.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a": [1, 2.5, "x", null, true]}`, `"\ud83d\ude00"`, `1e400`, `[`, `{"a": 1, "a": 2}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseJSON(text)
		if err != nil {
			return
		}
		again, err := parseJSON(yaml11.PyJSON(n))
		if err != nil {
			t.Fatalf("%q becomes %q: %v", text, yaml11.PyJSON(n), err)
		}
		if yaml11.PyJSON(again) != yaml11.PyJSON(n) {
			t.Fatalf("%q becomes %q and then %q", text, yaml11.PyJSON(n), yaml11.PyJSON(again))
		}
	})
}
