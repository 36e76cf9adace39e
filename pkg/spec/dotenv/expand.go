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
// may be empty or hold anything else. No part of text is searched twice, as
// texts of many beginnings without an end would take minutes otherwise.
func nextVariable(text string) (variable, bool) {
	for from, end := 0, -1; ; {
		start := next(text, "${", from)
		if start < 0 {
			return variable{}, false
		}
		if end < start {
			if end = next(text, "}", start); end < 0 {
				return variable{}, false
			}
		}
		v, colon := variableAt(text, start, end)
		if colon < 0 {
			return v, true
		}
		from = colon // what begins before it has the same colon in its name
	}
}

// variableAt is what stands between start and the next "}", at end. When it is
// none, colon is where its name has one; else that is negative.
func variableAt(text string, start, end int) (v variable, colon int) {
	name := start + len("${")
	colon = next(text[:end], ":", name)
	switch {
	case colon < 0:
		return variable{start: start, end: end + 1, name: text[name:end]}, -1
	case text[colon+1] == '-':
		return variable{start: start, end: end + 1, name: text[name:colon], fallback: text[colon+len(":-") : end]}, -1
	default:
		return variable{}, colon
	}
}

// next is where part comes first in text from an offset on; -1 for nowhere.
func next(text, part string, from int) int {
	found := strings.Index(text[from:], part)
	if found < 0 {
		return -1
	}
	return from + found
}
