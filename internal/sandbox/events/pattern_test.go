package events

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

const call = `{"source":"aws.ecs","resources":["arn:a","arn:b"],"detail":{"name":"PutThing","count":7,"error":null,"on":true,"tags":[{"key":"a"},{"key":"b"}]}}`

func decoded(t testing.TB, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPatterns(t *testing.T) {
	for pattern, want := range map[string]bool{
		`{"source":["aws.ecs"]}`:                                            true,
		`{"source":["aws.iam","aws.ecs"]}`:                                  true,
		`{"source":["aws.iam"]}`:                                            false,
		`{"source":["aws.ecs"],"detail":{"name":["Other"]}}`:                false,
		`{"resources":["arn:b"]}`:                                           true,
		`{"resources":["arn:c"]}`:                                           false,
		`{"detail":{"count":[7]}}`:                                          true,
		`{"detail":{"count":["7"]}}`:                                        false,
		`{"detail":{"on":[true]}}`:                                          true,
		`{"detail":{"error":[null]}}`:                                       true,
		`{"detail":{"none":[null]}}`:                                        false,
		`{"detail":{"name":[{"prefix":"Put"}]}}`:                            true,
		`{"detail":{"name":[{"prefix":"Get"},{"suffix":"Thing"}]}}`:         true,
		`{"detail":{"count":[{"prefix":"7"}]}}`:                             false,
		`{"detail":{"name":[{"equals-ignore-case":"putthing"}]}}`:           true,
		`{"detail":{"name":[{"anything-but":"PutThing"}]}}`:                 false,
		`{"detail":{"name":[{"anything-but":["a","b"]}]}}`:                  true,
		`{"detail":{"name":[{"anything-but":["a","PutThing"]}]}}`:           false,
		`{"detail":{"name":[{"anything-but":{"prefix":"Get"}}]}}`:           true,
		`{"detail":{"name":[{"anything-but":{"prefix":"Put"}}]}}`:           false,
		`{"detail":{"count":[{"anything-but":7}]}}`:                         false,
		`{"detail":{"none":[{"anything-but":"x"}]}}`:                        false,
		`{"detail":{"none":[{"exists":false}]}}`:                            true,
		`{"detail":{"name":[{"exists":false}]}}`:                            false,
		`{"detail":{"error":[{"exists":true}]}}`:                            true,
		`{"none":{"x":[{"exists":false}]}}`:                                 false,
		`{"detail":{"count":[{"numeric":[">",6,"<=",7]}]}}`:                 true,
		`{"detail":{"count":[{"numeric":[">=",8]}]}}`:                       false,
		`{"detail":{"count":[{"numeric":["=",7]}]}}`:                        true,
		`{"detail":{"name":[{"numeric":["<",8]}]}}`:                         false,
		`{"detail":{"tags":{"key":["b"]}}}`:                                 true,
		`{"detail":{"tags":{"key":["c"]}}}`:                                 false,
		`{"source":{"x":["y"]}}`:                                            false,
		`{"$or":[{"source":["aws.iam"]},{"detail":{"name":["PutThing"]}}]}`: true,
		`{"$or":[{"source":["aws.iam"]},{"detail":{"name":["Other"]}}]}`:    false,
	} {
		if err := checkPattern(pattern); err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		if got := matches(decoded(t, pattern), decoded(t, call)); got != want {
			t.Errorf("%s: %v", pattern, got)
		}
	}
}

func TestPatternsThatAreRefused(t *testing.T) {
	for _, pattern := range []string{
		`{"a":[{"wildcard":"*"}]}`, `{"a":[{"cidr":"10.0.0.0/8"}]}`, `{"a":[{}]}`, `{"a":[{"prefix":"x","suffix":"y"}]}`, `{"a":[{"prefix":1}]}`,
		`{"a":[{"exists":"yes"}]}`, `{"a":[{"numeric":[]}]}`, `{"a":[{"numeric":["~",1]}]}`, `{"a":[{"numeric":["<","1"]}]}`, `{"a":[{"anything-but":[]}]}`,
		`{"a":[{"anything-but":[true]}]}`, `{"a":[{"anything-but":{"prefix":""}}]}`, `{"a":[["x"]]}`, `{"$or":[{"a":"x"}]}`, `{"a":{"b":[]}}`,
	} {
		if err := checkPattern(pattern); err == nil {
			t.Errorf("%s is taken", pattern)
		}
	}
}

func TestWhatATargetTakes(t *testing.T) {
	for want, target := range map[string]types.Target{
		call:         {},
		`"PutThing"`: {InputPath: new("$.detail.name")},
		"own":        {Input: new("own")},
	} {
		if target.InputPath == nil && target.Input == nil {
			target.InputPath = new("$")
		}
		if got, ok := Shown(target, []byte(call)); !ok || got != want {
			t.Errorf("%q, %v", got, ok)
		}
	}
	for _, path := range []string{"$.none", "$.source.x", "$.resources[0]"} {
		if got, ok := Shown(types.Target{InputPath: &path}, []byte(call)); ok {
			t.Errorf("%s gives %q", path, got)
		}
	}
}

// FuzzPattern holds any pattern that is taken against an event.
func FuzzPattern(f *testing.F) {
	for _, seed := range []string{`{"source":["aws.ecs"]}`, `{"detail":{"count":[{"numeric":[">",6,"<=",7]}]}}`, `{"$or":[{"source":[{"anything-but":["x"]}]}]}`} {
		f.Add(seed)
	}
	event := decoded(f, call)
	f.Fuzz(func(t *testing.T, pattern string) {
		if checkPattern(pattern) == nil && strings.TrimSpace(pattern) == "" {
			t.Error("nothing is a pattern")
		} else if checkPattern(pattern) == nil {
			matches(decoded(t, pattern), event)
		}
	})
}
