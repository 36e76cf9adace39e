package dotenv

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

// shown is an Entry with its value open, for comparison.
type shown struct {
	Key, Value   string
	Line         int
	HasValue     bool
	Interpolates bool
}

func open(entries []Entry) []shown {
	var out []shown
	for _, e := range entries {
		out = append(out, shown{e.Key, e.Value.Reveal(), e.Line, e.HasValue, e.Interpolates})
	}
	return out
}

func TestParseTellsWhatItFound(t *testing.T) {
	file := Parse([]byte("# head\nA=1\n\nexport B='x\ny'\nNAKED\nbad line\nC=${A:-z}\nD=$A ${\n"))
	want := []shown{
		{"A", "1", 2, true, false},
		{"B", "x\ny", 4, true, false},
		{"NAKED", "", 6, false, false},
		{"C", "${A:-z}", 8, true, true},
		{"D", "$A ${", 9, true, false},
	}
	if diff := cmp.Diff(want, open(file.Entries)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{7}, file.Malformed); diff != "" {
		t.Errorf("malformed (-want +got):\n%s", diff)
	}
}

func TestExpandWithoutAnEnvironment(t *testing.T) {
	entries := Expand(Parse([]byte("A=1\nB='${A}${C:-c}${C}'\nN\nM=x${N:-y}\n")).Entries, nil)
	want := []shown{{"A", "1", 1, true, false}, {"B", "1c", 2, true, false}, {"N", "", 3, false, false}, {"M", "x", 4, true, false}}
	if diff := cmp.Diff(want, open(entries)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What takes the square of the length of these takes minutes.
func TestExpandIsDoneInOneGo(t *testing.T) {
	const many = 1 << 20
	for _, text := range []string{strings.Repeat("${", many), strings.Repeat("${a:b", many) + "}", strings.Repeat("${", many) + ":}"} {
		if got := Expand([]Entry{{Key: "A", Value: spec.NewSecret(text)}}, nil)[0].Value.Reveal(); got != text {
			t.Errorf("%.12s… becomes another text, of %d bytes", text, len(got))
		}
	}
	for text, want := range map[string]string{"${a:b ${A:-c}": "${a:b c", "${:${A}": "${:", "${a:}${A:-d}": "${a:}d", "${A:-${B:-e}}": "${B:-e}"} {
		if got := Expand([]Entry{{Key: "B", Value: spec.NewSecret(text)}}, nil)[0].Value.Reveal(); got != want {
			t.Errorf("%s becomes %s, not %s", text, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"good", "A=1\n# c\nNAKED\n", nil},
		{"empty", "", nil},
		{"comments alone", "# nothing\n\n", nil},
		{"two bad lines", "A=1\ncanary line\n\nB='canary\n", []string{
			"f:2:1: what begins on this line is not an assignment, and the task would not see it",
			"f:4:1: what begins on this line is not an assignment, and the task would not see it",
		}},
		{"JSON", "\n{\"canary\": 1}\n", []string{"f:2:1: this is not an env file: it has no line NAME=value"}},
		{"bare words", "\ncanary\nother\n", []string{"f:2:1: this is not an env file: it has no line NAME=value"}},
		{"YAML", "canary: 1\n", []string{"f:1:1: this is not an env file: it has no line NAME=value"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			errs := Parse([]byte(c.text)).Check("f")
			var got []string
			for _, err := range errs {
				got = append(got, (&spec.Error{At: err.At, Message: err.Message}).Error())
				if err.Hint == "" {
					t.Errorf("%v has no hint", err)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Contains(errs.Error(), "canary") {
				t.Error("the complaint quotes the file")
			}
		})
	}
}

func TestNoVerbPrintsAValue(t *testing.T) {
	file := Parse([]byte("A=canary-value"))
	holder := struct{ hidden File }{file}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if text := fmt.Sprintf(verb, file) + fmt.Sprintf(verb, holder) + fmt.Sprintf(verb, &holder); strings.Contains(text, "canary") || strings.Contains(text, fmt.Sprintf("%x", "canary")) {
			t.Errorf("%s prints the value", verb)
		}
	}
}

func TestUniqueKeepsTheFirstPlaceAndTheLastValue(t *testing.T) {
	got := open(Unique(Parse([]byte("A=1\nB=2\nA=3")).Entries))
	want := []shown{{"A", "3", 3, true, false}, {"B", "2", 2, true, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestKeys(t *testing.T) {
	for _, c := range []struct {
		format Format
		text   string
		want   []string
	}{
		{FormatDotenv, "B=1\nA=2\nB=3\nbad line\nC", []string{"B", "A", "C"}},
		{FormatDotenv, "", nil},
		{FormatJSON, ` {"b": {"x": 1}, "a": [1, {"y": 2}], "b": null, "é\n": 1} `, []string{"b", "a", "é\n"}},
		{FormatJSON, `{}`, nil},
		{FormatYAML, "b: {x: 1}\na: [1]\n? [complex]\n: 1\n7: x\nyes: 1\n", []string{"b", "a", "7", "yes"}},
		{FormatYAML, "base: &base {x: 1, y: 2}\nother: &other\n  z: 1\nw: 0\n<<: [*base, *other]\n", []string{"base", "other", "w", "x", "y", "z"}},
		{FormatYAML, "a: &a\n  <<: *a\n  b: 1\n<<: *a\n", []string{"a", "b"}},
		{FormatYAML, "<<: {m: 1}\n\"<<\": 1\n", []string{"m", "<<"}},
	} {
		got, err := Keys(c.format, []byte(c.text))
		if err != nil {
			t.Errorf("%s %q: %v", c.format, c.text, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", c.format, c.text, diff)
		}
	}
}

func TestKeysOfWhatIsNotThatFormat(t *testing.T) {
	for _, c := range []struct {
		format   Format
		text     string
		mentions string
	}{
		{FormatJSON, ``, "not JSON"},
		{FormatJSON, "{\n\"canary\": 1,\n canary}", "line 3"},
		{FormatJSON, `{"a": 1`, "not JSON"},
		{FormatJSON, `{"a": 1} canary`, "not JSON"},
		{FormatJSON, `{"a": canary}`, "not JSON"},
		{FormatJSON, `{1: 1}`, "not JSON"},
		{FormatJSON, `["canary"]`, "not an object"},
		{FormatJSON, `"canary"`, "not an object"},
		{FormatYAML, "canary: [", "not YAML"},
		{FormatYAML, "- canary", "not a mapping"},
		{FormatYAML, "canary", "not a mapping"},
		{FormatYAML, "", "not a mapping"},
		{"toml", "canary = 1", "toml"},
	} {
		keys, err := Keys(c.format, []byte(c.text))
		if err == nil || keys != nil || !strings.Contains(err.Error(), c.mentions) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s %q gives %v and the error %v", c.format, c.text, keys, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range written() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := Parse(text)
		lines := 1 + strings.Count(string(text), "\n") + strings.Count(string(text), "\r")
		for _, entry := range file.Entries {
			if entry.Key == "" || entry.Line < 1 || entry.Line > lines || !entry.Value.IsSet() {
				t.Fatalf("an impossible entry on line %d", entry.Line)
			}
		}
		if !slices.IsSorted(file.Malformed) {
			t.Fatal("the malformed lines are out of order")
		}
	})
}

func FuzzKeys(f *testing.F) {
	f.Add("json", `{"a": 1, "b": {}}`)
	f.Add("yaml", "a: &x {b: 1}\n<<: [*x]\n")
	f.Add("dotenv", "A=1")
	f.Fuzz(func(t *testing.T, format, text string) {
		keys, err := Keys(Format(format), []byte(text))
		if err != nil && keys != nil {
			t.Fatal("both names and an error")
		}
		slices.Sort(keys)
		if len(slices.Compact(keys)) != len(keys) {
			t.Fatal("a name comes twice")
		}
	})
}

// TestSyntaxErrorsHaveAPlace: line and column, as far as they are known.
func TestSyntaxErrorsHaveAPlace(t *testing.T) {
	for _, c := range []struct {
		format       Format
		text         string
		line, column int
	}{
		{FormatJSON, "", 1, 1},
		{FormatJSON, "{\"a\": 1,\n \"é\": canary}", 2, 6},
		{FormatJSON, "[]", 1, 1},
		{FormatYAML, "a: 1\n b: canary\n", 2, 1},
		{FormatYAML, "\ta: canary", 1, 1},
		{FormatYAML, "- a\n", 1, 1},
	} {
		_, err := Keys(c.format, []byte(c.text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Line != c.line || syntax.Column != c.column {
			t.Errorf("%q: got %#v, want line %d, column %d", c.text, err, c.line, c.column)
		}
	}
}

func TestRepeated(t *testing.T) {
	for text, want := range map[string][]string{
		`{"a": 1, "b": {"a": 2}}`:            nil,
		`{"a": 1, "b": 2, "a": 3, "b": [1]}`: {"a", "b"},
		`{"a": 1, "a": `:                     nil, // what is wrong with it is told elsewhere
		``:                                   nil,
	} {
		got := Repeated([]byte(text))
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	if at := Repeated([]byte(`{"a": 1, "a": 2}`))["a"]; at != 12 {
		t.Errorf("the second a ends at %d", at)
	}
}
