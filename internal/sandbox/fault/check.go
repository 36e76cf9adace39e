package fault

import (
	"fmt"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// RuleError is what is wrong with a rule, and what to write instead.
type RuleError struct{ Message, Hint string }

// Error is the message, with the hint if there is one.
func (e *RuleError) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

func wrong(hint, format string, args ...any) error {
	return &RuleError{Message: fmt.Sprintf(format, args...), Hint: hint}
}

// Check refuses rules that could not mean what they say. operations are those
// that there are, as "service:Operation"; a rule that is about none of them is
// refused too, unless the list is empty. The error is a *RuleError.
func Check(rules []Rule, operations []string) error {
	for _, r := range rules {
		if err := r.check(); err != nil {
			return err
		}
		if len(operations) > 0 && !slices.ContainsFunc(operations, r.matches) {
			return wrong(didYouMean(r.Match, operations), "match=%s is of no operation", quoted(r.Match))
		}
	}
	return nil
}

// check refuses what is wrong with a rule by itself.
func (r Rule) check() error {
	for _, err := range []error{r.checkKind(), r.checkWhich(), r.checkDelay(), r.checkError()} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r Rule) checkKind() error {
	names := kindNames()
	switch {
	case r.Kind == "":
		return wrong("want one of "+strings.Join(names, ", "), "the rule has no kind")
	case !slices.Contains(Kinds(), r.Kind):
		hint := didYouMean(string(r.Kind), names)
		if hint == "" {
			hint = "want one of " + strings.Join(names, ", ")
		}
		return wrong(hint, "there is no kind %q", r.Kind)
	case r.Kind == Skew && r.Offset == 0:
		return wrong("such as offset=10m, or offset=-10m for a clock that is behind", "kind=skew wants an offset")
	case r.Kind != Skew && r.Offset != 0:
		return wrong("offset is kind=skew's", "kind=%s takes no offset", r.Kind)
	}
	return nil
}

func kindNames() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return names
}

// checkWhich is about which calls are struck, and when.
func (r Rule) checkWhich() error {
	if _, err := path.Match(r.Match, ""); err != nil {
		return wrong("such as match=secretsmanager:Put*", "match=%s is no glob", quoted(r.Match))
	}
	if _, err := path.Match(r.Caller, ""); err != nil {
		return wrong("such as caller=AKIA*", "caller=%s is no glob", quoted(r.Caller))
	}
	// Written so that what is not a number is refused too.
	if r.Rate != 0 && !(r.Rate > 0 && r.Rate <= 1) {
		return wrong("want a share above 0 and at most 1, such as 0.1 or 10%", "rate=%v", r.Rate)
	}
	switch {
	case r.Nth < 0:
		return wrong("calls are counted from 1", "nth=%d", r.Nth)
	case r.Count < 0:
		return wrong("want 1 or more", "count=%d", r.Count)
	case r.Nth > 0 && (r.Count > 0 || r.Rate > 0):
		return wrong("leave out count and rate", "nth=%d strikes one call and no other", r.Nth)
	case r.After < 0 || r.For < 0:
		return wrong("want a duration of 0 or more", "after=%v for=%v", r.After, r.For)
	}
	return nil
}

func (r Rule) checkDelay() error {
	delayed := r.Kind == Latency || r.Kind == SlowBody
	switch {
	case !delayed && (r.Delay != 0 || r.DelayMax != 0):
		return wrong("delay is kind=latency's and kind=slow-body's", "kind=%s takes no delay", r.Kind)
	case !delayed:
		return nil
	case r.Delay <= 0 && r.DelayMax == 0:
		return wrong("such as delay=200ms or delay=100ms-2s", "kind=%s wants a delay", r.Kind)
	case r.Delay < 0, r.DelayMax != 0 && r.DelayMax < r.Delay, r.DelayMax > time.Hour, r.Delay > time.Hour:
		return wrong("want the shorter delay first, and none above 1h", "delay=%s", delayText(r))
	}
	return nil
}

func (r Rule) checkError() error {
	if r.Kind != Error {
		if r.Code != "" || r.Message != "" || r.Status != 0 {
			return wrong("code, message and status are kind=error's", "kind=%s words its failure itself", r.Kind)
		}
		return nil
	}
	// The code becomes a header's value.
	if r.Code != "" && !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.]{0,127}$`).MatchString(r.Code) {
		return wrong("such as code=AccessDeniedException", "code=%s is no error code", quoted(r.Code))
	}
	if r.Status != 0 && (r.Status < http.StatusBadRequest || r.Status > 599) {
		return wrong("want 400 to 599", "status=%d is of no failure", r.Status)
	}
	return nil
}
