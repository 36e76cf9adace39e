package expr

import (
	"testing"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// TestMarksOfResults: what an expression makes is marked as what it is made of.
func TestMarksOfResults(t *testing.T) {
	named := func(m yaml11.Marks) *yaml11.Node {
		n := yaml11.NewString("text", spec.Position{})
		n.Marks = m
		return n
	}
	sealed := yaml11.Marks{Sensitive: true, Inline: true}
	vars := yaml11.NewMap([]yaml11.Field{
		{Key: yaml11.NewString("inline", spec.Position{}), Value: named(sealed)},
		{Key: yaml11.NewString("file", spec.Position{}), Value: named(yaml11.Marks{Sensitive: true})},
		{Key: yaml11.NewString("open", spec.Position{}), Value: named(yaml11.Marks{})},
		{Key: yaml11.NewString("from_env", spec.Position{}), Value: yaml11.NewString("{{ lookup('env', 'X') }}", spec.Position{})},
	}, spec.Position{})
	scope := NewScope(Options{
		Env:      func(name string) (string, bool) { return "value", name == "X" },
		ReadFile: func(file string, _ spec.Position) ([]byte, error) { return []byte(file), nil },
		Decrypt:  func([]byte, spec.Position) ([]byte, error) { return []byte("plain"), nil },
	}, vars)
	for template, want := range map[string]yaml11.Marks{
		"{{ open }}":                                              {},
		"{{ inline }}":                                            sealed,
		"a {{ inline | upper }}":                                  sealed,
		"{{ inline[0] }}":                                         sealed,
		"{{ file }} b":                                            {Sensitive: true},
		"{{ file ~ inline }}":                                     sealed,
		"{{ from_env }}":                                          {Outside: true},
		"{{ open }}-{{ from_env | lower }}":                       {Outside: true},
		"{{ lookup('env', 'X') }}":                                {Outside: true},
		"{{ lookup('env', 'Y', default='d') }}":                   {},
		"{{ lookup('file', 'a.txt') }}":                           {Outside: true},
		"{{ lookup('file', '$ANSIBLE_VAULT;1.1;AES256') }}":       {Sensitive: true, Inline: true, Outside: true},
		"{{ 'no' if open == 'other' else open }}":                 {},
		"{{ [from_env, open] }}":                                  {Outside: true},
		"{{ {'a': inline} }}":                                     sealed,
		"{{ inline if open == 'text' else file }} and {{ file }}": sealed,
	} {
		got, err := scope.EvalString(template, spec.Position{})
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		if marks := got.AllMarks(); marks != want {
			t.Errorf("%s: got %+v, want %+v", template, marks, want)
		}
	}
}
