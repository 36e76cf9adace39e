package resource

// KnownAfterApply is what a value shows before the object that yields it exists.
const KnownAfterApply = "(known after apply)"

// Value is an output of another object: known now, or known after apply.
type Value struct {
	text  string
	known bool
}

// Known wraps a value that is at hand.
func Known(text string) Value { return Value{text: text, known: true} }

// IsKnown tells whether the value is at hand.
func (v Value) IsKnown() bool { return v.known }

// String is the value, or KnownAfterApply. A desired state built with it
// differs from every observed one, so that a change is planned.
func (v Value) String() string {
	if !v.known {
		return KnownAfterApply
	}
	return v.text
}

// Outputs are what an object yields to others, such as "arn". A name that is
// absent is known after apply.
type Outputs map[string]string

// Lookup returns the output of an object. Asking for it makes the asker depend
// on that object. Asking for one that no node declares is an error, which the
// planner reports.
type Lookup func(key Key, output string) Value
