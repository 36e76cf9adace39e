package fault

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Parse reads rules from text: key=value pairs with spaces between them, and a
// semicolon between rules, such as
//
//	rate=0.1 kind=reset-after match=secretsmanager:*; kind=throttle nth=3
//
// A value with spaces stands in Go's double quotes. The keys are kind, match,
// caller, rate, nth, count, after, for, delay, offset, code, message and status.
// A percentage first, such as 10%, is what Mix makes of it; only match, caller,
// after and for may follow. The error is a *RuleError.
func Parse(text string) ([]Rule, error) {
	var rules []Rule
	for rest := text; rest != ""; {
		pairs, remaining, err := cutRule(rest)
		if err != nil {
			return nil, err
		}
		rest = remaining
		some, err := ruleOf(pairs)
		if err != nil {
			return nil, err
		}
		rules = append(rules, some...)
	}
	if len(rules) == 0 {
		return nil, wrong("such as 10%, or kind=throttle match=ecs:* rate=0.1", "there is no rule")
	}
	return rules, nil
}

// pair is one key and its value; a word without "=" has no key.
type pair struct{ key, value string }

// cutRule reads the pairs of the first rule of a text, and what follows it.
func cutRule(text string) (pairs []pair, rest string, err error) {
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return pairs, "", nil
		}
		if text[0] == ';' {
			return pairs, text[1:], nil
		}
		p, remaining, err := cutPair(text)
		if err != nil {
			return nil, "", err
		}
		pairs, text = append(pairs, p), remaining
	}
}

// cutPair reads one pair, whose value may be quoted.
func cutPair(text string) (pair, string, error) {
	ends := func(r rune) bool { return unicode.IsSpace(r) || r == ';' }
	word, rest := text, ""
	if end := strings.IndexFunc(text, ends); end >= 0 {
		word, rest = text[:end], text[end:]
	}
	key, value, ok := strings.Cut(word, "=")
	if !ok {
		return pair{value: word}, rest, nil
	}
	if !strings.HasPrefix(value, `"`) {
		return pair{key, value}, rest, nil
	}
	prefix, err := strconv.QuotedPrefix(text[len(key)+1:])
	if err != nil {
		return pair{}, "", wrong("the quotes are Go's", "%s= holds a quote that does not end", key)
	}
	rest = text[len(key)+1+len(prefix):]
	if rest != "" && strings.IndexFunc(rest, ends) != 0 {
		return pair{}, "", wrong("put a space after it", "%s= goes on after its quotes", key)
	}
	value, err = strconv.Unquote(prefix)
	if err != nil {
		return pair{}, "", wrong("the quotes are Go's", "%s= is badly quoted", key)
	}
	return pair{key, value}, rest, nil
}

// ruleOf makes a rule of its pairs, or several where the first is a percentage.
func ruleOf(pairs []pair) ([]Rule, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	if first := pairs[0]; first.key == "" && strings.HasSuffix(first.value, "%") {
		return mixOf(first.value, pairs[1:])
	}
	r, err := single(pairs)
	if err != nil {
		return nil, err
	}
	return []Rule{r}, r.check()
}

// single makes one rule, which is not checked yet.
func single(pairs []pair) (Rule, error) {
	var r Rule
	seen := map[string]bool{}
	for _, p := range pairs {
		if seen[p.key] && p.key != "" {
			return Rule{}, wrong("say it once", "%s= is given twice", p.key)
		}
		seen[p.key] = true
		if err := r.set(p); err != nil {
			return Rule{}, err
		}
	}
	return r, nil
}

// mixOf makes a mixture, of which each rule is about the same calls.
func mixOf(percentage string, pairs []pair) ([]Rule, error) {
	rate, err := readRate(percentage)
	if err != nil {
		return nil, err
	}
	about, err := single(pairs)
	if err != nil {
		return nil, err
	}
	if about != (Rule{Match: about.Match, Caller: about.Caller, After: about.After, For: about.For}) {
		return nil, wrong("only match, caller, after and for may follow it", "%s is a mixture", percentage)
	}
	rules := Mix(rate)
	for i := range rules {
		r := &rules[i]
		r.Match, r.Caller, r.After, r.For = about.Match, about.Caller, about.After, about.For
	}
	return rules, about.checkWhich()
}

// set gives a rule the value of one key.
func (r *Rule) set(p pair) error {
	keys := r.keys()
	if p.key == "" {
		return wrong("want key=value, such as kind=throttle", "%s is no key=value", quoted(p.value))
	}
	read, ok := keys[p.key]
	if !ok {
		names := slices.Sorted(maps.Keys(keys))
		hint := didYouMean(p.key, names)
		if hint == "" {
			hint = "there are " + strings.Join(names, ", ")
		}
		return wrong(hint, "a rule has no key %s", quoted(p.key))
	}
	return read(p.value)
}

// keys are the keys of a rule, each with what reads its value.
func (r *Rule) keys() map[string]func(string) error {
	return map[string]func(string) error{
		"kind":    text("kind", &r.Kind),
		"match":   text("match", &r.Match),
		"caller":  text("caller", &r.Caller),
		"code":    text("code", &r.Code),
		"message": text("message", &r.Message),
		"nth":     whole("nth", &r.Nth),
		"count":   whole("count", &r.Count),
		"status":  whole("status", &r.Status),
		"after":   duration("after", &r.After),
		"for":     duration("for", &r.For),
		"offset":  duration("offset", &r.Offset),
		"rate":    func(v string) (err error) { r.Rate, err = readRate(v); return err },
		"delay":   r.setDelay,
	}
}

func text[S ~string](key string, into *S) func(string) error {
	return func(v string) error {
		if v == "" {
			return wrong("leave the key out, or give it a value", "%s= is empty", key)
		}
		*into = S(v)
		return nil
	}
}

func whole(key string, into *int) func(string) error {
	return func(v string) (err error) {
		if *into, err = strconv.Atoi(v); err != nil || *into < 1 {
			return wrong("want a whole number of 1 or more", "%s=%s", key, quoted(v))
		}
		return nil
	}
}

func duration(key string, into *time.Duration) func(string) error {
	return func(v string) (err error) {
		if *into, err = time.ParseDuration(v); err != nil {
			return wrong("want a duration such as 200ms or 10m", "%s=%s", key, quoted(v))
		}
		return nil
	}
}

// setDelay reads one duration, or two with a hyphen between them.
func (r *Rule) setDelay(v string) error {
	shortest, longest, ranged := strings.Cut(v, "-")
	err := duration("delay", &r.Delay)(shortest)
	if err == nil && ranged {
		err = duration("delay", &r.DelayMax)(longest)
	}
	if err != nil || ranged && r.DelayMax <= 0 {
		return wrong("want a duration such as 200ms, or two such as 100ms-2s", "delay=%s", quoted(v))
	}
	return nil
}

// readRate reads a share, such as 0.1 or 10%.
func readRate(v string) (float64, error) {
	number, percent := strings.CutSuffix(v, "%")
	rate, err := strconv.ParseFloat(number, 64)
	if percent {
		rate /= 100
	}
	if err != nil || !(rate > 0 && rate <= 1) {
		return 0, wrong("want a share above 0 and at most 1, such as 0.1 or 10%", "rate=%s", quoted(v))
	}
	return rate, nil
}
