package fault

import (
	"strconv"
	"strings"
	"unicode"
)

// String is the rule as Parse reads it.
func (r Rule) String() string {
	var b strings.Builder
	add := func(set bool, key, value string) {
		if !set {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(key + "=" + quoted(value))
	}
	add(r.Kind != "", "kind", string(r.Kind))
	add(r.Match != "", "match", r.Match)
	add(r.Caller != "", "caller", r.Caller)
	add(r.Rate != 0, "rate", strconv.FormatFloat(r.Rate, 'g', -1, 64))
	add(r.Nth != 0, "nth", strconv.Itoa(r.Nth))
	add(r.Count != 0, "count", strconv.Itoa(r.Count))
	add(r.After != 0, "after", r.After.String())
	add(r.For != 0, "for", r.For.String())
	add(r.Delay != 0 || r.DelayMax != 0, "delay", delayText(r))
	add(r.Offset != 0, "offset", r.Offset.String())
	add(r.Code != "", "code", r.Code)
	add(r.Message != "", "message", r.Message)
	add(r.Status != 0, "status", strconv.Itoa(r.Status))
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
