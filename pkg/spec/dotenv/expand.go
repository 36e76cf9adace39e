package dotenv

import (
	"strings"

	"ecs-reconciler/pkg/spec"
)

// Expand is entries with every ${NAME} and ${NAME:-default} of the values
// replaced, as python-dotenv does before proc_wrapper sees them: by an entry
// above of that name, else by what lookup finds, else by the default, else by
// nothing. It expands in single quotes too, knows no escape, and takes
// neither $NAME nor what a replacement brings in. A nil lookup finds nothing.
func Expand(entries []Entry, lookup func(name string) (string, bool)) []Entry {
	above := make(map[string]string, len(entries))
	resolve := func(v variable) string {
		if text, ok := above[v.name]; ok {
			return text
		}
		if lookup != nil {
			if text, ok := lookup(v.name); ok {
				return text
			}
		}
		return v.fallback
	}
	expanded := make([]Entry, len(entries))
	for i, entry := range entries {
		text := replaceVariables(entry.Value.Reveal(), resolve)
		entry.Value, entry.Interpolates = spec.NewSecret(text), false
		expanded[i], above[entry.Key] = entry, text
	}
	return expanded
}

// variable is a place in a value to be replaced.
type variable struct {
	start, end int
	name       string
	fallback   string
}

func replaceVariables(text string, resolve func(variable) string) string {
	var out strings.Builder
	for {
		v, ok := nextVariable(text)
		if !ok {
			break
		}
		out.WriteString(text[:v.start])
		out.WriteString(resolve(v))
		text = text[v.end:]
	}
	out.WriteString(text)
	return out.String()
}

// nextVariable is the first variable of text. A name ends at "}" or ":-", and
// may be empty or hold anything else.
func nextVariable(text string) (variable, bool) {
	for start := 0; ; start++ {
		found := strings.Index(text[start:], "${")
		if found < 0 {
			return variable{}, false
		}
		start += found
		if v, ok := variableAt(text, start); ok {
			return v, true
		}
	}
}

func variableAt(text string, start int) (variable, bool) {
	body := text[start+len("${"):]
	end := strings.IndexByte(body, '}')
	if end < 0 {
		return variable{}, false
	}
	name, rest, hasColon := strings.Cut(body[:end], ":")
	fallback, hasDefault := strings.CutPrefix(rest, "-")
	if hasColon && !hasDefault {
		return variable{}, false
	}
	return variable{start: start, end: start + len("${") + end + 1, name: name, fallback: fallback}, true
}
