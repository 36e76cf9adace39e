package notify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
)

func TestSlack(t *testing.T) {
	e := event(status.DriftFound, "report")
	e.At = time.Date(2026, 3, 14, 3, 7, 30, 0, time.UTC)
	e.Who, e.Message = "<!channel>", "a & b"
	e.Fields = []plan.Field{{Path: "/value", Sensitive: true, Before: "hunter2"}, {Path: "/cpu", Before: "hunter2"}}
	out, err := message{e, 12, 3}.body(Slack)
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{
		"text": "drift: secret s of report in production, by &lt;!channel&gt;, and 12 more",
		"blocks": [
			{"type": "section", "text": {"type": "mrkdwn", "text": "≠ *drift* – report in production"}},
			{"type": "section", "text": {"type": "plain_text", "emoji": false, "text": "secret s\nby &lt;!channel&gt;\na &amp; b\n/value, /cpu\nand 12 more\n3 messages before this one were lost"}},
			{"type": "context", "elements": [{"type": "mrkdwn", "text": "123456789012 · eu-central-1 · 14 Mar 03:07:30 UTC"}]}]}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSlackTakesNoMarkupOfOthers(t *testing.T) {
	e := event(status.SpecBad, "")
	e.Environment, e.Message = "*<https://evil.example|click>* _now_ `x`", strings.Repeat("é<", 5000)
	out := message{Event: e}.slack()
	head, details := out.Blocks[0].Text.Text, out.Blocks[1].Text.Text
	if strings.ContainsAny(head, "<>`") && !strings.Contains(head, "\u2060`\u2060") || strings.Contains(head, " _now") || strings.Contains(head, "<https") {
		t.Error(head)
	}
	if n := utf8.RuneCountInString(details); n > 3000 || strings.Contains(details, "<") || !strings.HasSuffix(details, "; …") && !strings.HasSuffix(details, "é …") {
		t.Errorf("%d characters, ends in %q", n, details[len(details)-20:])
	}
	for _, what := range []status.What{status.DriftFound, status.Corrected, status.Applied, status.Failed, status.Recovered, status.Fought, status.Stopped, status.SpecBad} {
		if m := (message{Event: event(what, "report")}); m.sign() == "" || m.word() == "" {
			t.Errorf("%s has no sign or word", what)
		}
	}
}
