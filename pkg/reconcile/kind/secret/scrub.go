package secret

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/spec"
)

// shortest is the length below which a piece of a value is too common to be
// cut out of a text: its absence would tell more than its presence.
const shortest = 4

// scrub cuts a value out of a text: the whole of it, each of its lines, what
// follows a line's first = or :, and each text in it when it is JSON, as they
// are and in the encodings that answers and URLs use. A text that holds a
// value too short to be cut out is withheld altogether, and so is one that is
// not plain prose: it may quote the request in an encoding of encodings, in
// which nothing can be found.
func scrub(text string, value spec.Secret) string {
	whole := value.Reveal()
	if len(whole) < shortest && whole != "" && strings.Contains(text, whole) {
		return withheld
	}
	var pairs []string
	for _, form := range forms(pieces(whole)) {
		pairs = append(pairs, form, spec.Masked)
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	if !awsapi.IsProse(text) {
		return withheld
	}
	return text
}

// withheld stands for a text that cannot be shown.
const withheld = "(withheld)"

// pieces are the parts of a value that may be quoted alone.
func pieces(whole string) []string {
	out := append([]string{whole}, leaves(whole)...)
	for line := range strings.Lines(whole) {
		line = strings.TrimSpace(line)
		out = append(out, line)
		if cut := strings.IndexAny(line, "=:"); cut >= 0 {
			rest := strings.TrimSpace(line[cut+1:])
			out = append(out, rest, strings.Trim(rest, `"',`))
		}
	}
	return slices.DeleteFunc(out, func(piece string) bool { return len(piece) < shortest })
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
		for _, key := range sortedKeys(n) {
			out = append(out, texts(n[key])...)
		}
	}
	return out
}

// forms are the encodings of pieces, the longest first, so that a part never
// hides the whole.
func forms(pieces []string) []string {
	var out []string
	for _, p := range pieces {
		out = append(out, p, url.QueryEscape(p), url.PathEscape(p), hex.EncodeToString([]byte(p)), unquoted(strconv.Quote(p)),
			base64.StdEncoding.EncodeToString([]byte(p)), base64.RawStdEncoding.EncodeToString([]byte(p)),
			base64.URLEncoding.EncodeToString([]byte(p)), base64.RawURLEncoding.EncodeToString([]byte(p)))
		out = append(out, jsonForms(p)...)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(out)
}

// jsonForms are a text inside a JSON document, with and without the escapes
// that are for HTML.
func jsonForms(text string) []string {
	var plain strings.Builder
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(text) != nil {
		return nil
	}
	out := []string{unquoted(strings.TrimSuffix(plain.String(), "\n"))}
	if escaped, err := json.Marshal(text); err == nil {
		out = append(out, unquoted(string(escaped)))
	}
	return out
}

func unquoted(text string) string { return strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`) }
