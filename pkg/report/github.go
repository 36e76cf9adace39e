package report

import (
	"fmt"
	"io"
	"strings"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/spec"
)

// GitHub's limits: ten annotations of each level show for a step.
const maxAnnotations = 10

// PlanGitHub writes a plan as workflow commands.
func PlanGitHub(w io.Writer, d plan.Document) error {
	a := &annotator{printer: printer{w: w}}
	for _, e := range d.Changes {
		if e.Error != nil {
			a.say("error", fmt.Sprintf("%s %s", e.Kind, e.Name), e.Error.Message+" "+e.Error.Hint)
			continue
		}
		a.say("notice", fmt.Sprintf("%s %s", e.Kind, e.Name), string(e.Action)+because(e))
	}
	for _, text := range d.Warnings {
		a.say("warning", "spec", text)
	}
	a.rest()
	a.printf("%s\n", planSummary(d))
	return a.err
}

// OutcomeGitHub writes what apply did as workflow commands.
func OutcomeGitHub(w io.Writer, o Outcome) error {
	a := &annotator{printer: printer{w: w}}
	for _, r := range o.Results {
		level, text := "notice", string(r.Action)+" "+string(r.Status)
		if r.Error != nil {
			level, text = "error", text+": "+r.Error.Message+" "+r.Error.Hint
		}
		a.say(level, fmt.Sprintf("%s %s", r.Kind, r.Name), text)
	}
	a.rest()
	a.printf("%d done, %d failed, %d skipped\n", o.Summary.Done, o.Summary.Failed, o.Summary.Skipped)
	return a.err
}

// ErrorGitHub writes complaints about the input as workflow commands that
// point at their file and line.
func ErrorGitHub(w io.Writer, errs spec.Errors) error {
	a := &annotator{printer: printer{w: w}}
	for _, e := range errs {
		if a.count("error") {
			a.printf("::error file=%s,line=%d,col=%d::%s\n", property(e.At.File), e.At.Line, e.At.Column, escape(e.Error()))
		}
	}
	a.rest()
	return a.err
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
		a.printf("::%s title=%s::%s\n", level, property(title), escape(strings.TrimSpace(text)))
	}
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
