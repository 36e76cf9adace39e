package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const applied = "/tags/ecs-reconciler~1applied"

func TestOurMarkIsShownOnlyAlone(t *testing.T) {
	beside := plan.Entry{Kind: "role", Name: "r", Action: resource.Update, Fields: []plan.Field{{Path: "/path", After: "/"}, {Path: applied, After: "0f"}}}
	alone := plan.Entry{Kind: "role", Name: "r", Action: resource.Update, Fields: []plan.Field{{Path: applied, Before: "0e", After: "0f"}}}
	for name, c := range map[string]struct {
		e    plan.Entry
		want bool
	}{"beside another field": {beside, false}, "alone": {alone, true}, "nothing": {plan.Entry{Kind: "role", Action: resource.Create}, false}} {
		d := plan.Document{Changes: []plan.Entry{c.e}}
		var text, markdown, github strings.Builder
		if err := PlanText(&text, d, Style{}); err != nil {
			t.Fatal(err)
		}
		if err := PlanMarkdown(&markdown, d); err != nil {
			t.Fatal(err)
		}
		if err := PlanGitHub(&github, d); err != nil {
			t.Fatal(err)
		}
		for view, got := range map[string]string{"text": text.String(), "markdown": markdown.String()} {
			if strings.Contains(got, appliedAlone) != c.want {
				t.Errorf("%s, %s:\n%s", name, view, got)
			}
		}
		if all := text.String() + markdown.String() + github.String(); strings.Contains(all, "applied") || strings.Contains(all, "0f") {
			t.Errorf("%s: the mark is shown:\n%s", name, all)
		}
	}
}

func TestPathsReadAsTheyAreWritten(t *testing.T) {
	for name, c := range map[string]struct{ given, want []string }{
		"plain":     {[]string{"/path", "/tags/a"}, []string{"/path", "/tags/a"}},
		"escaped":   {[]string{"/tags/a~1b", "/tags/c~0d", "/tags/e~01f"}, []string{"/tags/a/b", "/tags/c~d", "/tags/e~1f"}},
		"ambiguous": {[]string{"/tags/a~1b", "/tags/a/b", "/tags/c~1d"}, []string{"/tags/a~1b", "/tags/a/b", "/tags/c/d"}},
	} {
		var e plan.Entry
		for _, path := range c.given {
			e.Fields = append(e.Fields, plan.Field{Path: path})
		}
		fields, only := shown(e)
		var got []string
		for _, f := range fields {
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || only != "" {
			t.Errorf("%s: %q %s", name, only, diff)
		}
		if e.Fields[0].Path != c.given[0] {
			t.Errorf("%s: the plan itself was changed", name)
		}
	}
}

func TestWarningsPointAtTheirPlace(t *testing.T) {
	for text, want := range map[string]spec.Position{
		"a/b.yml:3:14: spec.x: odd": {File: "a/b.yml", Line: 3, Column: 14},
		"a/b.yml:3: odd":            {File: "a/b.yml", Line: 3},
		"a:b.yml:3:1: odd":          {File: "a:b.yml", Line: 3, Column: 1},
		"b.yml: odd":                {},
		"the port is :80: odd":      {File: "the port is ", Line: 80},
		"odd":                       {},
		"x:0:1":                     {},
		"":                          {},
	} {
		at, message := placed(text)
		if at != want {
			t.Errorf("%q: at %+v, want %+v", text, at, want)
		}
		if at == (spec.Position{}) && message != text {
			t.Errorf("%q becomes %q", text, message)
		}
	}
	w := spec.Warning{At: spec.Position{File: "deploy_config/a b.yml", Line: 2, Column: 3}, Path: "spec", Message: "odd", Hint: "even"}
	var b strings.Builder
	if err := ValidationGitHub(&b, Validation{Environment: "staging", Tasks: []string{"a"}, Warnings: []string{w.String(), "no place"}}); err != nil {
		t.Fatal(err)
	}
	const want = "::warning title=spec,file=deploy_config/a b.yml,line=2,col=3::spec: odd (even)\n::warning title=spec::no place\n" +
		"staging is valid: 1 tasks, 0 secrets, 0 roles, 2 warnings.\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func FuzzPlaced(f *testing.F) {
	f.Add("a/b.yml", 3, 14, "odd")
	f.Add("", 0, -1, ": : ")
	f.Fuzz(func(t *testing.T, file string, line, column int, message string) {
		if strings.Contains(file, ": ") || file == "" || strings.HasSuffix(file, ":") || line < 1 || column < 1 {
			return
		}
		want := spec.Position{File: file, Line: line, Column: column}
		if at, rest := placed(spec.Warning{At: want, Message: message}.String()); at != want || rest != message {
			t.Errorf("%+v %q, want %+v %q", at, rest, want, message)
		}
	})
}

func TestWhatNeedsNothingIsNoAnnotation(t *testing.T) {
	d := plan.Document{Changes: []plan.Entry{{Kind: "role", Name: "still", Action: resource.Noop}, {Kind: "role", Name: "moves", Action: resource.Update}}}
	var b strings.Builder
	if err := PlanGitHub(&b, d); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "still") || !strings.Contains(b.String(), "moves") {
		t.Error(b.String())
	}
}

func TestValidationViews(t *testing.T) {
	v := Validation{Environment: "staging", Tasks: []string{"a", "b"}, Secrets: []string{"s"}, Warnings: []string{"x.yml:1:2: <odd>"}}
	var text, markdown strings.Builder
	if err := ValidationText(&text, v); err != nil {
		t.Fatal(err)
	}
	if err := ValidationMarkdown(&markdown, v); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("staging is valid: 2 tasks, 1 secrets, 0 roles, 1 warnings.\n", text.String()); diff != "" {
		t.Error(diff)
	}
	const want = "### Validation of `staging`\n\nThe spec is valid: 2 tasks, 1 secrets, 0 roles, 1 warnings.\n\n**Warnings**\n\n- x.yml:1:2: &lt;odd>\n"
	if diff := cmp.Diff(want, markdown.String()); diff != "" {
		t.Error(diff)
	}
}
