package expr

import (
	"regexp"
	"testing"
)

// TestNames holds names against the patterns that they are defined by.
func TestNames(t *testing.T) {
	word, only := regexp.MustCompile(`^[\pL_][\pL\pN_]*`), regexp.MustCompile(`^\{\{\s*([\pL\pN_]*)\s*\}\}\n?$`)
	for _, text := range []string{"", "a", "_a1 b", "1a", "½x", "é²-", "\xffa", "a\xff", "名前٣", "-a", "{{a}}", "{{ a }}\n", "{{\t名_1\f\n}}\n", "{{}}", "{{ }}", "{{}", "{{}}}",
		"{{{a}}}", "{{ a b }}", "{{ a }}\n\n", " {{ a }}", "{{ a-1 }}", "{{\u00a0a }}", "{{ a\xff }}", "{{ 1 }}", "\n", "{{\n}}"} {
		if got, want := pyWord(text), word.FindString(text); got != want {
			t.Errorf("%q begins with %q, want %q", text, got, want)
		}
		name, ok := onlyName(text)
		if match := only.FindStringSubmatch(text); ok != (match != nil) || ok && name != match[1] {
			t.Errorf("%q is the variable %q, %v, want %q", text, name, ok, match)
		}
	}
}
