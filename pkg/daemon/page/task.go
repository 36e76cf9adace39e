package page

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/report"
)

// Bounds on what is shown of one difference: on a page of many tasks, and on a
// task's own.
const (
	briefLines, wholeLines = 24, 2000
	maxLine                = 2000
)

// card is a task with what there is to know of it.
type card struct {
	Environment, Name    string
	EnvironmentURL, URL  link
	Mark                 mark
	Suspension           *suspension
	Message              string // why it is not ready
	Since, Checked, Next Stamp
	Objects              []object
	InSync               int // how many objects are left out since they are
}

type suspension struct {
	Reason string
	Until  Stamp
}

type object struct {
	Kind, Name, Key string
	Mark            mark
	Reason          string
	Note            string
	Message, Hint   string
	Only            string
	Differences     []difference
	Open            bool
}

type difference struct {
	report.Difference
	Rows []row
	Cut  int // lines left out
}

// row is a line of a difference.
type row struct{ Class, Sign, Word, Text string }

// cardOf tells of every object, or only of those that are not in sync.
func cardOf(e status.Environment, t status.Task, now time.Time, lines int, every bool) card {
	c := card{Environment: e.Environment, Name: t.Name, EnvironmentURL: environmentURL(e.Environment), URL: taskURL(e.Environment, t.Name), Mark: markOf(t),
		Checked: stampOf(t.CheckedAt, now), Next: stampOf(t.NextCheck, now)}
	if s := t.Suspension; s != nil {
		c.Suspension = &suspension{s.Reason, stampOf(s.Until, now)}
	}
	if ready, ok := t.Conditions.Get(status.Ready); ok {
		if !ready.LastTransitionTime.IsZero() {
			c.Since = stamp(ready.LastTransitionTime, now)
		}
		if ready.Status != status.True && t.State() == status.Failing {
			c.Message = ready.Message
		}
	}
	for _, o := range t.Objects {
		if o.State == status.InSync && !every {
			c.InSync++
			continue
		}
		c.Objects = append(c.Objects, objectOf(o, lines))
	}
	if len(c.Objects) > 0 {
		c.Message = "" // they say it themselves
	}
	return c
}

func objectOf(o status.Object, lines int) object {
	differences, only := differencesOf(o.Fields, lines)
	if o.State == status.Moved {
		o.Reason = "" // it says no more
	}
	return object{Kind: string(o.Kind), Name: o.Name, Key: string(o.Kind) + " " + o.Name, Mark: markOfState(o.State),
		Reason: strings.ReplaceAll(string(o.Reason), "_", " "), Note: o.Note, Message: o.Message, Hint: o.Hint, Only: only, Differences: differences}
}

func differencesOf(fields []plan.Field, lines int) (out []difference, only string) {
	all, only := report.Differences(fields)
	for _, d := range all {
		one := difference{Difference: d, Cut: max(0, len(d.Lines)-lines)}
		for _, line := range d.Lines[:min(len(d.Lines), lines)] {
			one.Rows = append(one.Rows, rowOf(line))
		}
		out = append(out, one)
	}
	return out, only
}

func rowOf(line string) row {
	text := line[1:]
	if len(text) > maxLine {
		end := maxLine
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + " …"
	}
	switch line[0] {
	case '-':
		return row{"before", "−", "is", text}
	case '+':
		return row{"after", "+", "wanted", text}
	default:
		return row{"", " ", "", text}
	}
}

func environmentURL(environment string) link { return link("/" + url.PathEscape(environment)) }

func taskURL(environment, task string) link {
	return environmentURL(environment) + link("/"+url.PathEscape(task))
}

// taskPage is /ENV/TASK.
type taskPage struct {
	head
	Task       card
	Labels     []string
	Generation int64
	Revision   string
	Conditions []condition
	History    []happening
}

type condition struct {
	Type    string
	Mark    mark
	Reason  string
	Message string
	Since   Stamp
}

func (p *Page) task(w http.ResponseWriter, r *http.Request) {
	all := p.board.Snapshot()
	e, ok := named(all, r.PathValue("environment"))
	i := slices.IndexFunc(e.Tasks, func(t status.Task) bool { return t.Name == r.PathValue("task") })
	if !ok || i < 0 {
		p.nothing(w, r)
		return
	}
	now, t := p.now(), e.Tasks[i]
	v := taskPage{Task: cardOf(e, t, now, wholeLines, true), Generation: t.Generation, Revision: e.Revision,
		Conditions: conditionsOf(t.Conditions, now), History: happenings(e, t.Name, now, wholeLines, len(e.History))}
	v.head = p.head(t.Name+" in "+e.Environment+": "+v.Task.Mark.Word, e.Environment, v.Task.Mark, all, now)
	for i := range v.Task.Objects {
		v.Task.Objects[i].Open = v.Task.Objects[i].Mark != inSync
	}
	for k, value := range t.Labels {
		v.Labels = append(v.Labels, k+"="+value)
	}
	slices.Sort(v.Labels)
	p.write(w, http.StatusOK, v.head, v.html())
}

// conditionsOf marks those well that are as one would have them.
func conditionsOf(of status.Conditions, now time.Time) []condition {
	var out []condition
	for _, c := range of {
		m := mark{Class: "sync", Sign: "✓", Word: string(c.Status)}
		bad := c.Type == status.Drifted || c.Type == status.Suspended
		switch {
		case c.Status == status.Unknown:
			m.Class, m.Sign = unchecked.Class, unchecked.Sign
		case c.Type == status.Suspended && c.Status == status.True:
			m.Class, m.Sign = suspended.Class, suspended.Sign
		case bad == (c.Status == status.True):
			m.Class, m.Sign = classOf(c.Reason)
		}
		out = append(out, condition{string(c.Type), m, c.Reason, c.Message, stamp(c.LastTransitionTime, now)})
	}
	return out
}

// classOf is by a condition's reason, as package status gives them.
func classOf(reason string) (class, sign string) {
	m := failed
	switch reason {
	case "Pending":
		m = pending
	case "Drifted", "Changed":
		m = drifted
	case "Refused":
		m = refused
	}
	return m.Class, m.Sign
}
