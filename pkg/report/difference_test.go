package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/plan"
)

func TestDifferences(t *testing.T) {
	policy := func(action string) any {
		return map[string]any{"Statement": []any{map[string]any{"Action": action, "Effect": "Allow", "Resource": "arn:aws:s3:::a-bucket-with-a-name-that-is-long/*"}}}
	}
	got, only := Differences([]plan.Field{
		{Path: applied, Before: "0e", After: "0f"},
		{Path: "/tags/a~1b", Before: "x\x1b[2J", After: nil},
		{Path: "/value", Before: "never shown", After: "never shown", Sensitive: true, Note: "put by alice"},
		{Path: "/policy", Before: policy("s3:*"), After: policy("s3:GetObject")},
	})
	want := []Difference{
		{Path: "/tags/a/b", Before: `"x\u001b[2J"`, After: "(none)"},
		{Path: "/value", Sensitive: true, Note: "put by alice"},
		{Path: "/policy", Lines: []string{" {", `   "Statement": [`, "     {", `-      "Action": "s3:*",`, `+      "Action": "s3:GetObject",`,
			`       "Effect": "Allow",`, `       "Resource": "arn:aws:s3:::a-bucket-with-a-name-that-is-long/*"`, "     }"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || only != "" {
		t.Error(only, diff)
	}
	if got, only := Differences([]plan.Field{{Path: applied, After: "0f"}}); got != nil || only != appliedAlone {
		t.Errorf("our mark alone: %v, %q", got, only)
	}
}
