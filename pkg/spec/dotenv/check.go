package dotenv

import (
	"slices"

	"ecs-reconciler/pkg/spec"
)

const lineHint = "every line is NAME=value, a # comment or empty; a value that holds quotes, line breaks or \" #\" stands in quotes"

// Check complains about what is malformed in the file called name, one Error
// a line, or once when nothing in it is an assignment, since then it is
// something else than an env file. A file without any text is in order.
func (f File) Check(name string) spec.Errors {
	if first := f.firstLine(); first > 0 && !slices.ContainsFunc(f.Entries, func(e Entry) bool { return e.HasValue }) {
		return spec.Errors{{
			At:      spec.Position{File: name, Line: first, Column: 1},
			Message: "this is not an env file: it has no line NAME=value",
			Hint:    "for another kind of content, say so in `format` (json, yaml, text)",
		}}
	}
	var complaints spec.Errors
	for _, line := range f.Malformed {
		complaints = append(complaints, &spec.Error{
			At:      spec.Position{File: name, Line: line, Column: 1},
			Message: "what begins on this line is not an assignment, and the task would not see it",
			Hint:    lineHint,
		})
	}
	return complaints
}

// firstLine is the first line that holds more than a comment, 0 when none
// does.
func (f File) firstLine() int {
	lines := slices.Clone(f.Malformed)
	for _, entry := range f.Entries {
		lines = append(lines, entry.Line)
	}
	if len(lines) == 0 {
		return 0
	}
	return slices.Min(lines)
}

// Unique is entries with each name once, where it first stood and as it was
// last written: the order and the values of python-dotenv's dictionary.
func Unique(entries []Entry) []Entry {
	var unique []Entry
	place := make(map[string]int, len(entries))
	for _, entry := range entries {
		if i, seen := place[entry.Key]; seen {
			unique[i] = entry
			continue
		}
		place[entry.Key] = len(unique)
		unique = append(unique, entry)
	}
	return unique
}
