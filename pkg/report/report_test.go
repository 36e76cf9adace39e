package report

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func conflict(hint, message string) *plan.Failure {
	return &plan.Failure{Class: resource.Conflict, Message: message, Hint: hint}
}

// everything is a plan with all that a plan can have.
func everything() plan.Document {
	policy := func(actions ...any) any {
		return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": actions, "Resource": "*"}}}
	}
	return plan.Document{
		FormatVersion: plan.FormatVersion, Environment: "staging", AccountID: "012345678901", Region: "us-west-2",
		Summary: plan.Summary{Create: 1, Update: 4, Replace: 1, Delete: 1, Noop: 7},
		Changes: []plan.Entry{
			{Kind: "secret", Name: "shop/staging/db.env", Tasks: []string{"api", "nightly"}, Action: resource.Create, Reason: resource.Missing,
				Fields: []plan.Field{{Path: "/value", Sensitive: true}, {Path: "/description", After: "How to reach the <database> | always"}}},
			{Kind: "secret", Name: "shop/staging/a|b.json", Tasks: []string{"api"}, Action: resource.Update, Reason: resource.Drift,
				Note: "last changed 2026-01-02 03:04:05 UTC",
				Fields: []plan.Field{{Path: "/value", Sensitive: true, Note: "put by somebody else"},
					{Path: "/tags/team", Before: "data", After: nil}, {Path: "/tags/cost", After: "42", Note: "new"}}},
			{Kind: "role", Name: "shop-api", Tasks: []string{"api"}, Action: resource.Update, Reason: resource.SpecChanged,
				Fields: []plan.Field{{Path: "/inline_policies/ecs-reconciler", Before: policy("s3:GetObject", "s3:PutObject"), After: policy("s3:GetObject")},
					{Path: "/max_session_duration", Before: 3600.0, After: 7200.0}}},
			{Kind: "role", Name: "a-role-with-a-name-that-is-as-long-as-iam-lets-names-be-which-is-64", Tasks: []string{"api"}, Action: resource.Update,
				Reason: resource.Adopted, Fields: []plan.Field{{Path: "/tags/ecs-reconciler~1owner", After: "shop/staging"}}},
			{Kind: "role", Name: "theirs\x1b[2J", Tasks: []string{"api"}, Action: resource.Update, Reason: resource.SpecChanged,
				Fields: []plan.Field{{Path: "/path", Before: "/a/", After: "/b/"}},
				Error:  conflict("use another name", "role theirs belongs to other/prod\nits tag says so")},
			{Kind: "task_definition", Name: "shop_api_staging", Tasks: []string{"api"}, Action: resource.Replace, Reason: resource.Replaced,
				Held: "drift: report", DependsOn: []string{"role/shop-api"},
				Fields: []plan.Field{{Path: "/taskRoleArn", Before: "arn:aws:iam::012345678901:role/old", After: resource.KnownAfterApply}}},
			{Kind: "secret", Name: "shop/staging/old.env", Tasks: []string{}, Action: resource.Delete, Reason: resource.Orphaned},
		},
		Warnings: []string{"tasks/web.yaml:3: service: not converged yet", "100% | <b>"},
		AWSCalls: map[string]int{"secretsmanager:ListSecrets": 1},
	}
}

func outcome() Outcome {
	key := func(kind resource.Type, name string) resource.Key { return resource.Key{Type: kind, Name: name} }
	return NewOutcome(plan.Head{Environment: "staging", AccountID: "012345678901", Region: "us-west-2", Warnings: []string{"a warning"},
		AWSCalls: map[string]int{"iam:UpdateRole": 3}}, []apply.Result{
		{Key: key("secret", "shop/staging/db.env"), Action: resource.Create, Status: apply.Done, Duration: 1234567 * time.Microsecond},
		{Key: key("role", "shop-api"), Action: resource.Update, Status: apply.Failed, Duration: 20 * time.Millisecond,
			Err: fmt.Errorf("update role shop-api: %w", &resource.Error{Class: resource.Terminal, Message: "IAM UpdateRole",
				Cause: errors.New("AccessDenied: no | way,\nat all: 100%"), Hint: "ask for it"})},
		{Key: key("task_definition", "shop_api"), Action: resource.Update, Status: apply.Skipped, Err: errors.New("role shop-api has not converged")},
		{Key: key("task_definition", "shop_nightly"), Action: resource.Update, Status: apply.Skipped, Held: "drift: report"},
		{Key: key("secret", "shop/staging/old.env"), Action: resource.Delete, Status: apply.Skipped, Err: apply.ErrInterrupted},
	})
}

func TestGoldenViews(t *testing.T) {
	d, o := everything(), outcome()
	empty := plan.Document{Environment: "staging", AccountID: "012345678901", Region: "us-west-2", Summary: plan.Summary{Noop: 1}}
	views := map[string]func(io.Writer) error{
		"plan.txt":          func(w io.Writer) error { return PlanText(w, d, Style{}) },
		"plan_color.txt":    func(w io.Writer) error { return PlanText(w, d, Style{Color: true}) },
		"plan_empty.txt":    func(w io.Writer) error { return PlanText(w, empty, Style{}) },
		"plan.json":         func(w io.Writer) error { return Data(w, JSON, d) },
		"plan.yaml":         func(w io.Writer) error { return Data(w, YAML, d) },
		"plan.md":           func(w io.Writer) error { return PlanMarkdown(w, d) },
		"plan_empty.md":     func(w io.Writer) error { return PlanMarkdown(w, empty) },
		"plan.github":       func(w io.Writer) error { return PlanGitHub(w, d) },
		"outcome.txt":       func(w io.Writer) error { return OutcomeText(w, o, Style{}) },
		"outcome_color.txt": func(w io.Writer) error { return OutcomeText(w, o, Style{Color: true}) },
		"outcome_empty.txt": func(w io.Writer) error { return OutcomeText(w, Outcome{}, Style{}) },
		"outcome.json":      func(w io.Writer) error { return Data(w, JSON, o) },
		"outcome.yaml":      func(w io.Writer) error { return Data(w, YAML, o) },
		"outcome.md":        func(w io.Writer) error { return OutcomeMarkdown(w, o) },
		"outcome.github":    func(w io.Writer) error { return OutcomeGitHub(w, o) },
	}
	for name, write := range views {
		t.Run(name, func(t *testing.T) { golden(t, name, write) })
	}
}

func TestNoControlCharacterReachesATerminal(t *testing.T) {
	for _, write := range []func(io.Writer) error{
		func(w io.Writer) error { return PlanText(w, everything(), Style{}) },
		func(w io.Writer) error { return PlanMarkdown(w, everything()) },
		func(w io.Writer) error { return PlanGitHub(w, everything()) },
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsRune(b.String(), '\x1b') {
			t.Error("an escape sequence out of a name is printed")
		}
	}
}

// broken fails from the nth write on.
type broken struct{ n int }

var errBroken = errors.New("broken pipe")

func (b *broken) Write(p []byte) (int, error) {
	if b.n--; b.n < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestAWriterThatBreaksIsTold(t *testing.T) {
	d, o := everything(), outcome()
	for name, write := range map[string]func(io.Writer) error{
		"plan text":        func(w io.Writer) error { return PlanText(w, d, Style{}) },
		"plan markdown":    func(w io.Writer) error { return PlanMarkdown(w, d) },
		"plan github":      func(w io.Writer) error { return PlanGitHub(w, d) },
		"outcome text":     func(w io.Writer) error { return OutcomeText(w, o, Style{}) },
		"outcome markdown": func(w io.Writer) error { return OutcomeMarkdown(w, o) },
		"outcome github":   func(w io.Writer) error { return OutcomeGitHub(w, o) },
		"json":             func(w io.Writer) error { return Data(w, JSON, o) },
	} {
		if err := write(&broken{}); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Data(io.Discard, JSON, func() {}); err == nil {
		t.Error("what is no data is written")
	}
}

func TestAnOutcomeWithoutAnythingHasListsAndNoNull(t *testing.T) {
	var b strings.Builder
	if err := Data(&b, JSON, NewOutcome(plan.Head{}, nil)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Error(b.String())
	}
}

// big is a plan of n objects that each differ in a long document.
func big(n, length int) plan.Document {
	d := everything()
	for i := range n {
		d.Changes = append(d.Changes, plan.Entry{Kind: "role", Name: fmt.Sprintf("role-%05d", i), Action: resource.Update, Reason: resource.Drift,
			Fields: []plan.Field{{Path: "/trust", Before: strings.Repeat("é", length), After: "x"}}})
	}
	return d
}

func TestMarkdownFitsIntoAComment(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {10, 1000}, {10, 100_000}, {3000, 10}, {100_000, 1}} {
		var b strings.Builder
		d := big(size[0], size[1])
		if err := PlanMarkdown(&b, d); err != nil {
			t.Fatal(err)
		}
		if b.Len() > maxComment {
			t.Errorf("%d objects of %d: %d bytes", size[0], size[1], b.Len())
		}
		if !strings.Contains(b.String(), "Plan: 1 to create") || !strings.Contains(b.String(), "will be refused") {
			t.Errorf("%d objects of %d: the summary is missing", size[0], size[1])
		}
		if got, want := strings.Contains(b.String(), "left out here"), size[0]*size[1] > 20_000; got != want {
			t.Errorf("%d objects of %d: it says that something is left out: %v, want %v", size[0], size[1], got, want)
		}
		if open, closed := strings.Count(b.String(), "<details>"), strings.Count(b.String(), "</details>"); open != closed {
			t.Errorf("%d parts are opened and %d closed", open, closed)
		}
	}
}

func TestGitHubShowsTenOfALevel(t *testing.T) {
	var b strings.Builder
	if err := PlanGitHub(&b, big(30, 1)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "::notice "); n != maxAnnotations {
		t.Errorf("%d notices, want %d", n, maxAnnotations)
	}
	if !strings.Contains(b.String(), "26 more are not shown as annotations") || !strings.Contains(b.String(), "::error ") {
		t.Error(b.String())
	}
}

func TestGitHubErrorsPointAtTheirPlace(t *testing.T) {
	errs := spec.Errors{
		{At: spec.Position{File: "deploy_config/a,b:c.yml", Line: 3, Column: 5}, Path: "spec.role", Message: "it is\n100% wrong\r", Hint: "fix it"},
		{At: spec.Position{File: "x.yml"}, Message: "bad"},
		{Message: "no place"},
	}
	const want = "::error file=deploy_config/a%2Cb%3Ac.yml,line=3,col=5::spec.role: it is%0A100%25 wrong%0D (fix it)\n" +
		"::error file=x.yml::bad\n::error::no place\n"
	var b strings.Builder
	if err := ErrorGitHub(&b, errs); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestFormats(t *testing.T) {
	if diff := cmp.Diff([]Format{"text", "json", "yaml", "markdown", "github"}, Formats()); diff != "" {
		t.Error(diff)
	}
}

func TestPlanExit(t *testing.T) {
	changes, none := plan.Document{Summary: plan.Summary{Update: 1}}, plan.Document{Summary: plan.Summary{Noop: 9}}
	refused := plan.Document{Summary: plan.Summary{Update: 1}, Changes: []plan.Entry{{Error: conflict("", "no")}}}
	for _, c := range []struct {
		d        plan.Document
		detailed bool
		want     int
	}{{changes, false, ExitDone}, {changes, true, ExitChanges}, {none, true, ExitDone}, {none, false, ExitDone}, {refused, true, ExitFailed}, {refused, false, ExitFailed}} {
		if got := PlanExit(c.d, c.detailed); got != c.want {
			t.Errorf("%+v, detailed %v: exit %d, want %d", c.d.Summary, c.detailed, got, c.want)
		}
	}
}

func TestOutcomeExit(t *testing.T) {
	done := Result{Status: apply.Done}
	for name, c := range map[string]struct {
		results     []Result
		interrupted bool
		want        int
	}{
		"nothing":                {nil, false, ExitDone},
		"done":                   {[]Result{done}, false, ExitDone},
		"failed":                 {[]Result{done, {Status: apply.Failed}}, false, ExitFailed},
		"a dependent skipped":    {[]Result{done, {Status: apply.Skipped}}, false, ExitFailed},
		"held":                   {[]Result{done, {Status: apply.Skipped, Held: "drift: report"}}, false, ExitDone},
		"interrupted":            {[]Result{done, {Status: apply.Skipped}}, true, ExitInterrupted},
		"interrupted at the end": {[]Result{done}, true, ExitInterrupted},
	} {
		if got := OutcomeExit(Outcome{Results: c.results}, c.interrupted); got != c.want {
			t.Errorf("%s: exit %d, want %d", name, got, c.want)
		}
	}
}

func TestErrorExit(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, ExitDone},
		{errors.New("x"), ExitFailed},
		{fmt.Errorf("load: %w", &spec.Error{Message: "bad"}), ExitBadInput},
		{fmt.Errorf("load: %w", spec.Errors{{Message: "bad"}}), ExitBadInput},
		{&UsageError{Message: "bad"}, ExitBadInput},
		{fmt.Errorf("read: %w", context.Canceled), ExitInterrupted},
		{context.DeadlineExceeded, ExitFailed},
		{&resource.Error{Class: resource.Throttled, Message: "slow"}, ExitFailed},
	} {
		if got := ErrorExit(c.err); got != c.want {
			t.Errorf("%v: exit %d, want %d", c.err, got, c.want)
		}
	}
}

func TestUsageError(t *testing.T) {
	for want, err := range map[string]*UsageError{"bad": {Message: "bad"}, "bad (good)": {Message: "bad", Hint: "good"}} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err.Error(), want)
		}
	}
}

func TestFailureOfAnOutcome(t *testing.T) {
	got := outcome().Results[1].Error
	want := &plan.Failure{Class: resource.Terminal, Message: "update role shop-api: IAM UpdateRole: AccessDenied: no | way,\nat all: 100%", Hint: "ask for it"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
