package tagset_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/tagset"
)

type tag struct{ Key, Value *string }

func parts(t tag) (key, value *string) { return t.Key, t.Value }

func of(words ...string) []tag {
	var out []tag
	for i := 0; i < len(words); i += 2 {
		out = append(out, tag{&words[i], &words[i+1]})
	}
	return out
}

func TestMerge(t *testing.T) {
	there := of("a", "1", "b", "2")
	got, err := tagset.Parts[tag](parts).Merge(there, of("c", "3", "a", "4", "c", "5", "B", "6"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(of("a", "4", "b", "2", "c", "5", "B", "6"), got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(of("a", "1", "b", "2"), there); diff != "" {
		t.Errorf("what was there is another: %s", diff)
	}
}

func TestReservedKeysAreRefused(t *testing.T) {
	got, err := tagset.Parts[tag](parts).Merge(of("a", "1"), of("b", "2", "AWS:c", "3"))
	if err == nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestWithout(t *testing.T) {
	there := of("a", "1", "b", "2", "c", "3")
	if diff := cmp.Diff(of("b", "2"), tagset.Parts[tag](parts).Without(there, []string{"a", "c", "never"})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(of("a", "1", "b", "2", "c", "3"), there); diff != "" {
		t.Errorf("what was there is another: %s", diff)
	}
}

func TestMap(t *testing.T) {
	got := tagset.Parts[tag](parts).Map(append(of("a", "1"), tag{}))
	if diff := cmp.Diff(map[string]string{"a": "1", "": ""}, got); diff != "" {
		t.Error(diff)
	}
}
