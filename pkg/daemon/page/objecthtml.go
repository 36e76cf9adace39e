package page

import (
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (o object) html() g.Node {
	return h.Li(h.Class("object"), key(o.Key),
		h.P(h.Class("name"), o.Mark.state(), g.Text(" "), h.Span(h.Class("kind"), g.Text(o.Kind)), g.Text(" "), h.B(g.Text(o.Name)),
			g.If(o.Reason != "", g.Group{g.Text(" "), note(g.Text(o.Reason))})),
		told("who", o.Note),
		told("message", o.Message),
		g.If(o.Hint != "", h.P(h.Class("hint"), aside("What to do: "), g.Text(o.Hint))),
		folded(o.Differences, o.Only, "What changes", o.Kind+" "+o.Name, o.Open),
	)
}

// folded are differences below a line that tells how many there are, or what
// else there is.
func folded(differences []difference, only, otherwise, of string, open bool) g.Node {
	if len(differences) == 0 && only == "" {
		return nil
	}
	title := otherwise
	if len(differences) > 0 {
		title = counted(len(differences), "difference")
	}
	return h.Details(g.If(open, g.Attr("open")),
		h.Summary(g.Text(title), aside(" of "+of)),
		told("note", only),
		g.If(len(differences) > 0, h.Dl(h.Class("differences"), g.Map(differences, difference.html))),
	)
}

func (d difference) html() g.Node {
	return g.Group{h.Dt(h.Code(g.Text(d.Path))), h.Dd(d.values(), told("note", d.Note))}
}

func (d difference) values() g.Node {
	switch {
	case d.Sensitive:
		return told("masked", "(sensitive) differs; neither value is shown")
	case len(d.Rows) > 0:
		return g.Group{h.Pre(g.Map(d.Rows, row.html)), g.If(d.Cut > 0, told("note", fmt.Sprintf("and %d more lines", d.Cut)))}
	default:
		return g.Group{
			h.P(h.Class("line before"), unseen("− "), aside("is: "), g.Text(d.Before)),
			h.P(h.Class("line after"), unseen("+ "), aside("wanted: "), g.Text(d.After)),
		}
	}
}

func (r row) html() g.Node {
	return h.Span(h.Class("line "+r.Class), unseen(r.Sign+" "), g.If(r.Word != "", aside(r.Word+": ")), g.Text(r.Text+"\n"))
}
