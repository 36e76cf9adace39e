package daemon

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestWindow(t *testing.T) {
	for _, c := range []struct {
		window, at string
		open       bool
	}{
		{"", "2026-01-01T00:00:00Z", true},
		{"Mon-Fri 09:00-17:00", "2026-11-27T09:00:00Z", true},                  // a Friday
		{"Mon-Fri 09:00-17:00", "2026-11-27T08:59:59Z", false},                 // too early
		{"Mon-Fri 09:00-17:00", "2026-11-27T17:00:00Z", false},                 // its end is out
		{"Mon-Fri 09:00-17:00", "2026-11-28T12:00:00Z", false},                 // Saturday
		{"Mon-Fri 09:00-17:00 Europe/Berlin", "2026-11-27T08:00:00Z", true},    // 09:00 there
		{"Mon-Fri 09:00-17:00 Europe/Berlin", "2026-07-03T07:00:00Z", true},    // 09:00 there, in summer
		{"Mon-Fri 09:00-17:00 Europe/Berlin", "2026-07-03T15:00:00Z", false},   // 17:00 there
		{"sat,sun 00:00-24:00", "2026-11-28T23:59:59Z", true},                  // until midnight
		{"Sat 22:00-04:00", "2026-11-29T03:59:00Z", true},                      // over midnight
		{"Sat 22:00-04:00", "2026-11-28T03:59:00Z", false},                     // that would be Friday's
		{"Sat 22:00-04:00", "2026-11-29T22:30:00Z", false},                     // Sunday's is none
		{"Fri-Mon 10:00-11:00", "2026-11-29T10:30:00Z", true},                  // over the week's end
		{"Fri-Mon 10:00-11:00", "2026-11-25T10:30:00Z", false},                 // Wednesday
		{"Monday,Wednesday 10:00-11:00 UTC", "2026-11-25T10:30:00Z", true},     // in full
		{"Mon-Sun 00:00-24:00 Asia/Kolkata", "2026-11-25T18:29:59Z", true},     // always
		{"Tue 00:00-00:00 America/New_York", "2026-11-24T12:00:00Z", true},     // a whole day
		{"Tue 00:00-00:00 America/New_York", "2026-11-25T12:00:00Z", false},    // and not the next
		{"Sun 01:30-03:30 Europe/Berlin", "2026-10-25T01:15:00Z", true},        // the hour that comes twice
		{"Sun 01:30-03:30 Europe/Berlin", "2026-03-29T01:10:00Z", true},        // the hour that is left out
		{"  Mon-Fri   09:00-17:00   UTC ", "2026-11-27T12:00:00Z", true},       // spaces
		{"mon-fri 09:00-17:00 America/New_York", "2026-11-27T21:59:59Z", true}, // 16:59:59 there
	} {
		w, err := ParseWindow(c.window)
		if err != nil {
			t.Errorf("%q: %v", c.window, err)
			continue
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Open(at); got != c.open {
			t.Errorf("%q is open at %s: %v, want %v", c.window, c.at, got, c.open)
		}
	}
}

func TestBadWindows(t *testing.T) {
	for window, want := range map[string]string{
		"Mon-Fri":                 `"Mon-Fri" is no window: want days, times and a zone, as in "Mon-Fri 09:00-17:00 Europe/Berlin"`,
		"Mon-Fry 09:00-17:00":     `"Mon-Fry" are no days: want Mon, Tue, Wed, Thu, Fri, Sat, Sun, as in Mon-Fri or Mon,Wed`,
		"Mon 9-17":                `"9-17" are no times of day: want them as in 09:00-17:00`,
		"Mon 09:00-25:00":         `"09:00-25:00" are no times of day: want them as in 09:00-17:00`,
		"Mon 09:00-17:00 Berlin":  `"Berlin" is no time zone: want a name such as Europe/Berlin`,
		"Mon 09:00-17:00 UTC too": `"Mon 09:00-17:00 UTC too" is no window: want days, times and a zone, as in "Mon-Fri 09:00-17:00 Europe/Berlin"`,
	} {
		if _, err := ParseWindow(window); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", window, err, want)
		}
	}
}

func FuzzParseWindow(f *testing.F) {
	for _, seed := range []string{"", "Mon-Fri 09:00-17:00 Europe/Berlin", "Sat 22:00-04:00", "sun,mon 00:00-24:00 UTC"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWindow(text)
		if err != nil {
			return
		}
		again, err := ParseWindow(w.String())
		if err != nil || again.days != w.days || again.from != w.from || again.to != w.to {
			t.Errorf("%q is read as %q and that as %q: %v", text, w, again, err)
		}
	})
}
