package page

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// link leads to a place on these pages. It is made of escaped parts alone, so
// that no name of others' leads elsewhere or runs anything.
type link string

func (l link) href() g.Node { return h.Href(string(l)) }

// document is a whole page. The style and the script are ours and go into it
// byte for byte, as their digests want it; all else is escaped.
func (l *look) document(top head, main ...g.Node) g.Node {
	return h.Doctype(h.HTML(h.Lang("en"),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.TitleEl(g.Text(top.Title)),
			h.Link(h.Rel("icon"), h.ID("icon"), h.Href(top.Icon)),
			h.NoScript(h.Meta(g.Attr("http-equiv", "refresh"), h.Content("30"))),
			h.StyleEl(g.Raw(string(l.style))),
		),
		h.Body(
			h.A(h.Class("skip"), h.Href("#main"), g.Text("Skip to the state of things")),
			banner(top),
			h.Main(h.ID("main"), h.TabIndex("-1"), g.Group(main)),
			foot(top.Version),
			h.Script(g.Raw(string(l.script))),
		),
	))
}

func banner(top head) g.Node {
	places := g.Map(top.Environments, func(p place) g.Node {
		return h.Li(key("nav "+p.Name), h.A(p.URL.href(), g.If(p.Here, h.Aria("current", "page")), p.Mark.sign(), g.Text(p.Name), aside(": "+p.Mark.Word)))
	})
	return h.Header(
		h.A(h.Class("brand"), h.Href("/"), g.Text("reconciler")),
		g.If(len(places) > 0, h.Nav(h.Aria("label", "Environments"), h.Ul(places))),
		h.P(h.Class("asof"), g.Text("as of "), top.At.clock(), g.Text(" "), h.Span(h.ID("live"), g.Attr("data-own"))),
	)
}

func foot(version string) g.Node {
	if version != "" {
		version = " reconciler " + version
	}
	return h.Footer(h.P(g.Text("Read-only. Secrets are never shown. The same "), h.A(h.Href("/api/status"), g.Text("as JSON")), g.Text("."+version)))
}

// key tells the script what stays the same when the page is shown anew.
func key(text string) g.Node { return h.Data("key", text) }

// section has a heading, by which readers of the screen know it.
func section(id, title string, of ...g.Node) g.Node {
	return h.Section(h.Aria("labelledby", id), h.H2(h.ID(id), g.Text(title)), g.Group(of))
}

// told is a paragraph, and nothing without a text.
func told(class, text string) g.Node {
	return g.If(text != "", h.P(h.Class(class), g.Text(text)))
}

// aside is for those who hear the page.
func aside(text string) g.Node { return h.Span(h.Class("aside"), g.Text(text)) }

func note(of ...g.Node) g.Node { return h.Span(h.Class("note"), g.Group(of)) }

func unseen(text string) g.Node { return h.Span(h.Aria("hidden", "true"), g.Text(text)) }
