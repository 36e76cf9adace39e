package page

import (
	"fmt"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// Stamp is a time for a reader: how long ago it was, or until it comes, and
// which it is.
type Stamp struct {
	ISO   string // "" for no time
	Clock string // of the day, with the date when it is another one
	Ago   string // "3 min ago", "in 3 min"
}

// html is how long ago it was; who points at it sees the clock.
func (s Stamp) html() g.Node {
	return h.Time(h.DateTime(s.ISO), h.Title(s.Clock), g.Text(s.Ago))
}

func (s Stamp) clock() g.Node { return h.Time(h.DateTime(s.ISO), g.Text(s.Clock)) }

// after is a word and the time, and nothing without a time.
func (s Stamp) after(word string) g.Node {
	return g.If(s.ISO != "", g.Group{g.Text(word), s.html()})
}

// or is the time, or else a word.
func (s Stamp) or(word string) g.Node {
	if s.ISO == "" {
		return g.Text(word)
	}
	return s.html()
}

func stamp(at, now time.Time) Stamp {
	at = at.UTC()
	s := Stamp{ISO: at.Format(time.RFC3339), Clock: at.Format("15:04:05 UTC"), Ago: ago(at, now)}
	if at.Format(time.DateOnly) != now.UTC().Format(time.DateOnly) {
		s.Clock = at.Format("2 Jan 2006, 15:04:05 UTC")
	}
	return s
}

func stampOf(at *time.Time, now time.Time) Stamp {
	if at == nil {
		return Stamp{}
	}
	return stamp(*at, now)
}

func ago(at, now time.Time) string {
	d := now.Sub(at)
	if d < 0 {
		return "in " + roughly(-d)
	}
	return roughly(d) + " ago"
}

func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than 1 min"
	case d < 100*time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}
