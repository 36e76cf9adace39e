package yaml11_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

func TestQuestionMarks(t *testing.T) {
	for text, want := range map[string]any{
		`{s: cron(0 3 ? * 2-6 *), n: 1}`:       map[string]any{"s": "cron(0 3 ? * 2-6 *)", "n": int64(1)},
		`{url: https://h.example.com/?a=b?c}`:  map[string]any{"url": "https://h.example.com/?a=b?c"},
		`[a?, "b ? c", 'd?', e ? f]`:           []any{"a?", "b ? c", "d?", "e ? f"},
		"s: cron(0 3 ? * * *)":                 map[string]any{"s": "cron(0 3 ? * * *)"},
		"? a\n: b":                             map[string]any{"a": "b"},
		"- ? a\n  : b":                         []any{map[string]any{"a": "b"}},
		"{? a : b}":                            map[string]any{"a": "b"},
		"t: |\n  what ? is\n  ? this":          map[string]any{"t": "what ? is\n? this"},
		"{a: x?, t: \"\ue000\", u: \ue001 ? }": map[string]any{"a": "x?", "t": "\ue000", "u": "\ue001 ?"},
	} {
		nodes, _, err := yaml11.Parse("f.yml", []byte(text), yaml11.Limits{})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, nodes[0].ToAny()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestQuestionMarksKeepPositions(t *testing.T) {
	nodes, _, err := yaml11.Parse("f.yml", []byte("{s: a ? b, k: v}"), yaml11.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if at := nodes[0].Get("k").At; at.Line != 1 || at.Column != 15 {
		t.Errorf("got %s, want f.yml:1:15", at)
	}
}
