package suspension

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

func TestSuspensionsAreReadAsTheyAreWritten(t *testing.T) {
	until := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for _, s := range []Suspension{{Reason: "migration of the database"}, {Reason: "Umzug nach München", Until: &until}, {Until: &until}} {
		text, err := s.Text()
		if err != nil {
			t.Fatal(err)
		}
		tags := map[string]string{spec.TagSuspended + "nightly": text, spec.TagOwner: "a/b"}
		got, ok := Of("nightly", spec.Suspensions(tags))
		if diff := cmp.Diff(s, got); diff != "" || !ok {
			t.Error(diff)
		}
		if _, ok := Of("other", spec.Suspensions(tags)); ok {
			t.Error("another task is suspended too")
		}
	}
}

func TestWhenASuspensionHolds(t *testing.T) {
	until := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	s := Suspension{Until: &until}
	if !s.Holds(until.Add(-1)) || s.Holds(until) || !(Suspension{}).Holds(until) {
		t.Error("it holds until its end, and without one for ever")
	}
}

func TestTagsOfPeopleSuspend(t *testing.T) {
	got, ok := Of("nightly", map[string]string{"nightly": "please do not touch"})
	if diff := cmp.Diff(Suspension{Reason: "please do not touch"}, got); diff != "" || !ok {
		t.Error(diff)
	}
}

func TestAResumedTaskIsNotSuspended(t *testing.T) {
	if got := spec.Suspensions(map[string]string{spec.TagSuspended + "nightly": spec.Resumed}); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestReasonsThatAreNoTag(t *testing.T) {
	for reason, want := range map[string]string{
		"why? because!":          "takes letters, digits, spaces and + - = . _ : / @",
		"a\nb":                   "takes letters",
		strings.Repeat("ä", 300): "256 characters",
	} {
		if _, err := (Suspension{Reason: reason}).Text(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", reason, err)
		}
	}
}
