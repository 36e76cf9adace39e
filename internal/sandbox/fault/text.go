package fault

import (
	"strconv"
	"strings"
	"unicode"
)

// String is the rule as Parse reads it.
func (r Rule) String() string {
	var b strings.Builder
	add := func(key, value string) {
		if value == "" || value == "0" || value == "0s" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(key + "=" + quoted(value))
	}
	add("kind", string(r.Kind))
	add("match", r.Match)
	add("rate", strconv.FormatFloat(r.Rate, 'g', -1, 64))
	add("nth", strconv.Itoa(r.Nth))
	add("count", strconv.Itoa(r.Count))
	add("after", r.After.String())
	add("for", r.For.String())
	add("delay", delayText(r))
	add("offset", r.Offset.String())
	add("code", r.Code)
	add("message", r.Message)
	add("status", strconv.Itoa(r.Status))
	return b.String()
}

// delayText is a delay, or two with a hyphen between them.
func delayText(r Rule) string {
	if r.DelayMax == 0 {
		return r.Delay.String()
	}
	return r.Delay.String() + "-" + r.DelayMax.String()
}

// quoted puts a value into quotes where Parse would not read it without.
func quoted(value string) string {
	plain := func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !strings.ContainsRune(`";`, r)
	}
	if value != "" && !strings.ContainsFunc(value, func(r rune) bool { return !plain(r) || r == unicode.ReplacementChar }) {
		return value
	}
	return strconv.Quote(value)
}
