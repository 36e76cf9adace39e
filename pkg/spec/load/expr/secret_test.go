package expr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

const secretVars = `
plain: public
secret: !vault |
  hunter2-{{ plain }}
other: !vault |
  [1, 2]
closed: !vault |
  fails
m: {public: p, hidden: !vault "hunter2-in-map", closed: !vault fails}
chained: "{{ secret }}"
mixed: ["{{ plain }}", "{{ secret }}"]
chosen: "{{ 'yes' if secret == 'x' else 'no' }}"
`

// secretScope opens vault values by taking their text for the plain one.
func secretScope(t *testing.T, opened *int) *expr.Scope {
	return scopeOf(t, secretVars, expr.Options{Decrypt: func(cipher []byte, at spec.Position) ([]byte, error) {
		*opened++
		plain := strings.TrimSpace(string(cipher))
		if plain == "fails" {
			return nil, &spec.Error{At: at, Message: "wrong password"}
		}
		return []byte(plain), nil
	}})
}

func TestVaultValues(t *testing.T) {
	opened := 0
	scope := secretScope(t, &opened)
	tests := []struct {
		template, want string
		sensitive      bool
	}{
		{"{{ plain }}", "'public'", false},
		{"{{ secret }}", "'hunter2-{{ plain }}'", true},
		{"{{ chained }}", "'hunter2-{{ plain }}'", true},
		{"{{ secret ~ '/' ~ plain }}", "'hunter2-{{ plain }}/public'", true},
		{"x{{ secret }}", "'xhunter2-{{ plain }}'", true},
		{"{{ m.public }}", "'p'", false},
		{"{{ m.hidden }}", "'hunter2-in-map'", true},
		{"{{ m['hidden'] | upper }}", "'HUNTER2-IN-MAP'", true},
		{"{{ m.hidden[0] }}", "'h'", true},
		{"{{ other }}", "[1, 2]", true},
		{"{{ secret is defined }}", "True", true},
		{"{{ secret | length }}", "'19'", true},
		{"{{ chosen }}", "'no'", true},
		{"{{ mixed }}", "['public', 'hunter2-{{ plain }}']", true},
		{"{{ mixed[0] }}", "'public'", false},
		{"{{ 'a' if secret else 'b' }}", "'a'", true},
		{"{{ missing | default(secret) }}", "'hunter2-{{ plain }}'", true},
		{"{{ [plain] + [secret] }}", "['public', 'hunter2-{{ plain }}']", true},
	}
	for _, test := range tests {
		n, err := scope.EvalString(test.template, spec.Position{})
		if err != nil {
			t.Errorf("%s: %v", test.template, err)
			continue
		}
		if yaml11.PyRepr(n) != test.want || n.HasSensitive() != test.sensitive {
			t.Errorf("%s: got %s, sensitive %v; want %s, %v", test.template, yaml11.PyRepr(n), n.HasSensitive(), test.want, test.sensitive)
		}
	}
	mixed, err := scope.Value("mixed")
	if err != nil || mixed.Items[0].Sensitive || !mixed.Items[1].Sensitive {
		t.Errorf("of a list only what is secret must be sensitive: %v", err)
	}
	if opened != 3 {
		t.Errorf("opened %d times, but three values are used", opened)
	}
}

func TestVaultValuesAreOpenedWhenUsed(t *testing.T) {
	opened := 0
	scope := secretScope(t, &opened)
	if got := evaluate(scope, "{{ m.public }}"); got != "'p'" || opened != 0 {
		t.Errorf("got %s, opened %d", got, opened)
	}
	if got := evaluate(scope, "{{ closed }}"); got != "vars.yml:7:9: wrong password" {
		t.Errorf("got %s", got)
	}
	if got := evaluate(scope, "{{ m }}"); !strings.Contains(got, "wrong password") {
		t.Errorf("got %s", got)
	}
	n, err := scope.Eval(parse(t, "a: [!vault hunter2]\n"))
	if err != nil || n.Get("a").Items[0].Text != "hunter2" || !n.HasSensitive() {
		t.Errorf("Eval must open what it finds: %v", err)
	}
	without := scopeOf(t, secretVars, expr.Options{})
	if got := evaluate(without, "{{ secret }}"); !strings.Contains(got, "there is no vault password") {
		t.Errorf("got %s", got)
	}
}

// TestErrorsHideSecrets makes every kind of error with a secret at hand.
func TestErrorsHideSecrets(t *testing.T) {
	opened := 0
	scope := secretScope(t, &opened)
	for _, template := range []string{
		"{{ secret + 1 }}", "{{ secret.x }}", "{{ secret['x'] }}", "{{ secret[100] }}", "{{ -secret }}", "{{ secret < 1 }}", "{{ 1 in secret }}",
		"{{ plain[secret] }}", "{{ m[secret] }}", "{{ secret // 2 }}", "{{ secret | replace }}", "{{ secret | join(1, 2) }}", "{{ lookup(secret, 'x') }}",
		"{{ lookup('env', secret) }}", "{{ [1, secret] | sort }}", "{{ secret[::0] }}", "{{ secret | int(base=99) }}",
	} {
		if got := evaluate(scope, template); strings.Contains(got, "hunter2") {
			t.Errorf("%s: %s", template, got)
		}
	}
	whole := parse(t, "a: \"{{ 'hunter2' + }}\"\nb: \"{{ 'hunter2' + 1 }}\"\nc: \"{{ hunter2 }}\"\nd: \"{{ 'hunter2'.x }}\"\n").AsSensitive()
	for _, f := range whole.Fields {
		_, err := scope.Eval(f.Value)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", f.KeyText(), err)
		}
		var complaint *spec.Error
		if errors.As(err, &complaint) && strings.Contains(fmt.Sprintf("%+v", *complaint), "hunter2") {
			t.Errorf("%s: the complaint holds the secret", f.KeyText())
		}
	}
}

func TestSensitiveFiles(t *testing.T) {
	root := parse(t, "a: \"{{ b }}!\"\nb: x\nl: [1]\nt: \"{{ l }}\"\nn: 5\nu: \"{{ n }}\"\n").AsSensitive()
	scope := expr.NewScope(expr.Options{}, root)
	for _, template := range []string{"{{ a }}", "{{ b }}", "{{ l }}", "{{ t }}", "{{ n }}", "{{ u }}", "{{ n + 1 }}", "{{ l + l }}", "{{ 'a' if n else 'b' }}", "{{ l[0] }}"} {
		n, err := scope.EvalString(template, spec.Position{})
		if err != nil || !n.HasSensitive() {
			t.Errorf("%s: %v, not sensitive", template, err)
		}
	}
}
