package daemon

import (
	"fmt"
	"strings"
	"time"
)

// Window is when changes may be made: on some days of the week, from one time
// of the day to another, in a time zone. The zero Window is always open.
type Window struct {
	text     string
	days     [7]bool // by time.Weekday
	from, to time.Duration
	zone     *time.Location
}

// ParseWindow reads "Mon-Fri 09:00-17:00 Europe/Berlin". Days are a list of
// days and ranges, as in "Mon-Thu,Sat"; an end before the start is on the next
// day; without a zone it is UTC.
func ParseWindow(text string) (Window, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Window{}, nil
	}
	if len(words) != 2 && len(words) != 3 {
		return Window{}, fmt.Errorf("%q is no window: want days, times and a zone, as in %q", text, "Mon-Fri 09:00-17:00 Europe/Berlin")
	}
	w := Window{text: strings.Join(words, " "), zone: time.UTC}
	var err error
	if w.days, err = parseDays(words[0]); err != nil {
		return Window{}, err
	}
	if w.from, w.to, err = parseHours(words[1]); err != nil {
		return Window{}, err
	}
	if len(words) == 3 {
		if w.zone, err = time.LoadLocation(words[2]); err != nil {
			return Window{}, fmt.Errorf("%q is no time zone: want a name such as Europe/Berlin", words[2])
		}
	}
	return w, nil
}

// String is the window as it was written.
func (w Window) String() string { return w.text }

// Open tells whether changes may be made at an instant.
func (w Window) Open(at time.Time) bool {
	if w.zone == nil {
		return true
	}
	at = at.In(w.zone)
	clock := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second
	today, yesterday := w.days[at.Weekday()], w.days[(at.Weekday()+6)%7]
	if w.from < w.to {
		return today && clock >= w.from && clock < w.to
	}
	return today && clock >= w.from || yesterday && clock < w.to
}

func parseDays(text string) (days [7]bool, err error) {
	for part := range strings.SplitSeq(text, ",") {
		first, last, ranged := strings.Cut(part, "-")
		from, ok := parseDay(first)
		to := from
		if ok && ranged {
			to, ok = parseDay(last)
		}
		if !ok {
			return days, fmt.Errorf("%q are no days: want Mon, Tue, Wed, Thu, Fri, Sat, Sun, as in Mon-Fri or Mon,Wed", text)
		}
		for d := from; ; d = (d + 1) % 7 {
			days[d] = true
			if d == to {
				break
			}
		}
	}
	return days, nil
}

func parseDay(text string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(text, d.String()[:3]) || strings.EqualFold(text, d.String()) {
			return d, true
		}
	}
	return 0, false
}

func parseHours(text string) (from, to time.Duration, err error) {
	first, last, ok := strings.Cut(text, "-")
	a, errA := time.Parse("15:04", first)
	b, errB := time.Parse("15:04", last)
	if last == "24:00" {
		b, errB = a.Truncate(24*time.Hour), nil
	}
	if !ok || errA != nil || errB != nil {
		return 0, 0, fmt.Errorf("%q are no times of day: want them as in 09:00-17:00", text)
	}
	return sinceMidnight(a), sinceMidnight(b), nil
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}
