package policy_test

import (
	"strings"
	"testing"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/spec"
)

func TestTextPutsTheVersionFirst(t *testing.T) {
	doc := parse(t, `{"Zed":1,"Statement":[{"Condition":{"B":{"k":"v"},"A":{"k":["<&>"]}},"Resource":"*","Zed":null,"Action":"a:b","Effect":"Allow","Sid":"S"}],"Id":"I","Version":"2012-10-17"}`)
	got, err := policy.Text(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Version":"2012-10-17","Id":"I","Statement":[{"Sid":"S","Effect":"Allow","Action":"a:b","Resource":"*",` +
		`"Condition":{"A":{"k":["<&>"]},"B":{"k":"v"}},"Zed":null}],"Zed":1}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTextRefusesWhatIsNotJSON(t *testing.T) {
	if text, err := policy.Text(spec.Document{"Statement": make(chan int)}); err == nil {
		t.Errorf("wrote %s", text)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", "null", "[]", `"x"`, `{`, `{} {}`, `{}x`, "\x00"} {
		if doc, err := policy.Parse(text); err == nil {
			t.Errorf("%q parsed as %v", text, doc)
		}
	}
}

func TestDecodeOnce(t *testing.T) {
	doc, err := policy.Decode("%7B%22Statement%22%3A%22a%253Ab+c%22%7D")
	if err != nil {
		t.Fatal(err)
	}
	if got := doc["Statement"]; got != "a%3Ab+c" {
		t.Errorf("got %v, want the literal %%3A and + kept", got)
	}
	if _, err := policy.Decode("%zz"); err == nil {
		t.Error("took a broken escape")
	}
}

func TestSizeLeavesWhiteSpaceOut(t *testing.T) {
	if got := policy.Size(" {\n\t\"a b\": \"é\" }"); got != 10 {
		t.Errorf("got %d, want 10", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"Version":"2012-10-17"}`, "%7B%7D", "%7", "null", strings.Repeat("[", 20)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if doc, err := policy.Parse(text); err == nil && doc == nil {
			t.Error("neither a document nor an error")
		}
		if doc, err := policy.Decode(text); err == nil && doc == nil {
			t.Error("neither a document nor an error")
		}
	})
}
