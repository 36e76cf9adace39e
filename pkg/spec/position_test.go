package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestErrorText(t *testing.T) {
	for want, e := range map[string]*Error{
		"m":                       {Message: "m"},
		"f: m":                    {At: Position{File: "f"}, Message: "m"},
		"f:3: m":                  {At: Position{File: "f", Line: 3}, Message: "m"},
		"f:3:5: m":                {At: Position{File: "f", Line: 3, Column: 5}, Message: "m"},
		"f:3:5: a.b[1]: m (do x)": {At: Position{"f", 3, 5}, Path: "a.b[1]", Message: "m", Hint: "do x"},
		"a: m":                    {Path: "a", Message: "m", Cause: errors.New("not repeated")},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := (Warning{At: e.At, Path: e.Path, Message: e.Message, Hint: e.Hint}).String(); got != want {
			t.Errorf("a warning is %q, want %q", got, want)
		}
	}
}

// TestErrorsAreFound: errors.As and errors.Is see through to each complaint
// and its cause.
func TestErrorsAreFound(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", Errors{{Message: "a"}, {Message: "b", Cause: fs.ErrNotExist}}.OrNil())
	var one *Error
	var all Errors
	if !errors.As(err, &one) || one.Message != "a" || !errors.As(err, &all) || len(all) != 2 || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("found %v and %v in %v", one, all, err)
	}
	if all.Error() != "a\nb" {
		t.Errorf("got %q", all.Error())
	}
	if err := (Errors{}).OrNil(); err != nil {
		t.Errorf("no complaint is %v", err)
	}
}
