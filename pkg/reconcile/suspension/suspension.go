// Package suspension is the wish that tasks be left alone, as it is kept in
// tags on their objects. It is pure; the tags are spec's.
package suspension

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// maxTag is how long a tag's value may be, in characters (AWS, "Tag naming
// limits and requirements").
const maxTag = 256

// forever stands in the tag of a suspension without an end.
const forever = "until-resumed"

// Suspension is a wish that drift of a task be left alone.
type Suspension struct {
	Reason string
	Until  *time.Time // nil: until it is resumed
}

// Holds tells whether the suspension is in force.
func (s Suspension) Holds(now time.Time) bool { return s.Until == nil || now.Before(*s.Until) }

// Text is the value of the tag. A reason that AWS would refuse in a tag of some
// service is an error.
func (s Suspension) Text() (string, error) {
	until := forever
	if s.Until != nil {
		until = s.Until.UTC().Format(time.RFC3339)
	}
	text := strings.TrimSpace(until + " " + s.Reason)
	switch {
	case !regexp.MustCompile(`^[\pL\pN\pZ+\-=._:/@]*$`).MatchString(s.Reason):
		return "", fmt.Errorf("a reason becomes a tag of AWS, which takes letters, digits, spaces and + - = . _ : / @, and not %q", s.Reason)
	case len([]rune(text)) > maxTag:
		return "", fmt.Errorf("a reason becomes a tag of AWS, which takes %d characters with the time before it", maxTag)
	}
	return text, nil
}

// Of is the suspension of a task among those that an object's tags tell of, see
// spec.Suspensions. A tag that cannot be read suspends without an end: somebody
// meant to.
func Of(task string, suspended map[string]string) (Suspension, bool) {
	text, ok := suspended[task]
	if !ok {
		return Suspension{}, false
	}
	until, reason, _ := strings.Cut(text, " ")
	if until == forever {
		return Suspension{Reason: reason}, true
	}
	at, err := time.Parse(time.RFC3339, until)
	if err != nil {
		return Suspension{Reason: text}, true
	}
	return Suspension{Reason: reason, Until: &at}, true
}
