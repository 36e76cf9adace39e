package report

import (
	"fmt"
	"io"
	"strings"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/spec"
)

// PlanMarkdown writes a plan for a pull request: a table, and the differences
// folded away beneath it. It is never longer than a comment may be.
func PlanMarkdown(w io.Writer, d plan.Document) error {
	c := &comment{}
	c.block("### Plan for `%s` (account %s, %s)\n\n%s\n", d.Environment, d.AccountID, d.Region, planSummary(d))
	if len(d.Changes) > 0 {
		c.block("\n| | kind | name | reason | tasks |\n|---|---|---|---|---|\n")
	}
	for _, e := range d.Changes {
		c.block("| %s | %s | %s | %s | %s |\n", e.Action, e.Kind, code(e.Name), cell(strings.Trim(because(e), " ()")), cell(strings.Join(e.Tasks, ", ")))
	}
	for _, e := range d.Changes {
		if e.Error != nil {
			c.block("\n> **%s** %s\n", code(e.Name), cell(sentence(e.Error)))
		}
	}
	c.warnings(d.Warnings)
	for _, e := range d.Changes {
		if len(e.Fields) > 0 {
			c.block("\n<details><summary>%s %s</summary>\n\n~~~~diff\n%s~~~~\n\n</details>\n", e.Kind, cell(e.Name), differences(e))
		}
	}
	return c.end(w)
}

// OutcomeMarkdown writes what apply did as a table. It is never longer than a
// comment may be.
func OutcomeMarkdown(w io.Writer, o Outcome) error {
	c := &comment{}
	c.block("### Applied to `%s` (account %s, %s)\n\n%s\n", o.Environment, o.AccountID, o.Region, outcomeSummary(o))
	if len(o.Results) > 0 {
		c.block("\n| status | action | kind | name | |\n|---|---|---|---|---|\n")
	}
	for _, r := range o.Results {
		why := ""
		switch {
		case r.Held != "":
			why = leftBecause(r.Held)
		case r.Error != nil:
			why = sentence(r.Error)
		}
		c.block("| %s | %s | %s | %s | %s |\n", r.Status, r.Action, r.Kind, code(r.Name), cell(why))
	}
	c.warnings(o.Warnings)
	return c.end(w)
}

// maxComment is how long a comment on GitHub may be, in characters; a step's
// summary may be longer. Bytes are counted here, which are no fewer.
const maxComment = 65536

// reserve is room for the note about what is left out.
const reserve = 200

// comment collects blocks as long as there is room for them.
type comment struct {
	text strings.Builder
	left int // blocks that did not fit
}

func (c *comment) block(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if c.text.Len()+len(text) > maxComment-reserve {
		c.left++
		return
	}
	c.text.WriteString(text)
}

func (c *comment) warnings(list []string) {
	for i, w := range list {
		if i == 0 {
			c.block("\n**Warnings**\n\n")
		}
		c.block("- %s\n", cell(w))
	}
}

func (c *comment) end(w io.Writer) error {
	if c.left > 0 {
		fmt.Fprintf(&c.text, "\n_%s left out here: GitHub takes %d characters. The other formats have it all._\n",
			count(c.left, "part is", "parts are"), maxComment)
	}
	_, err := io.WriteString(w, c.text.String())
	return err
}

// differences are an object's fields as the lines of a diff.
func differences(e plan.Entry) string {
	var b strings.Builder
	fields, only := shown(e)
	if only != "" {
		fmt.Fprintf(&b, "# %s\n", only)
	}
	for _, f := range fields {
		fmt.Fprintf(&b, "# %s\n", strings.TrimSpace(oneLine(f.Path+"  "+f.Note)))
		if f.Sensitive {
			fmt.Fprintf(&b, "! %s\n", spec.Masked)
			continue
		}
		for _, line := range changedLines(f) {
			fmt.Fprintf(&b, "%s\n", line)
		}
	}
	return b.String()
}

// sentence is a failure and the way out of it.
func sentence(f *plan.Failure) string {
	if f.Hint == "" {
		return f.Message
	}
	return f.Message + " (" + f.Hint + ")"
}

// code is a name in a cell; only a bar means anything there.
func code(text string) string {
	return "`" + strings.NewReplacer("|", `\|`, "`", "'").Replace(oneLine(text)) + "`"
}

// cell makes text fit into one cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(oneLine(text))
}

func oneLine(text string) string {
	return plain(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text))
}
