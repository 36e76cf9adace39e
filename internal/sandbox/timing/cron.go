package timing

import (
	"slices"
	"strconv"
	"strings"
)

// field is one field of a cron expression.
type field struct {
	least, most int
	names       []string // of least, least+1 …
	special     func(string) bool
	unstepped   bool
}

// fields are minutes, hours, day of month, month, day of week and year, as the
// user guide's table of cron expressions has them.
func fields() []field {
	return []field{
		{least: 0, most: 59},
		{least: 0, most: 23},
		{least: 1, most: 31, special: dayOfMonth},
		{least: 1, most: 12, names: strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")},
		{least: 1, most: 7, names: strings.Fields("SUN MON TUE WED THU FRI SAT"), special: dayOfWeek, unstepped: true},
		{least: 1970, most: 2199},
	}
}

// The places of the two day fields.
const (
	ofMonth = 2
	ofWeek  = 4
)

// IsCron says whether a text is cron(…) with six fields, of which exactly one of
// the two day fields is a question mark.
func IsCron(text string) bool {
	inner, ok := within(text, "cron")
	parts := strings.Split(inner, " ")
	if !ok || len(parts) != len(fields()) {
		return false
	}
	for i, f := range fields() {
		if parts[i] == "?" && (i == ofMonth || i == ofWeek) {
			continue
		}
		if !f.allows(parts[i]) {
			return false
		}
	}
	return (parts[ofMonth] == "?") != (parts[ofWeek] == "?")
}

// within is what stands in the brackets of name(…).
func within(text, name string) (string, bool) {
	inner, opened := strings.CutPrefix(text, name+"(")
	inner, closed := strings.CutSuffix(inner, ")")
	return inner, opened && closed
}

func (f field) allows(text string) bool {
	for item := range strings.SplitSeq(text, ",") {
		if !f.allowsItem(item) {
			return false
		}
	}
	return true
}

// allowsItem takes a value, a range, a star, one of these with a step, and what
// is special to the field.
func (f field) allowsItem(item string) bool {
	if f.special != nil && f.special(item) {
		return true
	}
	span, step, stepped := strings.Cut(item, "/")
	if stepped && (f.unstepped || !isBetween(step, 1, f.most)) {
		return false
	}
	if span == "*" {
		return true
	}
	from, to, ranged := strings.Cut(span, "-")
	first, ok := f.value(from)
	if !ok || !ranged {
		return ok
	}
	last, ok := f.value(to)
	return ok && first <= last
}

// value is a number within the field's bounds, or one of its names.
func (f field) value(text string) (int, bool) {
	if i := slices.Index(f.names, strings.ToUpper(text)); i >= 0 {
		return f.least + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && isBetween(text, f.least, f.most)
}

func isBetween(text string, least, most int) bool {
	n, err := strconv.Atoi(text)
	return err == nil && strings.Trim(text, "0123456789") == "" && least <= n && n <= most
}

// dayOfMonth knows L, the last day, and 15W, the weekday nearest to a day.
func dayOfMonth(item string) bool {
	day, nearest := strings.CutSuffix(item, "W")
	return item == "L" || nearest && isBetween(day, 1, 31)
}

// dayOfWeek knows L and 5L, the last such day, and 3#2, the second such day.
func dayOfWeek(item string) bool {
	day, last := strings.CutSuffix(item, "L")
	which, n, numbered := strings.Cut(item, "#")
	return item == "L" || last && isBetween(day, 1, 7) || numbered && isBetween(which, 1, 7) && isBetween(n, 1, 5)
}
