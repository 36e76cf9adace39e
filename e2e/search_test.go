package e2e

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// search looks for texts that must not be there, in any form that a program
// may give them.
type search struct {
	forms map[string]string // what it is, by how it looks
}

func newSearch(texts map[string]string) *search {
	s := &search{forms: map[string]string{}}
	for what, text := range texts {
		s.add(what, text)
	}
	return s
}

// add looks for text as it is, in hexadecimal, in base64 wherever it stands in
// what was encoded, and as a hash that has no key.
func (s *search) add(what, text string) {
	s.forms[text] = what
	s.forms[hex.EncodeToString([]byte(text))] = what + " in hexadecimal"
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			s.forms[inBase64(encoding, text, shift)] = what + " in base64"
		}
	}
	sum1, sum5, sum256 := sha1.Sum([]byte(text)), md5.Sum([]byte(text)), sha256.Sum256([]byte(text))
	for _, sum := range [][]byte{sum1[:], sum5[:], sum256[:]} {
		s.forms[hex.EncodeToString(sum)] = "a hash of " + what
		s.forms[base64.RawStdEncoding.EncodeToString(sum)] = "a hash of " + what
	}
}

// inBase64 is what is always the same of text's base64 when shift bytes stand
// before it: the ends depend on their neighbours.
func inBase64(encoding *base64.Encoding, text string, shift int) string {
	encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + text))
	whole := (len(text) + shift) / 3 * 4
	return encoded[4*((shift+2)/3) : whole]
}

// text searches one text and returns how much it found. It says what was found
// and where, and shows it as a mark.
func (s *search) text(t testing.TB, where, text string) int {
	t.Helper()
	found, lower := 0, strings.ToLower(text)
	for form, what := range s.forms {
		at := strings.Index(text, form)
		if at < 0 && strings.Trim(form, "0123456789abcdef") == "" {
			at = strings.Index(lower, form)
		}
		if at < 0 {
			continue
		}
		found++
		t.Errorf("%s holds %s: …%s<HERE>", where, what, s.masked(text[max(0, at-160):at]))
	}
	return found
}

func (s *search) masked(text string) string {
	for form := range s.forms {
		text = strings.ReplaceAll(text, form, "<FOUND>")
	}
	return text
}

// A search that finds nothing proves something only if it would find it.
func TestSearchFindsEveryForm(t *testing.T) {
	const secret = "s3cr3t-canary-text"
	s := newSearch(map[string]string{"it": secret})
	sum := sha256.Sum256([]byte(secret))
	for name, text := range map[string]string{
		"plain":      "a " + secret + " b",
		"hex":        strings.ToUpper(hex.EncodeToString([]byte("x" + secret))),
		"base64":     base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 + 1": base64.StdEncoding.EncodeToString([]byte("x" + secret + "yz")),
		"base64 + 2": base64.URLEncoding.EncodeToString([]byte("xx" + secret + "y")),
		"base64 + 4": base64.URLEncoding.EncodeToString([]byte("xxxx" + secret)),
		"hash":       hex.EncodeToString(sum[:]),
	} {
		if quiet := (&quiet{TB: t}); s.text(quiet, name, text) == 0 || quiet.errors == 0 {
			t.Errorf("%s is not found", name)
		} else if strings.Contains(quiet.said, secret) {
			t.Errorf("%s is shown", name)
		}
	}
	if s.text(t, "nothing", "nothing") > 0 {
		t.Error("something is found in nothing")
	}
}

// quiet counts errors instead of failing the test.
type quiet struct {
	testing.TB
	errors int
	said   string
}

func (q *quiet) Helper() {}

func (q *quiet) Errorf(format string, args ...any) {
	q.errors++
	for _, arg := range args {
		if text, ok := arg.(string); ok {
			q.said += text
		}
	}
}
