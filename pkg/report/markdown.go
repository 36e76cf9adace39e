package report

import (
	"io"
	"strings"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/spec"
)

// PlanMarkdown writes a plan for a pull request: a table, the differences
// folded away beneath it.
func PlanMarkdown(w io.Writer, d plan.Document) error {
	p := &printer{w: w}
	p.printf("### Plan for `%s` (account %s, %s)\n\n%s\n", d.Environment, d.AccountID, d.Region, planSummary(d))
	if len(d.Changes) > 0 {
		p.printf("\n| | kind | name | reason | tasks |\n|---|---|---|---|---|\n")
	}
	for _, e := range d.Changes {
		p.printf("| %s | %s | %s | %s | %s |\n", e.Action, e.Kind, code(e.Name), cell(strings.Trim(because(e), " ()")), cell(strings.Join(e.Tasks, ", ")))
	}
	for _, e := range d.Changes {
		p.details(e)
	}
	p.warnings(d.Warnings)
	return p.err
}

func (p *printer) details(e plan.Entry) {
	if e.Error != nil {
		p.printf("\n> **%s** %s. %s\n", code(e.Name), cell(e.Error.Message), cell(e.Error.Hint))
	}
	if len(e.Fields) == 0 {
		return
	}
	p.printf("\n<details><summary>%s %s</summary>\n\n~~~~diff\n", e.Kind, cell(e.Name))
	for _, f := range e.Fields {
		p.printf("# %s\n", f.Path)
		if f.Sensitive {
			p.printf("! %s\n", spec.Masked)
			continue
		}
		p.prefixed("-", pretty(f.Before))
		p.prefixed("+", pretty(f.After))
	}
	p.printf("~~~~\n\n</details>\n")
}

func (p *printer) prefixed(mark string, text []byte) {
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if line != "" {
			p.printf("%s %s\n", mark, line)
		}
	}
}

func (p *printer) warnings(list []string) {
	for i, w := range list {
		if i == 0 {
			p.printf("\n**Warnings**\n\n")
		}
		p.printf("- %s\n", cell(w))
	}
}

// OutcomeMarkdown writes what apply did as a table.
func OutcomeMarkdown(w io.Writer, o Outcome) error {
	p := &printer{w: w}
	p.printf("### Applied to `%s` (account %s, %s)\n\n%d done, %d failed, %d skipped.\n", o.Environment, o.AccountID, o.Region,
		o.Summary.Done, o.Summary.Failed, o.Summary.Skipped)
	if len(o.Results) > 0 {
		p.printf("\n| status | action | kind | name | |\n|---|---|---|---|---|\n")
	}
	for _, r := range o.Results {
		why := ""
		if r.Error != nil {
			why = strings.TrimSpace(r.Error.Message + " " + r.Error.Hint)
		}
		p.printf("| %s | %s | %s | %s | %s |\n", r.Status, r.Action, r.Kind, code(r.Name), cell(why))
	}
	p.warnings(o.Warnings)
	return p.err
}

func code(text string) string { return "`" + cell(text) + "`" }

// cell makes text fit into one cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ", "<", "&lt;").Replace(text)
}
