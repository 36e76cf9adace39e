package spec

import "fmt"

// Masked is what every formatter and encoder shows in place of a secret.
const Masked = "(sensitive)"

// Secret is a text that must never be shown.
//
// The text sits behind a pointer: fmt does not call methods on values in
// unexported fields, and would print a plain string field of one through %v.
// It prints the address of a pointer instead.
type Secret struct{ text *string }

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{text: &text} }

// IsSet tells whether a text, even an empty one, was given.
func (s Secret) IsSet() bool { return s.text != nil }

// Reveal returns the text, "" when none was given. Only the code that hands
// the text to AWS or to the process it is meant for may call it; the archtest
// lists those packages.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Equal compares the texts.
func (s Secret) Equal(other Secret) bool {
	return s.IsSet() == other.IsSet() && s.Reveal() == other.Reveal()
}

// String hides the text.
func (Secret) String() string { return Masked }

// GoString hides the text from %#v.
func (Secret) GoString() string { return Masked }

// Format hides the text from every verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, Masked) }

// MarshalText hides the text from encoding packages and from zap.
func (Secret) MarshalText() ([]byte, error) { return []byte(Masked), nil }
