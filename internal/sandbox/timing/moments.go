package timing

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are AWS's, not those that this machine happens to have
)

// IsRate says whether a text is rate(…): a positive number and a unit.
func IsRate(text string) bool {
	_, _, ok := rate(text)
	return ok
}

// IsStrictRate is IsRate for EventBridge's rules, where the unit of 1 is
// singular and that of more is plural.
func IsStrictRate(text string) bool {
	n, unit, ok := rate(text)
	return ok && (n == 1) != strings.HasSuffix(unit, "s")
}

func rate(text string) (n int, unit string, ok bool) {
	inner, ok := within(text, "rate")
	count, unit, _ := strings.Cut(inner, " ")
	n, err := strconv.Atoi(count)
	if !ok || err != nil || !isBetween(count, 1, n) {
		return 0, "", false
	}
	switch unit {
	case "minute", "minutes", "hour", "hours", "day", "days":
		return n, unit, true
	default:
		return 0, "", false
	}
}

// IsAt says whether a text is at(…) with a moment that has no zone, such as
// at(2030-01-02T03:04:05). Moments that are over pass, as on AWS.
func IsAt(text string) bool {
	inner, ok := within(text, "at")
	if !ok {
		return false
	}
	_, err := time.Parse("2006-01-02T15:04:05", inner)
	return err == nil && !strings.ContainsAny(inner, ".,")
}

// IsZone says whether a text names a zone of the IANA database.
func IsZone(text string) bool {
	_, err := time.LoadLocation(text)
	return err == nil && text != "" && text != "Local"
}
