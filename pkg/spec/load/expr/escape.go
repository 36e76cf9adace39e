package expr

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the escapes of a Python text literal. A backslash before
// anything else stays. It fails on \N{…} and on numbers that are no character.
func unescape(s string) (string, bool) {
	if !strings.Contains(s, `\`) {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		text, width, ok := escape(s[i:])
		if !ok {
			return "", false
		}
		b.WriteString(text)
		i += width
	}
	return b.String(), true
}

// escape reads the escape that s begins with.
func escape(s string) (text string, width int, ok bool) {
	if len(s) < 2 {
		return "", 0, false
	}
	const letters, meanings = "\n\\'\"abfnrtv", "\x00\\'\"\a\b\f\n\r\t\v"
	if i := strings.IndexByte(letters, s[1]); i == 0 {
		return "", 2, true
	} else if i > 0 {
		return meanings[i : i+1], 2, true
	}
	switch s[1] {
	case 'x':
		return codePoint(s, 2, 2, 16)
	case 'u':
		return unicodeEscape(s)
	case 'U':
		return codePoint(s, 2, 8, 16)
	case 'N':
		return "", 0, false
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return codePoint(s, 1, octalDigits(s[1:]), 8)
	default:
		return s[:2], 2, true
	}
}

// octalDigits counts up to three octal digits.
func octalDigits(s string) int {
	n := 0
	for n < 3 && n < len(s) && '0' <= s[n] && s[n] <= '7' {
		n++
	}
	return n
}

func codePoint(s string, from, digits, base int) (string, int, bool) {
	if len(s) < from+digits {
		return "", 0, false
	}
	code, err := strconv.ParseUint(s[from:from+digits], base, 32)
	if err != nil || !utf8.ValidRune(rune(code)) {
		return "", 0, false
	}
	return string(rune(code)), from + digits, true
}

// unicodeEscape reads \uXXXX. Two that form a surrogate pair, as JSON writes
// characters beyond the basic plane, become the one character they mean.
func unicodeEscape(s string) (string, int, bool) {
	if text, width, ok := codePoint(s, 2, 4, 16); ok {
		return text, width, true
	}
	if len(s) < 12 || s[6:8] != `\u` {
		return "", 0, false
	}
	high, err1 := strconv.ParseUint(s[2:6], 16, 32)
	low, err2 := strconv.ParseUint(s[8:12], 16, 32)
	r := utf16.DecodeRune(rune(high), rune(low))
	if err1 != nil || err2 != nil || r == utf8.RuneError {
		return "", 0, false
	}
	return string(r), 12, true
}
