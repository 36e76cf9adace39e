package fault

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for text, want := range map[string][]Rule{
		"kind=throttle": {{Kind: Throttle}},
		"rate=0.1 kind=reset-after match=secretsmanager:*": {{Kind: ResetAfter, Rate: 0.1, Match: "secretsmanager:*"}},
		"rate=25%  kind=truncate\tcount=2 ":                {{Kind: Truncate, Rate: 0.25, Count: 2}},
		"kind=latency delay=200ms":                         {{Kind: Latency, Delay: 200 * time.Millisecond}},
		"kind=slow-body delay=1s-2m nth=3":                 {{Kind: SlowBody, Delay: time.Second, DelayMax: 2 * time.Minute, Nth: 3}},
		"kind=skew offset=-10m after=5s for=1m":            {{Kind: Skew, Offset: -10 * time.Minute, After: 5 * time.Second, For: time.Minute}},
		`kind=error code=X message="a \"b\"; c=d" status=503`: {
			{Kind: Error, Code: "X", Message: `a "b"; c=d`, Status: 503},
		},
		"kind=throttle; kind=expired nth=1 ;":          {{Kind: Throttle}, {Kind: Expired, Nth: 1}},
		"; ;kind=throttle":                             {{Kind: Throttle}},
		"10% match=ecs:* caller=AKIA* after=1s for=1m": about(Mix(0.1), Rule{Match: "ecs:*", Caller: "AKIA*", After: time.Second, For: time.Minute}),
		"10%": Mix(0.1),
		"10%;kind=latency delay=1ms match=ecs:Re*": append(Mix(0.1), Rule{Kind: Latency, Delay: time.Millisecond, Match: "ecs:Re*"}),
	} {
		got, err := Parse(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
}

// about makes rules be about the calls that another is about.
func about(rules []Rule, other Rule) []Rule {
	for i := range rules {
		rules[i].Match, rules[i].Caller, rules[i].After, rules[i].For = other.Match, other.Caller, other.After, other.For
	}
	return rules
}

// TestRefusedRules holds the whole complaint about each mistake.
func TestRefusedRules(t *testing.T) {
	kinds := "want one of latency, skew, expired, throttle, error, reset-before, reset-after, slow-body, truncate"
	for text, want := range map[string]string{
		"":                            "there is no rule (such as 10%, or kind=throttle match=ecs:* rate=0.1)",
		" ; ":                         "there is no rule (such as 10%, or kind=throttle match=ecs:* rate=0.1)",
		"throttle":                    "throttle is no key=value (want key=value, such as kind=throttle)",
		"nth=2 10%":                   "10% is no key=value (want key=value, such as kind=throttle)",
		"match=ecs:*":                 "the rule has no kind (" + kinds + ")",
		"kind=":                       "kind= is empty (leave the key out, or give it a value)",
		"kind=throtle":                `there is no kind "throtle" (did you mean throttle?)`,
		"kind=fire":                   `there is no kind "fire" (` + kinds + ")",
		"knid=throttle":               "a rule has no key knid (did you mean kind?)",
		"kind=throttle xyzzy=1":       "a rule has no key xyzzy (there are after, caller, code, count, delay, for, kind, match, message, nth, offset, rate, status)",
		"kind=throttle kind=error":    "kind= is given twice (say it once)",
		"kind=throttle rate=0":        "rate=0 (want a share above 0 and at most 1, such as 0.1 or 10%)",
		"kind=throttle rate=1.1":      "rate=1.1 (want a share above 0 and at most 1, such as 0.1 or 10%)",
		"kind=throttle rate=NaN":      "rate=NaN (want a share above 0 and at most 1, such as 0.1 or 10%)",
		"0%":                          "rate=0% (want a share above 0 and at most 1, such as 0.1 or 10%)",
		"101%":                        "rate=101% (want a share above 0 and at most 1, such as 0.1 or 10%)",
		"kind=throttle nth=0":         "nth=0 (want a whole number of 1 or more)",
		"kind=throttle count=some":    "count=some (want a whole number of 1 or more)",
		"kind=throttle nth=2 count=1": "nth=2 strikes one call and no other (leave out count and rate)",
		"kind=throttle nth=2 rate=1":  "nth=2 strikes one call and no other (leave out count and rate)",
		"kind=throttle match=[":       "match=[ is no glob (such as match=secretsmanager:Put*)",
		"kind=throttle after=soon":    "after=soon (want a duration such as 200ms or 10m)",
		"kind=throttle for=-1s":       "after=0s for=-1s (want a duration of 0 or more)",
		"kind=throttle delay=1s":      "kind=throttle takes no delay (delay is kind=latency's and kind=slow-body's)",
		"kind=latency":                "kind=latency wants a delay (such as delay=200ms or delay=100ms-2s)",
		"kind=latency delay=fast":     "delay=fast (want a duration such as 200ms, or two such as 100ms-2s)",
		"kind=latency delay=1s-":      "delay=1s- (want a duration such as 200ms, or two such as 100ms-2s)",
		"kind=latency delay=2s-1s":    "delay=2s-1s (want the shorter delay first, and none above 1h)",
		"kind=latency delay=2h":       "delay=2h0m0s (want the shorter delay first, and none above 1h)",
		"kind=skew":                   "kind=skew wants an offset (such as offset=10m, or offset=-10m for a clock that is behind)",
		"kind=expired offset=1m":      "kind=expired takes no offset (offset is kind=skew's)",
		"kind=throttle status=429":    "kind=throttle words its failure itself (code, message and status are kind=error's)",
		"kind=error status=200":       "status=200 is of no failure (want 400 to 599)",
		`kind=error code="a b"`:       `code="a b" is no error code (such as code=AccessDeniedException)`,
		`kind=error message="a`:       "message= holds a quote that does not end (the quotes are Go's)",
		`kind=error message="a"b`:     "message= goes on after its quotes (put a space after it)",
	} {
		_, err := Parse(text)
		var bad *RuleError
		if !errors.As(err, &bad) || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestMatchesOfNoOperation(t *testing.T) {
	operations := []string{"ecs:RunTask", "secretsmanager:PutSecretValue"}
	for match, want := range map[string]string{
		"": "", "*": "", "ecs:*": "", "*:Put*": "", "*:*[^x]": "",
		"secretsmanger:PutSecretValue": "match=secretsmanger:PutSecretValue is of no operation (did you mean secretsmanager:PutSecretValue?)",
		"ecs":                          "match=ecs is of no operation",
		"Ecs:RunTask":                  "match=Ecs:RunTask is of no operation (did you mean ecs:RunTask?)",
	} {
		err := Check([]Rule{{Kind: Throttle, Match: match}}, operations)
		if got := textOf(err); got != want {
			t.Errorf("%s: %q, want %q", match, got, want)
		}
	}
	if err := Check([]Rule{{Kind: Throttle, Match: "anything"}}, nil); err != nil {
		t.Error(err)
	}
	if err := Check([]Rule{{}}, nil); err == nil {
		t.Error("a rule without a kind is taken")
	}
}

// textOf is an error's text; "" for none.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestDecode(t *testing.T) {
	for data, want := range map[string][]Rule{
		"[]":      {},
		`["10%"]`: Mix(0.1),
		"- kind: error\n  status: 503\n  rate: 10%\n- kind=throttle nth=2\n": {{Kind: Error, Status: 503, Rate: 0.1}, {Kind: Throttle, Nth: 2}},
		`[{"kind":"latency","delay":"1ms-2ms","rate":0.5,"match":"ecs:*"}]`: {
			{Kind: Latency, Delay: time.Millisecond, DelayMax: 2 * time.Millisecond, Rate: 0.5, Match: "ecs:*"},
		},
	} {
		got, err := Decode([]byte(data))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", data, err, diff)
		}
	}
	for data, want := range map[string]string{
		"":                                   "no list of rules",
		"kind: throttle":                     "no list of rules",
		"[":                                  "neither YAML nor JSON",
		"[{}]":                               "rule 1: this rule is empty",
		"[7]":                                "rule 1: this is no rule",
		"[null]":                             "rule 1: this is no rule",
		`[{"": "10%"}]`:                      `rule 1: the key "" does not hold one value`,
		"[{kind: [a]}]":                      "rule 1: the key kind does not hold one value",
		"[{kind: true}]":                     "rule 1: the key kind does not hold one value",
		"['10%', {knid: throttle}]":          "rule 2: a rule has no key knid (did you mean kind?)",
		"[{kind: throttle, kind: throttle}]": `key "kind" already set`,
		"[{kind: throttle, nth: 1.5}]":       "rule 1: nth=1.5 (want a whole number of 1 or more)",
		"[{kind: throttle, rate: -1}]":       "rule 1: rate=-1 (want",
		"[{kind: throttle, offset: 1m}]":     "rule 1: kind=throttle takes no offset",
	} {
		_, err := Decode([]byte(data))
		var bad *RuleError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
}

// FuzzParse wants no panic, rules that stand every check, and a text form that
// reads back as the same rule.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"10%", "kind=throttle nth=3; kind=error message=\"a b\" code=X status=500", "kind=latency delay=1ms-2s rate=0.1",
		"kind=skew offset=-10m after=5s for=1m match=ecs:[A-R]*", "kind=error message=\"\\u00e9\\n\"", "kind=throttle match=a\\*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := Parse(text)
		if err != nil {
			var bad *RuleError
			if !errors.As(err, &bad) || len(rules) > 0 {
				t.Errorf("%v with %v", err, rules)
			}
			return
		}
		for _, r := range rules {
			again, err := Parse(r.String())
			if diff := cmp.Diff([]Rule{r}, again); diff != "" || err != nil {
				t.Errorf("%s: %v %s", r, err, diff)
			}
		}
		if err := Check(rules, nil); err != nil {
			t.Error(err)
		}
	})
}
