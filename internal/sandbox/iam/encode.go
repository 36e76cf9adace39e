package iam

import "strings"

// encodeDocument percent-encodes a policy document as RFC 3986 has it: all but
// letters, digits and -._~ become %XX. The Go SDK hands the text on as it is.
func encodeDocument(text string) *string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if unreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	out := b.String()
	return &out
}

func unreserved(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	}
	return strings.IndexByte("-._~", c) >= 0
}
