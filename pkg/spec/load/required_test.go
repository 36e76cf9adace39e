package load

import (
	"testing"

	"ecs-reconciler/pkg/spec"
)

func TestRequiredVersion(t *testing.T) {
	for _, c := range []struct {
		constraint string
		want       string // part of the complaint; "" for none
	}{
		{"", ""}, {">= 0.1", ""}, {">=0.1.0", ""}, {"0.1", ""}, {"= 0.1.0", ""}, {"== 0.1", ""}, {">= 0.1, < 2", ""}, {"!= 0.2", ""}, {"> 0.0.9", ""}, {"<= 0.1.0.0", ""},
		{">= 0.2", "wants reconciler >= 0.2 and this is 0.1.0"}, {"< 0.1", "this is 0.1.0"}, {"> 0.1", "this is"}, {"!= 0.1", "this is"}, {">= 0.1, < 0.1", "this is"},
		{"latest", `"latest" is no constraint (want one such as ">= 0.1")`}, {"~> 0.1", "is no constraint"}, {"=> 0.1", "is no constraint"}, {">= ", "is no constraint"},
		{">= 0.-1", "is no constraint"}, {">= 0.99999999999999999999", "is no constraint"},
	} {
		err := satisfies("0.1.0", c.constraint, spec.Position{})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%q: %v", c.constraint, err)
		case c.want != "" && err == nil:
			t.Errorf("%q is satisfied", c.constraint)
		case c.want != "":
			wantText(t, err.Error(), "spec.required_version: ", c.want)
		}
	}
}
