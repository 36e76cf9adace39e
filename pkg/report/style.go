package report

import "ecs-reconciler/pkg/reconcile/resource"

// Style paints text for a terminal; the zero value paints nothing.
type Style struct{ Color bool }

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	bold   = "1"
	faint  = "2"
)

func (s Style) paint(code, text string) string {
	if !s.Color || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// sign is the mark and colour of an action.
func sign(a resource.Action) (mark, color string) {
	switch a {
	case resource.Create:
		return "+", green
	case resource.Update:
		return "~", yellow
	case resource.Replace:
		return "±", yellow
	case resource.Delete:
		return "-", red
	case resource.Noop:
	}
	return " ", faint
}

// Good paints what is as it should be.
func (s Style) Good(text string) string { return s.paint(green, text) }

// Waiting paints what is left as it is on purpose.
func (s Style) Waiting(text string) string { return s.paint(yellow, text) }

// Bad paints what is not as it should be.
func (s Style) Bad(text string) string { return s.paint(red, text) }
