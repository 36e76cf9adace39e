package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// GitHub's limits: ten annotations of each level show for a step.
const maxAnnotations = 10

// PlanGitHub writes a plan as workflow commands.
func PlanGitHub(w io.Writer, d plan.Document) error {
	a := &annotator{printer: printer{w: w}}
	for _, e := range d.Changes {
		title := fmt.Sprintf("%s %s", e.Kind, e.Name)
		switch {
		case e.Error != nil:
			a.say("error", title, sentence(e.Error))
		case e.Action != resource.Noop:
			a.say("notice", title, string(e.Action)+because(e))
		}
	}
	a.warnings(d.Warnings)
	a.rest()
	a.printf("%s\n", planSummary(d))
	return a.err
}

// OutcomeGitHub writes what apply did as workflow commands.
func OutcomeGitHub(w io.Writer, o Outcome) error {
	a := &annotator{printer: printer{w: w}}
	for _, r := range o.Results {
		text := string(r.Action) + " " + string(r.Status)
		switch {
		case r.Held != "":
			text += ": " + leftBecause(r.Held)
		case r.Error != nil:
			text += ": " + sentence(r.Error)
		}
		if r.Action != resource.Noop || r.Status != apply.Done {
			a.say(level(r), fmt.Sprintf("%s %s", r.Kind, r.Name), text)
		}
	}
	a.warnings(o.Warnings)
	a.rest()
	a.printf("%s\n", outcomeSummary(o))
	return a.err
}

// level is how loud a result is told.
func level(r Result) string {
	switch {
	case r.Status == apply.Failed:
		return "error"
	case r.Status == apply.Skipped && r.Held == "":
		return "warning"
	default:
		return "notice"
	}
}

// ErrorGitHub writes complaints about the input as workflow commands that
// point at their file and line.
func ErrorGitHub(w io.Writer, errs spec.Errors) error {
	a := &annotator{printer: printer{w: w}}
	for _, e := range errs {
		if a.count("error") {
			without := *e
			without.At = spec.Position{}
			a.printf("::error%s::%s\n", place(e.At), escape(without.Error()))
		}
	}
	a.rest()
	return a.err
}

// place is a position as the properties of a workflow command; "" when it is
// unknown.
func place(at spec.Position) string {
	var known []string
	for _, p := range []struct{ name, value string }{{"file", at.File}, {"line", number(at.Line)}, {"col", number(at.Column)}} {
		if p.value != "" {
			known = append(known, p.name+"="+property(p.value))
		}
	}
	if len(known) == 0 {
		return ""
	}
	return " " + strings.Join(known, ",")
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

type annotator struct {
	printer
	said   map[string]int
	unsaid int
}

func (a *annotator) count(level string) bool {
	if a.said == nil {
		a.said = map[string]int{}
	}
	a.said[level]++
	if a.said[level] > maxAnnotations {
		a.unsaid++
		return false
	}
	return true
}

func (a *annotator) say(level, title, text string) {
	if a.count(level) {
		a.printf("::%s title=%s::%s\n", level, property(plain(title)), escape(plain(text)))
	}
}

// warnings point at their place, where they begin with one.
func (a *annotator) warnings(list []string) {
	for _, text := range list {
		at, message := placed(text)
		if a.count("warning") {
			a.printf("::warning title=spec%s::%s\n", strings.Replace(place(at), " ", ",", 1), escape(plain(message)))
		}
	}
}

// placed takes the place off a warning of the form file:line:column: message,
// as spec.Warning writes it.
func placed(text string) (spec.Position, string) {
	head, message, ok := strings.Cut(text, ": ")
	parts := strings.Split(head, ":")
	if !ok || len(parts) < 2 {
		return spec.Position{}, text
	}
	last := len(parts) - 1
	second, err := strconv.Atoi(parts[last])
	if err != nil || second < 1 {
		return spec.Position{}, text
	}
	if first, err := strconv.Atoi(parts[last-1]); err == nil && first > 0 && last > 1 {
		return spec.Position{File: strings.Join(parts[:last-1], ":"), Line: first, Column: second}, message
	}
	return spec.Position{File: strings.Join(parts[:last], ":"), Line: second}, message
}

func (a *annotator) rest() {
	if a.unsaid > 0 {
		a.printf("%s not shown as annotations: GitHub shows ten of a level\n", count(a.unsaid, "more is", "more are"))
	}
}

func escape(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escape(text))
}
