package fault

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheDocsAreRight: every rule in the page on faults can be read, and every
// key and kind is explained.
func TestTheDocsAreRight(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "faults.md"))
	if err != nil {
		t.Fatal(err)
	}
	page, read := string(raw), 0
	for _, m := range regexp.MustCompile(`--faults (?:'([^'\n]+)'|([0-9]+%))`).FindAllStringSubmatch(page, -1) {
		if _, err := Parse(m[1] + m[2]); err != nil {
			t.Errorf("%s: %v", m[0], err)
		}
		read++
	}
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1) {
		if _, err := Decode([]byte(m[1])); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
		read++
	}
	if read != 5 {
		t.Errorf("%d examples were found", read)
	}
	for key := range new(Rule).keys() {
		if key != "kind" && !strings.Contains(page, "`"+key+"`") {
			t.Errorf("the page does not tell of %s", key)
		}
	}
	for _, k := range Kinds() {
		if !strings.Contains(page, "| `"+string(k)+"` |") {
			t.Errorf("the page does not tell of %s", k)
		}
	}
}
