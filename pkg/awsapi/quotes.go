package awsapi

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// shared is how many bytes in a row a text and a value may not have in common,
// in any encoding; a shorter value, or a shorter line of one, counts whole.
const shared = 8

// Showable tells whether a text can be shown that AWS answered to a request
// with a value. One that is not plain prose cannot: it may quote the request
// in an encoding of encodings, in which nothing can be found.
func Showable(text, value string) bool { return IsProse(text) && !quotes(text, value) }

// quotes tells whether a text has a part of a value in it, in the encodings
// that answers and URLs use. Letter case does not count.
func quotes(text, value string) bool {
	text = lower(text)
	windows := map[string]bool{}
	for i := range len(text) - shared + 1 {
		windows[text[i:i+shared]] = true
	}
	for _, form := range forms(value) {
		if len(form) < shared && form != "" && strings.Contains(text, form) {
			return true
		}
		for i := range len(form) - shared + 1 {
			if windows[form[i:i+shared]] {
				return true
			}
		}
	}
	return quotesPiece(text, value)
}

// quotesPiece looks for the lines and fields of a value that are too short to
// share much.
func quotesPiece(text, value string) bool {
	for _, piece := range pieces(value) {
		if len(piece) >= shared {
			continue
		}
		for _, form := range forms(piece) {
			if len(form) >= shortest && strings.Contains(text, form) {
				return true
			}
		}
	}
	return false
}

// lower is text with ASCII capitals made small, whatever its bytes are.
func lower(text string) string {
	out := []byte(text)
	for i, b := range out {
		if 'A' <= b && b <= 'Z' {
			out[i] = b + 'a' - 'A'
		}
	}
	return string(out)
}

// pieces are the parts of a value that may be quoted alone: its lines, what
// follows a line's first = or :, and each text in it when it is JSON.
func pieces(whole string) []string {
	out := leaves(whole)
	for line := range strings.Lines(whole) {
		line = strings.TrimSpace(line)
		out = append(out, line)
		if cut := strings.IndexAny(line, "=:"); cut >= 0 {
			rest := strings.TrimSpace(line[cut+1:])
			out = append(out, rest, strings.Trim(rest, `"',`))
		}
	}
	return longEnough(out)
}

func longEnough(pieces []string) []string {
	var out []string
	for _, piece := range pieces {
		if len(piece) >= shortest {
			out = append(out, piece)
		}
	}
	return out
}

// leaves are the texts in a JSON value; none when it is not JSON.
func leaves(whole string) []string {
	var decoded any
	if json.Unmarshal([]byte(whole), &decoded) != nil {
		return nil
	}
	return texts(decoded)
}

func texts(node any) []string {
	var out []string
	switch n := node.(type) {
	case string:
		out = append(out, n)
	case []any:
		for _, item := range n {
			out = append(out, texts(item)...)
		}
	case map[string]any:
		for _, item := range n {
			out = append(out, texts(item)...)
		}
	}
	return out
}

// forms are the encodings of a text, in small letters.
func forms(text string) []string {
	out := []string{text, url.QueryEscape(text), url.PathEscape(text), hex.EncodeToString([]byte(text)), unquoted(strconv.Quote(text))}
	out = append(append(out, jsonForms(text)...), base64Forms(text)...)
	for i := range out {
		out[i] = lower(out[i])
	}
	return out
}

// base64Forms are a text in base64, by itself and amid other bytes: what comes
// before it shifts its encoding by up to two bytes, and the characters at the
// ends are shared with its neighbours.
func base64Forms(text string) []string {
	var out []string
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		out = append(out, encoding.EncodeToString([]byte(text)))
		for skip := range min(3, len(text)) {
			whole := (len(text) - skip) / 3 * 3
			out = append(out, encoding.EncodeToString([]byte(text[skip:skip+whole])))
		}
	}
	return out
}

// jsonForms are a text inside a JSON document, with and without the escapes
// that are for HTML.
func jsonForms(text string) []string {
	var plain strings.Builder
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return nil
	}
	out := []string{unquoted(strings.TrimSuffix(plain.String(), "\n"))}
	if escaped, err := json.Marshal(text); err == nil {
		out = append(out, unquoted(string(escaped)))
	}
	return out
}

func unquoted(text string) string { return strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`) }
