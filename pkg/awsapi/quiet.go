package awsapi

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Quiet is Classify for a call whose request or answer holds what must not be
// shown. AWS's words are kept as text alone, without the values and only when
// they are prose, and no error of the SDK's stays reachable: it could show
// more. A cancelled context does.
func Quiet(err error, values ...string) error {
	if err == nil {
		return nil
	}
	var classed *resource.Error
	if !errors.As(Classify(err), &classed) {
		return err // a complaint about the spec, which AWS had no part in
	}
	out := *classed
	if out.Cause != nil {
		out.Cause = &quiet{text: quietText(Code(err), out.Cause.Error(), values), ends: endOf(err)}
	}
	return &out
}

// quiet is what is left of an error whose chain may hold a value.
type quiet struct {
	text string
	ends error // the context's error behind it; may be nil
}

func (q *quiet) Error() string { return q.text }
func (q *quiet) Unwrap() error { return q.ends }

func endOf(err error) error {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			return end
		}
	}
	return nil
}

// shortest is the length below which a value is too common to be cut out of a
// text: its absence would tell more than its presence.
const shortest = 4

func quietText(code, text string, values []string) string {
	values = slices.Clone(values)
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	for _, value := range values {
		if value == "" || !strings.Contains(text, value) {
			continue
		}
		if len(value) < shortest {
			return Withheld(code)
		}
		text = strings.ReplaceAll(text, value, spec.Masked)
	}
	if !IsProse(text) {
		return Withheld(code)
	}
	return text
}

// Withheld is what is said in place of a message that may quote a value.
func Withheld(code string) string {
	return code + ": (AWS's words are withheld: they may quote a value)"
}

// longestWord is longer than any word in AWS's messages that is no ARN.
const longestWord = 64

// IsProse tells whether a message has neither the marks of JSON, XML, URL and
// string encodings nor a word long enough for an encoded request. AWS's
// refusals are prose; what is not may quote the request in an encoding of
// encodings, in which a value can be neither found nor cut out.
func IsProse(text string) bool {
	if strings.ContainsAny(text, `{}<>\%&`) {
		return false
	}
	return !slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		return len(word) > longestWord && !strings.HasPrefix(strings.TrimLeft(word, `"'([`), "arn:")
	})
}
