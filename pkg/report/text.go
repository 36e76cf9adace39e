package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// maxInline is how long a value may be, in characters, to stand on one line
// with its path.
const maxInline = 100

// PlanText writes a plan for people: a line for each object, its differences
// beneath, a summary last.
func PlanText(w io.Writer, d plan.Document, s Style) error {
	p := &printer{w: w, style: s}
	for _, e := range d.Changes {
		p.widen(e.Name)
	}
	p.printf("%s\n\n", s.paint(bold, fmt.Sprintf("%s, account %s, %s", d.Environment, d.AccountID, d.Region)))
	for _, e := range d.Changes {
		p.change(e)
	}
	if len(d.Changes) > 0 {
		p.printf("\n")
	}
	p.printf("%s\n", s.paint(bold, planSummary(d)))
	return p.err
}

func planSummary(d plan.Document) string {
	n := d.Summary
	if n.Create+n.Update+n.Replace+n.Delete == 0 {
		return fmt.Sprintf("No changes: %s as the spec says.", count(n.Noop, "object is", "objects are"))
	}
	text := fmt.Sprintf("Plan: %d to create, %d to update, %d to replace, %d to delete, %d unchanged.",
		n.Create, n.Update, n.Replace, n.Delete, n.Noop)
	refused, held := 0, 0
	for _, e := range d.Changes {
		switch {
		case e.Error != nil:
			refused++
		case e.Held != "":
			held++
		}
	}
	if refused > 0 {
		text += fmt.Sprintf(" %d of these will be refused.", refused)
	}
	if held > 0 {
		text += fmt.Sprintf(" %d of these will be left as is.", held)
	}
	return text
}

func outcomeSummary(o Outcome) string {
	return fmt.Sprintf("Applied: %d done, %d failed, %d skipped.", o.Summary.Done, o.Summary.Failed, o.Summary.Skipped)
}

func leftBecause(held string) string { return "left as it is, because of " + held }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// maxColumn is how wide the column of names becomes, in characters. A longer
// name moves only its own line.
const maxColumn = 64

// printer keeps the first error of a writer.
type printer struct {
	w     io.Writer
	style Style
	names int // width of the column of names
	err   error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// widen makes room for a name.
func (p *printer) widen(name string) {
	if n := utf8.RuneCountInString(name); n <= maxColumn {
		p.names = max(p.names, n)
	}
}

// object begins a line: the mark, the kind and the name, in columns.
func (p *printer) object(mark, color string, kind resource.Type, name string) {
	name = plain(name)
	p.printf("%s%s  ", p.style.paint(color, fmt.Sprintf("%s %-15s %s", mark, kind, name)),
		strings.Repeat(" ", max(0, p.names-utf8.RuneCountInString(name))))
}

// lines writes a text beneath an object, however many lines it has.
func (p *printer) lines(color, mark, text string) {
	for line := range strings.Lines(plain(text)) {
		p.printf("    %s\n", p.style.paint(color, mark+strings.TrimSuffix(line, "\n")))
	}
}

// plain takes the control characters out of a text that others wrote: they
// would move a terminal's cursor.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func (p *printer) change(e plan.Entry) {
	mark, color := sign(e.Action)
	p.object(mark, color, e.Kind, e.Name)
	p.printf("%s%s\n", e.Action, p.style.paint(faint, because(e)))
	fields, only := shown(e)
	for _, f := range fields {
		p.field(e.Action, f)
	}
	p.lines(faint, "", only)
	if e.Error != nil {
		p.lines(red, "! ", e.Error.Message)
		p.lines(cyan, "  ", e.Error.Hint)
	}
}

// because is the reason, and whatever else is to be known of a change.
func because(e plan.Entry) string {
	words := []string{}
	if e.Reason != "" {
		words = append(words, strings.ReplaceAll(string(e.Reason), "_", " "))
	}
	if e.Reason == resource.Adopted {
		words[0] = "adopted: it exists without our tag; apply needs --adopt"
	}
	for _, extra := range []string{e.Note, e.Held} {
		if extra != "" {
			words = append(words, plain(extra))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, "; ") + ")"
}

func (p *printer) field(a resource.Action, f plan.Field) {
	note := ""
	if f.Note != "" {
		note = p.style.paint(faint, "  "+plain(f.Note))
	}
	if f.Sensitive {
		p.printf("    %s: %s%s\n", plain(f.Path), p.style.paint(faint, spec.Masked), note)
		return
	}
	before, after := inline(f.Before), inline(f.After)
	if fitsOneLine(before, after) {
		p.printf("    %s: %s%s\n", plain(f.Path), p.arrow(a, before, after), note)
		return
	}
	p.printf("    %s:%s\n", plain(f.Path), note)
	p.diff(f)
}

// arrow is what a value becomes; of a new object, what it is.
func (p *printer) arrow(a resource.Action, before, after string) string {
	if a == resource.Create {
		return p.style.paint(green, after)
	}
	return p.style.paint(red, before) + " → " + p.style.paint(green, after)
}

// diff shows the lines of two documents that differ.
func (p *printer) diff(f plan.Field) {
	for _, line := range changedLines(f) {
		color := ""
		switch line[0] {
		case '+':
			color = green
		case '-':
			color = red
		}
		p.printf("      %s\n", p.style.paint(color, line))
	}
}

// changedLines are the lines of a unified diff, with three lines around each
// change and without its headings.
func changedLines(f plan.Field) []string {
	var out []string
	unified := string(diff.Diff("", pretty(f.Before), "", pretty(f.After)))
	for line := range strings.Lines(unified) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && !heading(line) {
			out = append(out, line)
		}
	}
	return out
}

func heading(line string) bool {
	for _, prefix := range []string{"diff ", "--- ", "+++ ", "@@"} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// inline is a value on one line.
func inline(v any) string {
	if v == nil {
		return "(none)"
	}
	if text, ok := v.(string); ok && text == resource.KnownAfterApply {
		return text
	}
	return strings.TrimSuffix(string(encode(v, "")), "\n")
}

// pretty is a value on as many lines as it has parts; nothing for none.
func pretty(v any) []byte {
	if v == nil {
		return nil
	}
	return encode(v, "  ")
}

// encode is JSON for a reader: with < > and & as they are.
func encode(v any, indent string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return fmt.Appendf(nil, "(%T)\n", v)
	}
	return b.Bytes()
}

// OutcomeText writes what apply did: a line for each object, a summary last.
func OutcomeText(w io.Writer, o Outcome, s Style) error {
	p := &printer{w: w, style: s}
	if len(o.Results) == 0 {
		p.printf("%s\n", s.paint(bold, "No changes: everything is as the spec says."))
		return p.err
	}
	for _, r := range o.Results {
		p.widen(r.Name)
	}
	for _, r := range o.Results {
		p.result(r)
	}
	p.printf("\n%s\n", s.paint(bold, outcomeSummary(o)))
	return p.err
}

func (p *printer) result(r Result) {
	mark, color := "✓", green
	switch r.Status {
	case apply.Failed:
		mark, color = "✗", red
	case apply.Skipped:
		mark, color = "-", yellow
	case apply.Done:
	}
	p.object(mark, color, r.Kind, r.Name)
	p.printf("%s %s\n", r.Action, r.Status)
	if r.Held != "" {
		p.lines(faint, "", leftBecause(r.Held))
	}
	if r.Error != nil {
		p.lines("", "", r.Error.Message)
		p.lines(cyan, "", r.Error.Hint)
	}
}
