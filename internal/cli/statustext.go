package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/report"
)

// statusText writes an environment for people: a line of what is true of the
// whole, a line for each task, and below it what is not as the spec says.
func statusText(w io.Writer, e status.Environment, style report.Style) error {
	ready := 0
	for _, t := range e.Tasks {
		if t.Conditions.Is(status.Ready) {
			ready++
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s in account %s, %s: %d of %d tasks are as the spec says.\n", e.Environment, e.AccountID, e.Region, ready, len(e.Tasks))
	table := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
	for _, t := range e.Tasks {
		fmt.Fprintf(table, "%s\t%s\t%s\n", signOf(t, style), t.Name, summary(t))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, t := range e.Tasks {
		details(&text, t)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func signOf(t status.Task, style report.Style) string {
	switch {
	case t.Conditions.Is(status.Suspended):
		return style.Waiting("‖")
	case t.Conditions.Is(status.Ready):
		return style.Good("✓")
	default:
		return style.Bad("✗")
	}
}

// summary is the conditions of a task in words.
func summary(t status.Task) string {
	var words []string
	for _, c := range t.Conditions {
		if kind, ok := strings.CutSuffix(string(c.Type), "Synced"); ok {
			words = append(words, kind+" "+c.Reason)
		}
	}
	if s := t.Suspension; s != nil {
		c, _ := t.Conditions.Get(status.Suspended)
		words = append(words, "suspended: "+c.Message)
	}
	return strings.Join(words, ", ")
}

func details(text *strings.Builder, t status.Task) {
	for _, o := range t.Objects {
		if o.State == status.InSync {
			continue
		}
		fmt.Fprintf(text, "\n%s: %s %s is %s\n", t.Name, o.Kind, o.Name, strings.ReplaceAll(string(o.State), "_", " "))
		for _, line := range []string{o.Note, o.Message, o.Hint} {
			if line != "" {
				fmt.Fprintf(text, "  %s\n", line)
			}
		}
		for _, f := range o.Fields {
			fmt.Fprintf(text, "  %s\n", f.Path)
		}
	}
}
