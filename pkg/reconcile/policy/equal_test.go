package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/spec"
)

// in puts statements into a document of the current version.
func in(statements string) string {
	return `{"Version":"2012-10-17","Statement":` + statements + `}`
}

// with puts one element into an otherwise fixed statement.
func with(element string) string {
	return in(`[{"Effect":"Allow","Action":"s3:GetObject",` + element + `}]`)
}

func TestEqualRules(t *testing.T) {
	const (
		a = `{"Effect":"Allow","Action":"a:X","Resource":"*"}`
		b = `{"Effect":"Deny","Action":"b:X","Resource":"*"}`
	)
	for _, rule := range []struct {
		name         string
		same, differ [2]string
	}{
		{
			"white space",
			[2]string{in(`[` + a + `]`), " {\n\t\"Version\" : \"2012-10-17\", \"Statement\":[ " + a + " ]}\n"},
			[2]string{with(`"Resource":"arn:aws:s3:::b/a b"`), with(`"Resource":"arn:aws:s3:::b/ab"`)},
		},
		{
			"order of keys",
			[2]string{in(`[` + a + `]`), `{"Statement":[{"Resource":"*","Action":"a:X","Effect":"Allow"}],"Version":"2012-10-17"}`},
			[2]string{with(`"Resource":"*"`), with(`"NotResource":"*"`)},
		},
		{
			"order of statements",
			[2]string{in(`[` + a + `,` + b + `]`), in(`[` + b + `,` + a + `]`)},
			[2]string{in(`[` + a + `,` + a + `,` + b + `]`), in(`[` + a + `,` + b + `,` + b + `]`)},
		},
		{
			"one statement bare",
			[2]string{in(a), in(`[` + a + `]`)},
			[2]string{in(a), in(`[` + a + `,` + a + `]`)},
		},
		{
			"order and repetition of actions",
			[2]string{in(`{"Action":["a:X","a:Y","a:X"]}`), in(`{"Action":["a:Y","a:X"]}`)},
			[2]string{in(`{"Action":["a:X","a:Y"]}`), in(`{"Action":["a:X","a:Z"]}`)},
		},
		{
			"a list of one is the value",
			[2]string{with(`"Resource":["x"]`), with(`"Resource":"x"`)},
			[2]string{with(`"Resource":["x"]`), with(`"Resource":["x","y"]`)},
		},
		{
			"case of actions",
			[2]string{in(`{"Action":"S3:getobject"}`), in(`{"Action":"s3:GetObject"}`)},
			[2]string{with(`"Resource":"arn:aws:s3:::B"`), with(`"Resource":"arn:aws:s3:::b"`)},
		},
		{
			"case of actions that are excepted",
			[2]string{in(`{"NotAction":"IAM:*"}`), in(`{"NotAction":"iam:*"}`)},
			[2]string{in(`{"NotAction":"iam:*"}`), in(`{"Action":"iam:*"}`)},
		},
		{
			"effect is exact",
			[2]string{in(`{"Effect":"Allow"}`), in(`[{"Effect":"Allow"}]`)},
			[2]string{in(`{"Effect":"Allow"}`), in(`{"Effect":"allow"}`)},
		},
		{
			"conditions compare with text",
			[2]string{with(`"Condition":{"Bool":{"k":true},"NumericLessThan":{"n":10}}`), with(`"Condition":{"NumericLessThan":{"n":["10"]},"Bool":{"k":"true"}}`)},
			[2]string{with(`"Condition":{"Bool":{"k":true}}`), with(`"Condition":{"Bool":{"k":false}}`)},
		},
		{
			"case of condition keys",
			[2]string{with(`"Condition":{"StringEquals":{"AWS:SourceAccount":"1"}}`), with(`"Condition":{"StringEquals":{"aws:sourceaccount":"1"}}`)},
			[2]string{with(`"Condition":{"StringEquals":{"k":"A"}}`), with(`"Condition":{"StringEquals":{"k":"a"}}`)},
		},
		{
			"order of condition values",
			[2]string{with(`"Condition":{"StringEquals":{"k":["a","b"]}}`), with(`"Condition":{"StringEquals":{"k":["b","a","a"]}}`)},
			[2]string{with(`"Condition":{"StringEquals":{"k":["a","b"]}}`), with(`"Condition":{"StringEquals":{"k":"a"}}`)},
		},
		{
			"condition operators are exact",
			[2]string{with(`"Condition":{}`), in(`[{"Effect":"Allow","Action":"s3:GetObject"}]`)},
			[2]string{with(`"Condition":{"StringEquals":{"k":"a"}}`), with(`"Condition":{"StringLike":{"k":"a"}}`)},
		},
		{
			"keys that differ in case both hold",
			[2]string{with(`"Condition":{"StringEquals":{"k":"a","K":"b"}}`), with(`"Condition":{"StringEquals":{"K":"a","k":"b"}}`)},
			[2]string{with(`"Condition":{"StringEquals":{"k":"a","K":"b"}}`), with(`"Condition":{"StringEquals":{"k":["a","b"]}}`)},
		},
		{
			"an account is its root",
			[2]string{with(`"Principal":{"AWS":"012345678901"}`), with(`"Principal":{"AWS":["arn:aws:iam::012345678901:root"]}`)},
			[2]string{with(`"Principal":{"AWS":"012345678901"}`), with(`"Principal":{"AWS":"arn:aws:iam::012345678902:root"}`)},
		},
		{
			"string principals differ",
			[2]string{with(`"Principal":{"AWS":["arn:aws:iam::012345678901:role/a","arn:aws:iam::012345678901:role/b"]}`), with(`"Principal":{"AWS":["arn:aws:iam::012345678901:role/b","arn:aws:iam::012345678901:role/a"]}`)},
			[2]string{with(`"Principal":{"AWS":"arn:aws:iam::012345678901:role/a"}`), with(`"Principal":{"AWS":"arn:aws:iam::012345678901:role/b"}`)},
		},
		{
			"a deleted role's id is not the role",
			[2]string{with(`"Principal":{"AWS":"AROAABCDEFGHIJKLMNOPQ"}`), with(`"Principal":{"AWS":["AROAABCDEFGHIJKLMNOPQ"]}`)},
			[2]string{with(`"Principal":{"AWS":"AROAABCDEFGHIJKLMNOPQ"}`), with(`"Principal":{"AWS":"arn:aws:iam::012345678901:role/a"}`)},
		},
		{
			"everyone",
			[2]string{with(`"Principal":"*"`), with(`"Principal":{"AWS":"*"}`)},
			[2]string{with(`"Principal":"*"`), with(`"Principal":{"Service":"*"}`)},
		},
		{
			"services differ",
			[2]string{with(`"Principal":{"Service":["b","a"]}`), with(`"Principal":{"Service":["a","b","b"]}`)},
			[2]string{with(`"Principal":{"Service":"ecs.amazonaws.com"}`), with(`"Principal":{"Service":"ecs-tasks.amazonaws.com"}`)},
		},
		{
			"a missing version is the older one",
			[2]string{`{"Statement":` + a + `}`, `{"Version":"2008-10-17","Statement":` + a + `}`},
			[2]string{`{"Statement":` + a + `}`, in(a)},
		},
		{
			"a sid is kept",
			[2]string{with(`"Sid":""`), in(`[{"Effect":"Allow","Action":"s3:GetObject"}]`)},
			[2]string{with(`"Sid":"One"`), with(`"Sid":"Two"`)},
		},
		{
			"unknown elements",
			[2]string{`{"Foo":{"b":1,"a":[1,2]},"Statement":[]}`, `{"Statement":[],"Foo":{"a":[1,2],"b":1}}`},
			[2]string{`{"Foo":1,"Statement":[]}`, `{"Statement":[]}`},
		},
		{
			"unknown elements keep their types",
			[2]string{in(`{"Foo":["a","b"]}`), in(`[{"Foo":["a","b"]}]`)},
			[2]string{in(`{"Foo":1}`), in(`{"Foo":"1"}`)},
		},
		{
			"unknown elements keep their order",
			[2]string{in(`{"Action":[1,2]}`), in(`{"Action":[1,2]}`)},
			[2]string{in(`{"Foo":["a","b"]}`), in(`{"Foo":["b","a"]}`)},
		},
	} {
		t.Run(rule.name, func(t *testing.T) {
			if !equal(t, rule.same) {
				t.Errorf("differ, but mean the same:\n%s\n%s", rule.same[0], rule.same[1])
			}
			if equal(t, rule.differ) {
				t.Errorf("equal, but mean different things:\n%s\n%s", rule.differ[0], rule.differ[1])
			}
		})
	}
}

// equal compares both ways round, which must agree.
func equal(t *testing.T, pair [2]string) bool {
	t.Helper()
	a, b := parse(t, pair[0]), parse(t, pair[1])
	if policy.Equal(a, b) != policy.Equal(b, a) {
		t.Errorf("not symmetric:\n%s\n%s", pair[0], pair[1])
	}
	return policy.Equal(a, b)
}

func parse(t *testing.T, text string) spec.Document {
	t.Helper()
	doc, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// A document that came through YAML may hold Go's own numbers.
func TestEqualTakesAnyNumber(t *testing.T) {
	of := func(n any) spec.Document {
		return spec.Document{"Statement": []any{map[string]any{"Condition": map[string]any{"NumericEquals": map[string]any{"k": n}}}}}
	}
	for _, n := range []any{10, int64(10), float64(10), json.Number("10")} {
		if !policy.Equal(of(n), of("10")) {
			t.Errorf("%T(10) differs from \"10\"", n)
		}
	}
}

func FuzzEqual(f *testing.F) {
	f.Add(with(`"Condition":{"Bool":{"k":[true,"a"]},"StringLike":{"K":["x","y"]}},"Resource":["b","a"]`), uint64(1))
	f.Add(in(`[{"Effect":"Allow","Principal":{"AWS":["012345678901","*"]}},{"Effect":"Deny","NotAction":["a:b","c:*"]}]`), uint64(2))
	f.Add(`{"Statement":null,"Version":1}`, uint64(3))
	f.Add(`{"Statement":[[],{"Principal":[],"Condition":[],"Action":{}}]}`, uint64(4))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		doc, err := policy.Parse(text)
		if err != nil {
			return
		}
		if !policy.Equal(doc, doc) {
			t.Error("not reflexive")
		}
		shuffled, ok := shuffle(rand.New(rand.NewPCG(seed, 0)), doc).(spec.Document)
		if !ok || !policy.Equal(doc, shuffled) || !policy.Equal(shuffled, doc) {
			t.Errorf("changed by a shuffle:\n%v\n%v", doc, shuffled)
		}
		written, err := policy.Text(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Parse(written)
		if err != nil || !policy.Equal(doc, again) {
			t.Errorf("changed by writing: %s, %v", written, err)
		}
	})
}

// shuffle puts the lists whose order has no meaning into another order.
func shuffle(r *rand.Rand, doc spec.Document) any {
	out := spec.Document{}
	for key, v := range doc {
		list, ok := v.([]any)
		if key != "Statement" || !ok {
			out[key] = v
			continue
		}
		var statements []any
		for _, s := range list {
			statements = append(statements, shuffleStatement(r, s))
		}
		if statements == nil {
			statements = []any{}
		}
		out[key] = shuffled(r, statements)
	}
	return out
}

func shuffleStatement(r *rand.Rand, s any) any {
	m, ok := s.(map[string]any)
	if !ok {
		return s
	}
	out := map[string]any{}
	for key, v := range m {
		switch key {
		case "Action", "NotAction", "Resource", "NotResource":
			if list, ok := v.([]any); ok && allStrings(list) {
				v = shuffled(r, append(slices.Clip(list), list...))
			}
		}
		out[key] = v
	}
	return out
}

func allStrings(list []any) bool {
	for _, v := range list {
		if _, ok := v.(string); !ok {
			return false
		}
	}
	return true
}

func shuffled(r *rand.Rand, list []any) []any {
	out := append([]any{}, list...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
