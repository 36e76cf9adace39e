package page

import (
	"fmt"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (v overviewPage) html() g.Node {
	return g.Group{
		v.truth(),
		g.If(v.All > 0, h.Search(v.Filter.form(), h.Ul(h.Class("counts"), h.Aria("label", "Tasks by state"), g.Map(v.Counts, count.html)))),
		v.matched(),
		v.attention(),
		g.If(len(v.Rest) > 0, section("rest", "Nothing to do", g.Map(v.Rest, group.html))),
		v.environments(),
		v.happened(),
	}
}

func (v overviewPage) truth() g.Node {
	where := ""
	if v.One != nil {
		where = v.One.Name
	}
	return headline(v.Tone, where, v.Truth, told("also", v.Also))
}

// headline is what matters most, which is told when it changes.
func headline(m mark, where, truth string, more ...g.Node) g.Node {
	return h.Div(h.Class("truth "+m.Class), h.Aria("live", "polite"), h.Aria("atomic", "true"),
		h.H1(m.sign(), g.If(where != "", g.Group{h.Span(h.Class("where"), g.Text(where)), g.Text(" ")}), g.Text(truth)), g.Group(more))
}

func (f filter) form() g.Node {
	states := g.Map(f.States, func(c choice) g.Node {
		return h.Option(h.Value(c.Value), g.If(c.Chosen, h.Selected()), g.Text(c.Word))
	})
	return h.Form(h.Method("get"), h.Aria("label", "Find tasks"),
		h.Input(h.ID("q"), h.Aria("label", "Find"), h.Name("q"), h.Type("search"), h.Value(f.Query),
			h.Placeholder("task, label or object"), h.AutoComplete("off"), g.Attr("spellcheck", "false")),
		h.Select(h.ID("state"), h.Aria("label", "State"), h.Name("state"), h.Option(h.Value(""), g.Text("any state")), states),
		h.Button(g.Text("Find")),
	)
}

func (c count) html() g.Node {
	return h.Li(key("count "+c.Mark.Class), h.A(c.URL.href(), g.If(c.Chosen, h.Aria("current", "true")),
		c.Mark.sign(), h.B(g.Text(strconv.Itoa(c.N))), g.Text(" "+c.Mark.Word)))
}

func (v overviewPage) matched() g.Node {
	if !v.Filter.Narrows() {
		return nil
	}
	text := fmt.Sprintf("%d of %d match", v.Matches, v.All)
	if v.Filter.Query != "" {
		text += " “" + v.Filter.Query + "”"
	}
	return h.P(h.Class("matches"), g.Text(text+". "), h.A(h.Href("?"), g.Text("Show all")))
}

func (v overviewPage) attention() g.Node {
	if len(v.Alarms)+len(v.Attention)+len(v.More) == 0 {
		return nil
	}
	return section("attention", "Needs attention", g.Map(v.Alarms, alarm.html), g.Map(v.Attention, card.html), more(v.More))
}

func (a alarm) html() g.Node {
	return h.Article(h.Class("card "+a.Mark.Class), key("alarm "+a.Environment+" "+a.Title+" "+a.Message),
		h.H3(a.Mark.sign(), g.If(a.Environment != "", g.Group{h.A(a.EnvironmentURL.href(), g.Text(a.Environment)), g.Text(": ")}), g.Text(a.Title)),
		h.P(h.Class("message"), g.Text(a.Message), g.If(a.Since.ISO != "", g.Group{g.Text(" "), note(a.Since.after("since "))})),
	)
}

// more are the tasks that need attention and have no card.
func more(cards []card) g.Node {
	if len(cards) == 0 {
		return nil
	}
	return g.Group{
		h.H3(g.Text(fmt.Sprintf("And %d more", len(cards)))),
		h.Ul(h.Class("tasks"), g.Map(cards, func(c card) g.Node {
			return h.Li(key("more "+string(c.URL)), c.line(), g.Text(" "), note(g.Text(c.Environment)))
		})),
	}
}

func (of group) html() g.Node {
	return h.Div(key("rest "+of.Environment),
		h.H3(h.A(of.URL.href(), g.Text(of.Environment)), g.Text(" "), note(g.Text(strconv.Itoa(len(of.Tasks))))),
		h.Ul(h.Class("tasks"), g.Map(of.Tasks, func(c card) g.Node {
			return h.Li(key(string(c.URL)), c.line(), g.If(c.Suspension != nil, g.Group{g.Text(" "), c.Suspension.html()}))
		})),
	)
}

func (v overviewPage) environments() g.Node {
	if len(v.Facts) == 0 {
		return nil
	}
	title := "Environments"
	if v.One != nil {
		title = "The environment"
	}
	return section("environments", title, h.Div(h.Class("environments"), g.Map(v.Facts, func(f facts) g.Node { return f.html(v.One != nil) })))
}

// html tells of the conditions where the environment is alone on the page, and
// has said its truth.
func (f facts) html(alone bool) g.Node {
	return h.Article(h.Class("environment"), key("facts "+f.Name),
		h.H3(f.Mark.sign(), h.A(f.URL.href(), g.Text(f.Name))),
		g.If(!alone, h.P(g.Text(f.Truth))),
		h.Dl(
			fact("project", f.Project),
			term("account", g.Text(f.Account)),
			term("region", g.Text(f.Region)),
			g.If(f.Revision != "", term("spec", h.Code(g.Text(f.Revision)))),
			term("last scan", f.LastScan.or("none yet")),
			term("next scan", f.NextScan.or("none planned")),
			fact("worked by", f.Member),
		),
		g.If(alone, conditionsHTML(f.Conditions)),
	)
}

func term(name string, of g.Node) g.Node { return g.Group{h.Dt(g.Text(name)), h.Dd(of)} }

// fact is left out where nothing is known.
func fact(name, text string) g.Node { return g.If(text != "", term(name, g.Text(text))) }

func (v overviewPage) happened() g.Node {
	if len(v.History) == 0 {
		return nil
	}
	title := "What happened last"
	if v.Whole {
		title = "What happened"
	}
	return section("history", title, historyHTML(v.History))
}
