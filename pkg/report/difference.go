package report

import (
	"strings"

	"ecs-reconciler/pkg/reconcile/plan"
)

// Difference is a field as people read it: on one line with Before and After,
// or, where these are long, in Lines of a unified diff, each of which begins
// with +, - or a space. A sensitive field has none of them.
type Difference struct {
	Path          string
	Sensitive     bool
	Before, After string
	Lines         []string
	Note          string
}

// Differences are fields as people read them, in text without control
// characters; only takes their place where nothing but our own mark changes.
func Differences(of []plan.Field) (differences []Difference, only string) {
	fields, only := readable(of)
	for _, f := range fields {
		d := Difference{Path: plain(f.Path), Sensitive: f.Sensitive, Note: plain(f.Note)}
		if !f.Sensitive {
			d.Before, d.After = plain(inline(f.Before)), plain(inline(f.After))
			if !fitsOneLine(d.Before, d.After) {
				d.Lines, d.Before, d.After = changedLines(f), "", ""
			}
		}
		for i := range d.Lines {
			d.Lines[i] = plain(d.Lines[i])
		}
		differences = append(differences, d)
	}
	return differences, only
}

func fitsOneLine(before, after string) bool {
	return len(before)+len(after) <= maxInline && !strings.Contains(before+after, "\n")
}
