package page

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"ecs-reconciler/pkg/daemon/status"
)

// Bounds on a page of many tasks.
const (
	maxCards   = 40  // told in full; the others on a line each
	maxOpen    = 3   // as many cards show their differences without being asked
	recently   = 12  // of the history on the page of all environments
	historyMax = 200 // of the history on an environment's page
	overdue    = 2 * time.Minute
)

// overviewPage is / and /ENV.
type overviewPage struct {
	head
	Truth   string
	Also    string // what is wrong besides the tasks
	Tone    mark
	One     *facts // of /ENV
	Counts  []count
	Filter  filter
	Matches int
	All     int

	Alarms    []alarm
	Attention []card
	More      []card
	Rest      []group
	Facts     []facts
	History   []happening
	Whole     bool // the history is
}

// count is a state and how many tasks are in it, as a link to these.
type count struct {
	Mark   mark
	N      int
	URL    link
	Chosen bool
}

// alarm is what is wrong with an environment itself.
type alarm struct {
	Environment    string
	EnvironmentURL link
	Mark           mark
	Title, Message string
	Since          Stamp
}

// group is an environment's tasks that need no attention.
type group struct {
	Environment string
	URL         link
	Tasks       []card
}

// facts are what is known of an environment.
type facts struct {
	Name                                       string
	URL                                        link
	Project, Account, Region, Revision, Member string
	LastScan, NextScan                         Stamp
	Truth                                      string
	Mark                                       mark
	Conditions                                 []condition
}

func (p *Page) overview(w http.ResponseWriter, r *http.Request) {
	all := p.board.Snapshot()
	shown, here := all, r.PathValue("environment")
	if here != "" {
		one, ok := named(all, here)
		if !ok {
			p.nothing(w, r)
			return
		}
		shown = []status.Environment{one}
	}
	v := p.overviewOf(all, shown, here, filterOf(r))
	p.write(w, http.StatusOK, v.head, v.html())
}

func (p *Page) overviewOf(all, shown []status.Environment, here string, f filter) overviewPage {
	now := p.now()
	v := overviewPage{Filter: f, Whole: here != ""}
	total := tallyOf(shown)
	for _, e := range shown {
		v.Alarms = append(v.Alarms, alarms(e, now)...)
		v.Facts = append(v.Facts, factsOf(e, now))
		v.add(e, now)
		v.History = append(v.History, happenings(e, "", now, briefLines, historyMax)...)
	}
	if err := p.ready(); err != nil {
		v.Alarms = append([]alarm{{Mark: failed, Title: "the daemon is not ready", Message: err.Error()}}, v.Alarms...)
	}
	v.order(here == "")
	v.All, v.Truth, v.Tone = total.all, total.truth(), total.worst()
	if grave := slices.DeleteFunc(slices.Clone(v.Alarms), func(a alarm) bool { return a.Mark == pending }); len(grave) > 0 {
		v.Tone = worse(v.Tone, grave)
		v.Truth, v.Also = strings.Replace(v.Truth, "are as", "were as", 1), alarmed(grave)
	}
	v.Counts = countsOf(shown, total, f)
	title := v.Truth
	if here != "" {
		v.One = &v.Facts[0]
		title = here + ": " + v.Truth
	}
	if v.Also != "" {
		title += "; " + v.Also
	}
	v.head = p.head(title, here, v.Tone, all, now)
	return v
}

func alarmed(alarms []alarm) string {
	var names []string
	for _, a := range alarms {
		if !slices.Contains(names, a.Environment) && a.Environment != "" {
			names = append(names, a.Environment)
		}
	}
	switch {
	case len(names) == 0:
		return "the daemon is not ready"
	case len(names) == 1:
		return names[0] + " itself needs attention"
	default:
		return fmt.Sprintf("%d environments themselves need attention", len(names))
	}
}

func worse(tone mark, alarms []alarm) mark {
	for _, a := range alarms {
		if a.Mark.rank() < tone.rank() {
			tone = a.Mark
		}
	}
	return tone
}

// add puts an environment's tasks where they belong.
func (v *overviewPage) add(e status.Environment, now time.Time) {
	rest := group{Environment: e.Environment, URL: environmentURL(e.Environment)}
	for _, t := range e.Tasks {
		if !v.Filter.takes(t) {
			continue
		}
		v.Matches++
		c := cardOf(e, t, now, briefLines, false)
		if c.Mark == inSync || c.Mark == unchecked {
			rest.Tasks = append(rest.Tasks, c)
		} else {
			v.Attention = append(v.Attention, c)
		}
	}
	if len(rest.Tasks) > 0 {
		v.Rest = append(v.Rest, rest)
	}
}

// order puts the worst first, and the newest.
func (v *overviewPage) order(brief bool) {
	slices.SortStableFunc(v.Attention, func(a, b card) int { return cmp.Compare(a.Mark.rank(), b.Mark.rank()) })
	if len(v.Attention) > maxCards {
		v.Attention, v.More = v.Attention[:maxCards], v.Attention[maxCards:]
	}
	for i := range v.Attention[:min(maxOpen, len(v.Attention))] {
		for j := range v.Attention[i].Objects {
			v.Attention[i].Objects[j].Open = true
		}
	}
	slices.SortStableFunc(v.History, func(a, b happening) int { return b.at.Compare(a.at) })
	if brief {
		v.History = v.History[:min(recently, len(v.History))]
	}
}

// alarms are the conditions of an environment that are not as they should be,
// a scan that is overdue, and its warnings, which make nothing untrue.
func alarms(e status.Environment, now time.Time) []alarm {
	var out []alarm
	say := func(m mark, title, message string, since Stamp) {
		out = append(out, alarm{e.Environment, environmentURL(e.Environment), m, title, message, since})
	}
	for _, c := range e.Conditions {
		if bad := c.Type == status.Drifted || c.Type == status.Suspended; bad == (c.Status == status.True) && c.Status != status.Unknown {
			m := failed
			if c.Type == status.Suspended {
				m = suspended
			}
			say(m, titleOf(c), c.Message, stamp(c.LastTransitionTime, now))
		}
	}
	if e.NextScan != nil && now.Sub(*e.NextScan) > overdue {
		say(failed, "the next scan is overdue", "it should have begun "+ago(*e.NextScan, now), Stamp{})
	}
	for _, w := range e.Warnings {
		say(pending, "warning", w, Stamp{})
	}
	return out
}

func titleOf(c status.Condition) string {
	switch c.Type {
	case status.SpecLoaded:
		return "the newest spec is refused"
	case status.Scanned:
		return "AWS cannot be read"
	case status.WithinLimits:
		return "a cycle wanted more than it may"
	case status.Suspended:
		return "suspended"
	default:
		return string(c.Type) + " is " + string(c.Status)
	}
}

func factsOf(e status.Environment, now time.Time) facts {
	t := tallyOf([]status.Environment{e})
	m := t.worst()
	if a := alarms(e, now); len(a) > 0 {
		m = worse(m, a)
	}
	return facts{e.Environment, environmentURL(e.Environment), e.Project, e.AccountID, e.Region, e.Revision, e.Member,
		stampOf(e.LastScan, now), stampOf(e.NextScan, now), t.truth(), m, conditionsOf(e.Conditions, now)}
}

func tallyOf(all []status.Environment) tally {
	t := tally{of: map[string]int{}}
	for _, e := range all {
		for _, task := range e.Tasks {
			t.all++
			t.of[markOf(task).Class]++
		}
	}
	return t
}

func countsOf(shown []status.Environment, t tally, f filter) []count {
	held := 0
	for _, e := range shown {
		for _, task := range e.Tasks {
			if task.Suspension != nil {
				held++
			}
		}
	}
	var out []count
	for _, m := range append(marks(), suspended) {
		n := t.of[m.Class]
		if m == suspended {
			n = held
		}
		if n > 0 || f.State == m.Class {
			out = append(out, count{m, n, link("?" + url.Values{"state": {m.Class}}.Encode()), f.State == m.Class})
		}
	}
	return out
}

// head is that of a page about an environment, "" for all.
func (p *Page) head(title, here string, tone mark, all []status.Environment, now time.Time) head {
	top := head{Title: title + " – reconciler", Icon: icon(tone), At: stamp(now, now), Version: p.version}
	for _, e := range all {
		top.Environments = append(top.Environments, place{e.Environment, environmentURL(e.Environment), e.Environment == here, factsOf(e, now).Mark})
	}
	return top
}

func (p *Page) nothing(w http.ResponseWriter, _ *http.Request) {
	p.write(w, http.StatusNotFound, p.head("Nothing here", "", unchecked, p.board.Snapshot(), p.now()),
		h.H1(g.Text("Nothing here")),
		told("message", "No environment or task of this name is watched. It may have been taken out of the spec."),
		h.P(h.A(h.Href("/"), g.Text("Show all that is"))),
	)
}
