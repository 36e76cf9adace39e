package cli

import (
	"fmt"
	"io"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
)

// progress tells how an apply goes: one line that is rewritten on a terminal,
// a line for each object elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	total    int
	ended    int
}

func newProgress(w io.Writer, terminal bool, p *plan.Plan) *progress {
	s := p.Summary()
	return &progress{w: w, terminal: terminal, total: s.Create + s.Update + s.Replace + s.Delete}
}

func (p *progress) event(e apply.Event) {
	verb := "starting"
	if e.Result != nil {
		p.ended++
		verb = string(e.Result.Status)
	}
	line := fmt.Sprintf("[%d/%d] %s %s: %s", p.ended, p.total, e.Step.Action, e.Step.Key, verb)
	switch {
	case p.terminal:
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	case e.Result != nil:
		fmt.Fprintln(p.w, line)
	}
}

// end clears the terminal's line.
func (p *progress) end() {
	if p.terminal && p.total > 0 {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
