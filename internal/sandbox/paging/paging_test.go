package paging

import (
	"errors"
	"slices"
	"testing"
)

func itself(s string) string { return s }

func TestPagesResumeAfterWhatWasShown(t *testing.T) {
	first, token, err := Cut([]string{"a", "b", "c"}, itself, nil, 2)
	if err != nil || !slices.Equal(first, []string{"a", "b"}) || token == nil {
		t.Fatalf("%v, %v, %v", first, token, err)
	}
	// b goes and bb comes while nobody looks.
	second, end, err := Cut([]string{"a", "bb", "c"}, itself, token, 2)
	if err != nil || !slices.Equal(second, []string{"bb", "c"}) || end != nil {
		t.Errorf("%v, %v, %v", second, end, err)
	}
	none, end, err := Cut([]string{"a"}, itself, token, 2)
	if err != nil || len(none) != 0 || none == nil || end != nil {
		t.Errorf("%v, %v, %v", none, end, err)
	}
}

func TestForeignTokens(t *testing.T) {
	for _, token := range []string{"", "!", "YQ"} {
		if _, _, err := Cut([]string{"a"}, itself, &token, 1); !errors.Is(err, ErrToken) {
			t.Errorf("%q: %v", token, err)
		}
	}
}
