package page

import (
	"fmt"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (v taskPage) html() g.Node {
	c := v.Task
	return g.Group{
		h.Nav(h.Aria("label", "Where you are"), h.P(h.Class("trail"), h.A(h.Href("/"), g.Text("all")), g.Text(" / "), h.A(c.EnvironmentURL.href(), g.Text(c.Environment)))),
		headline(c.Mark, c.Name, c.Mark.Word),
		v.meta(),
		v.labels(),
		c.Suspension.html(),
		told("message", c.Message),
		g.If(len(c.Objects) > 0, section("objects", "Objects", c.objects())),
		g.If(len(v.Conditions) > 0, section("conditions", "Conditions", conditionsHTML(v.Conditions))),
		section("history", "What happened", v.happened()),
	}
}

func (v taskPage) meta() g.Node {
	c := v.Task
	checked := g.Text("not checked yet")
	if c.Checked.ISO != "" {
		checked = c.Checked.after("checked ")
	}
	return h.P(h.Class("meta"),
		g.If(c.Since.ISO != "", g.Group{c.Since.after("since "), g.Text(" · ")}),
		checked,
		c.Next.after(" · next check "),
		g.Text(fmt.Sprintf(" · spec %d", v.Generation)),
		g.If(v.Revision != "", g.Group{g.Text(", "), h.Code(g.Text(v.Revision))}),
	)
}

func (v taskPage) labels() g.Node {
	return g.If(len(v.Labels) > 0, h.P(h.Class("labels"), g.Map(v.Labels, func(label string) g.Node { return g.Group{h.Code(g.Text(label)), g.Text(" ")} })))
}

func (v taskPage) happened() g.Node {
	if len(v.History) == 0 {
		return told("note", "Nothing yet.")
	}
	return historyHTML(v.History)
}

// html is a card on a page of many tasks.
func (c card) html() g.Node {
	rest := "objects are"
	if c.InSync == 1 {
		rest = "object is"
	}
	return h.Article(h.Class("card "+c.Mark.Class), key("task "+string(c.URL)),
		h.H3(h.A(c.URL.href(), g.Text(c.Name)), g.Text(" "), note(g.Text("in "), h.A(c.EnvironmentURL.href(), g.Text(c.Environment)))),
		h.P(h.Class("meta"), c.Mark.state(), c.Since.after(" since "), c.Checked.after(" · checked "), c.Next.after(" · next ")),
		c.Suspension.html(),
		told("message", c.Message),
		c.objects(),
		g.If(c.InSync > 0, told("note", fmt.Sprintf("%d more %s in sync", c.InSync, rest))),
	)
}

func (c card) objects() g.Node { return h.Ul(h.Class("objects"), g.Map(c.Objects, object.html)) }

// line is a card's name and state.
func (c card) line() g.Node {
	return h.A(c.URL.href(), c.Mark.sign(), g.Text(c.Name), aside(": "+c.Mark.Word))
}

// html is nothing where nothing is suspended.
func (s *suspension) html() g.Node {
	if s == nil {
		return nil
	}
	until := g.Group{g.Text("until it is resumed")}
	if s.Until.ISO != "" {
		until = g.Group{g.Text("until "), s.Until.clock()}
	}
	return h.Span(h.Class("held"), suspended.state(), g.Text(" "+s.Reason+" "), note(until))
}
