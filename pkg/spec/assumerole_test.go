package spec

import (
	"fmt"
	"strings"
	"testing"
)

func TestIsExternalID(t *testing.T) {
	for text, want := range map[string]bool{"ab": true, "a_b+c=d,e.f@g:h/i-j": true, strings.Repeat("x", 1224): true,
		"": false, "a": false, "a b": false, "ab\n": false, "äb": false, strings.Repeat("x", 1225): false} {
		if got := IsExternalID(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestSessionTagsForm(t *testing.T) {
	many := map[string]string{}
	for i := range 51 {
		many[fmt.Sprint("k", i)] = ""
	}
	for name, c := range map[string]struct {
		tags map[string]string
		want string // "" for fine
	}{
		"none":           {nil, ""},
		"an ampersand":   {map[string]string{"team": "data & no", "cost center": ""}, `the value of the tag "team"`},
		"plain":          {map[string]string{"team": "data", "cost center": "1/2:3+4=5@6-7_8."}, ""},
		"umlaut":         {map[string]string{"größe": "groß"}, ""},
		"too many":       {many, "there are 51 tags"},
		"no key":         {map[string]string{"": "x"}, `"" cannot be`},
		"a bad key":      {map[string]string{"a*": "x"}, `"a*" cannot be`},
		"a long key":     {map[string]string{strings.Repeat("k", 129): "x"}, "cannot be a tag's key"},
		"a long value":   {map[string]string{"k": strings.Repeat("v", 257)}, "too long"},
		"AWS's":          {map[string]string{"AWS:k": "v"}, "only AWS sets"},
		"one key, twice": {map[string]string{"Team": "a", "team": "b"}, `"Team" and "team" are one key`},
	} {
		if got := SessionTagsForm(c.tags); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
