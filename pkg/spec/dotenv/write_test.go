package dotenv

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

// values are texts that are hard to write.
func values() []string {
	return []string{"", "plain", "two words", " blanks ", "# no comment", "a #b", "it's", `"quoted"`, `back\slash`, `ends in \`, `\'`, `\n`,
		"two\nlines", "crlf\r\n", "cr\r", "tab\t", "é☃😀", "$A", "$$", "{}", "a=b", "'", "\u2028", "\x1c", "\x00", "-----BEGIN-----\nabc\n-----END-----\n"}
}

func keys() []string {
	return []string{"A", "a.b-c", "two words", "a=b", "a#b", "export", "export A", "é", `"q"`, "line\nbreak", "\ufeffA"}
}

// TestPythonDotenvReadsWhatIsWritten: every name with every value.
func TestPythonDotenvReadsWhatIsWritten(t *testing.T) {
	var texts []string
	var want [][2]string
	for _, key := range keys() {
		for _, value := range values() {
			text, err := Write([]Entry{{Key: key, Value: spec.NewSecret(value)}})
			if err != nil {
				t.Fatalf("%q=%q: %v", key, value, err)
			}
			texts, want = append(texts, text.Reveal()), append(want, [2]string{key, value})
		}
	}
	for i, answer := range ask(t, texts) {
		var got [][2]string
		for _, pair := range answer.Expanded {
			got = append(got, [2]string{*pair[0], *pair[1]})
		}
		if diff := cmp.Diff(want[i:i+1], got); diff != "" {
			t.Errorf("%q (-want +python):\n%s", texts[i], diff)
		}
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	for _, e := range []Entry{
		{Key: "A", Value: spec.NewSecret("canary ${B}")}, {Key: "A", Value: spec.NewSecret("${canary:-x}")},
		{Key: "", Value: spec.NewSecret("canary")}, {Key: "'", Value: spec.NewSecret("canary")},
	} {
		_, err := Write([]Entry{{Key: "FIRST", Value: spec.NewSecret("x")}, e})
		var unwritable *UnwritableError
		if !errors.As(err, &unwritable) || unwritable.Key != e.Key || strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("%q: the error is %v", e.Key, err)
		}
	}
}

func FuzzWrite(f *testing.F) {
	for _, key := range keys() {
		f.Add(key, `it's \ #`)
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		text, err := Write([]Entry{{Key: key, Value: spec.NewSecret(value)}, {Key: "LAST", Value: spec.NewSecret("1")}})
		if err != nil || !utf8.ValidString(key+value) {
			return
		}
		file := Parse([]byte(text.Reveal()))
		if len(file.Malformed) != 0 || len(file.Entries) != 2 || file.Entries[0].Key != key || file.Entries[0].Value.Reveal() != value || file.Entries[1].Key != "LAST" {
			t.Fatalf("%q=%q is read otherwise", key, value)
		}
	})
}
