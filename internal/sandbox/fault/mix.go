package fault

import (
	"strconv"
	"time"
)

// Mix is a realistic mixture: rules that together strike about that share of
// all calls (above 0, at most 1), most of them throttled or failed by the
// service, some lost before or after they took effect, and a few with a slow or
// cut body.
func Mix(rate float64) []Rule {
	shares := []struct {
		of   float64
		rule Rule
	}{
		{0.40, Rule{Kind: Throttle}},
		{0.15, Rule{Kind: Error}},
		{0.10, Rule{Kind: Error, Status: 503}},
		{0.10, Rule{Kind: ResetBefore}},
		{0.15, Rule{Kind: ResetAfter}},
		{0.05, Rule{Kind: SlowBody, Delay: 20 * time.Millisecond, DelayMax: 200 * time.Millisecond}},
		{0.05, Rule{Kind: Truncate}},
	}
	var rules []Rule
	left := 1.0 // the share of calls that reach a rule
	for _, s := range shares {
		s.rule.Rate = min(1, legible(s.of*rate/left))
		left -= s.of * rate
		rules = append(rules, s.rule)
	}
	return rules
}

// legible is a rate with four digits that count, so that it reads well.
func legible(rate float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(rate, 'g', 4, 64), 64)
	if err != nil {
		return rate
	}
	return rounded
}
