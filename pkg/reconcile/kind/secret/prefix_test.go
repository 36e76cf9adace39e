package secret

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCover(t *testing.T) {
	for name, c := range map[string]struct {
		names []string
		limit int
		want  []string
	}{
		"none":                     {nil, 3, nil},
		"few are named in full":    {[]string{"b", "a"}, 3, []string{"a", "b"}},
		"twice is once":            {[]string{"a", "a"}, 3, []string{"a"}},
		"the nearest are joined":   {[]string{"org/app/db", "org/app/mq", "team/x", "zoo"}, 3, []string{"org/app/", "team/x", "zoo"}},
		"one prefix":               {[]string{"org/a", "org/b", "org/c"}, 1, []string{"org/"}},
		"nothing in common":        {[]string{"a", "b", "c"}, 2, nil},
		"a name that begins other": {[]string{"org/a", "org/a/b", "x"}, 2, []string{"org/a", "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, cover(c.names, c.limit)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCoverOfManyStaysNarrow(t *testing.T) {
	var names []string
	for i := range 500 {
		names = append(names, fmt.Sprintf("org/app/staging/%03d.env", i), fmt.Sprintf("org/other/staging/%03d.env", i))
	}
	want := []string{"org/app/staging/", "org/other/staging/", "x/key"}
	got := cover(append(names, "x/key"), 3)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzCover(f *testing.F) {
	f.Add("a,b,c", 10)
	f.Add("org/app/a,org/app/b,org/x,zoo", 2)
	f.Add(",", 1)
	f.Fuzz(func(t *testing.T, list string, limit int) {
		if limit < 1 || limit > 50 {
			return
		}
		names := strings.Split(list, ",")
		prefixes := cover(names, limit)
		if prefixes == nil {
			return
		}
		if len(prefixes) > limit {
			t.Fatalf("%d prefixes, want at most %d", len(prefixes), limit)
		}
		for _, name := range names {
			if !slices.ContainsFunc(prefixes, func(p string) bool { return p != "" && strings.HasPrefix(name, p) }) {
				t.Errorf("%q begins with none of %q", name, prefixes)
			}
		}
	})
}
