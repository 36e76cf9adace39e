package page

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func historyHTML(of []happening) g.Node {
	return h.Ol(h.Class("history"), g.Map(of, happening.html))
}

func (x happening) html() g.Node {
	where := g.Group{h.A(x.EnvironmentURL.href(), g.Text(x.Environment))}
	if x.Task != "" {
		where = g.Group{h.A(x.TaskURL.href(), g.Text(x.Task)), g.Text(" "), note(g.Text("in " + x.Environment))}
	}
	return h.Li(key(x.Key),
		h.Span(h.Class("when"), x.At.html()),
		h.Div(
			h.P(x.Mark.state(), g.Text(" "), where, g.If(x.Object != "", g.Group{g.Text(" "), h.Span(h.Class("what"), g.Text(x.Object))})),
			g.If(x.Who != "", told("who", "by "+x.Who)),
			told("who", x.Note),
			told("message", x.Message),
			folded(x.Differences, x.Only, "What changed", x.Object, false),
		),
	)
}

func conditionsHTML(of []condition) g.Node {
	return h.Ul(h.Class("conditions"), g.Map(of, condition.html))
}

func (c condition) html() g.Node {
	return h.Li(key(c.Type),
		h.P(c.Mark.state(), g.Text(" "), h.B(g.Text(c.Type)), g.Text(" "), note(g.Text(c.Reason+" "), c.Since.after("since "))),
		h.P(h.Class("message"), g.Text(c.Message)),
	)
}
