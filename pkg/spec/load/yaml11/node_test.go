package yaml11_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"

	"github.com/google/go-cmp/cmp"
)

func TestNumbersKeepTheirText(t *testing.T) {
	root := parse(t, "account: 012345670123\nbig: 12345678901234567890\nfloat: 1.10\nnull: ~\nyes: on\n")
	for key, want := range map[string]string{"account": "012345670123", "big": "12345678901234567890", "float": "1.10"} {
		if got := root.Get(key).Text; got != want {
			t.Errorf("%s: text %q, want %q", key, got, want)
		}
	}
	if i, ok := root.Get("account").Int64(); !ok || i != 1402433619 {
		t.Errorf("account is %d, %v", i, ok)
	}
	if _, ok := root.Get("big").Int64(); ok {
		t.Error("a number beyond 64 bits fits")
	}
	if root.Get("null") != nil || root.Get("yes") != nil {
		t.Error("keys that are not strings were found by their text")
	}
	if got := root.Fields[4].KeyText(); got != "True" {
		t.Errorf("the key yes is %s", got)
	}
}

func TestVaultAndUnsafe(t *testing.T) {
	root := parse(t, "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\nb: !unsafe '{{ x }}'\nc: !unsafe {d: ['{{ y }}', 5]}\n"+
		"e: &e ['{{ z }}']\nf: !unsafe [*e]\n")
	vault := root.Get("a")
	if string(vault.Vault) != "$ANSIBLE_VAULT;1.1;AES256\n3132\n" || vault.Text != "" || !vault.Sensitive || vault.Kind != yaml11.String {
		t.Errorf("got %+v", vault)
	}
	for name, n := range map[string]*yaml11.Node{"b": root.Get("b"), "c.d[0]": root.Get("c").Get("d").Items[0], "f[0][0]": root.Get("f").Items[0].Items[0]} {
		if !n.Unsafe {
			t.Errorf("%s is a template", name)
		}
	}
	if root.Get("e").Items[0].Unsafe {
		t.Error("the tag on one alias changed what its anchor names")
	}
	if !root.HasSensitive() || root.Get("c").HasSensitive() {
		t.Error("HasSensitive is wrong")
	}
}

func TestAsSensitive(t *testing.T) {
	root := parse(t, "a: [1, {b: c}]\n")
	hidden := root.AsSensitive()
	if !hidden.Get("a").Items[1].Get("b").Sensitive || root.HasSensitive() {
		t.Error("AsSensitive must mark a copy, through and through")
	}
	if diff := cmp.Diff(root.ToAny(), hidden.ToAny()); diff != "" {
		t.Error(diff)
	}
	if (*yaml11.Node)(nil).AsSensitive() != nil {
		t.Error("nil became something")
	}
}

func TestToAny(t *testing.T) {
	root := parse(t, "a: [1, 1.5, yes, ~, x]\non: {12: 12345678901234567890}\n")
	big, _ := new(big.Int).SetString("12345678901234567890", 10)
	want := map[string]any{"a": []any{int64(1), 1.5, true, nil, "x"}, "True": map[string]any{"12": big}}
	compareBig := cmp.Comparer(func(a, b interface{ String() string }) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, root.ToAny(), compareBig); diff != "" {
		t.Error(diff)
	}
}

func TestGetInLargeMaps(t *testing.T) {
	text := ""
	for i := range 100 {
		text += fmt.Sprintf("k%d: %d\n", i, i)
	}
	root := parse(t, text+"k7: again\n")
	if got := root.Get("k7").Text; got != "again" {
		t.Errorf("got %s", got)
	}
	if root.Get("k100") != nil || root.Get("k0").Text != "0" || len(root.Fields) != 100 {
		t.Error("the index is wrong")
	}
	var none *yaml11.Node
	if none.Get("x") != nil || !none.IsNull() || root.Get("k1").Get("x") != nil {
		t.Error("Get must tell that there is nothing")
	}
}

func TestNewMapKeepsPythonsOrder(t *testing.T) {
	at := spec.Position{}
	field := func(key, value *yaml11.Node) yaml11.Field { return yaml11.Field{Key: key, Value: value} }
	m := yaml11.NewMap([]yaml11.Field{
		field(yaml11.NewInt(big.NewInt(1), at), yaml11.NewString("int", at)),
		field(yaml11.NewString("1", at), yaml11.NewString("text", at)),
		field(yaml11.NewFloat(1, at), yaml11.NewString("float", at)),
		field(yaml11.NewBool(true, at), yaml11.NewString("bool", at)),
		field(yaml11.NewNull(at), yaml11.NewList([]*yaml11.Node{yaml11.NewNull(at)}, at)),
	}, at)
	if got, want := yaml11.PyStr(m), "{1: 'bool', '1': 'text', None: [None]}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestStrAndReprAsPython compares with Python's str and repr of the values.
func TestStrAndReprAsPython(t *testing.T) {
	var floats []float64
	for exponent := -321; exponent < 307; exponent += 3 {
		for _, digits := range []float64{1, 1.5, -9.999999999999999, 1.2345678901234567} {
			floats = append(floats, digits*math.Pow10(exponent))
		}
	}
	texts := []string{"", "a", "it's", `"`, `it's "`, `\`, "\n\r\t", "\x00\x1f\x7f", "é", "\u0080\u00a0\u00ad", "\u2028\ufeff\u200b", "日本", "🚀", "\U000e0001", "\ufffd"}
	var want struct{ Floats, Texts []string }
	testtool.Ask(t, "repr.py", map[string]any{"floats": floats, "texts": texts}, &want)
	for i, f := range floats {
		if got := yaml11.PyStr(yaml11.NewFloat(f, spec.Position{})); got != want.Floats[i] {
			t.Errorf("%g: got %s, Python shows %s", f, got, want.Floats[i])
		}
	}
	for i, s := range texts {
		if got := yaml11.PyRepr(yaml11.NewString(s, spec.Position{})); got != want.Texts[i] {
			t.Errorf("%q: got %s, Python shows %s", s, got, want.Texts[i])
		}
	}
}

func TestStrOfSpecialValues(t *testing.T) {
	at := spec.Position{}
	tuple := yaml11.NewList([]*yaml11.Node{yaml11.NewString("a", at)}, at)
	tuple.Tuple = true
	for want, n := range map[string]*yaml11.Node{
		"inf": yaml11.NewFloat(math.Inf(1), at), "-inf": yaml11.NewFloat(math.Inf(-1), at), "nan": yaml11.NewFloat(math.NaN(), at),
		"-0.0": yaml11.NewFloat(math.Copysign(0, -1), at), "('a',)": tuple, "None": yaml11.NewNull(at), "False": yaml11.NewBool(false, at),
	} {
		if got := yaml11.PyStr(n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestKindString(t *testing.T) {
	for kind, want := range map[yaml11.Kind]string{yaml11.Null: "null", yaml11.Map: "mapping", yaml11.Kind(-1): "unknown", yaml11.Kind(99): "unknown"} {
		if got := kind.String(); got != want {
			t.Errorf("%d: got %s, want %s", kind, got, want)
		}
	}
}
