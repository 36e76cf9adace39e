package dotenv

import (
	"fmt"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// UnwritableError names a variable that no line of an env file can hold.
type UnwritableError struct {
	Key    string
	Reason string
}

// Error tells nothing of the value.
func (e *UnwritableError) Error() string { return fmt.Sprintf("%q: %s", e.Key, e.Reason) }

// Write is entries as an env file, one line each, the values in single quotes,
// so that python-dotenv reads the same names and texts out of it. An entry that
// it would read otherwise is an *UnwritableError.
func Write(entries []Entry) (spec.Secret, error) {
	var out strings.Builder
	for _, e := range entries {
		line, err := lineOf(e)
		if err != nil {
			return spec.Secret{}, err
		}
		out.WriteString(line)
	}
	return spec.NewSecret(out.String()), nil
}

// lineOf tries the plain name first.
func lineOf(e Entry) (string, error) {
	value := "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(e.Value.Reveal()) + "'\n"
	for _, key := range []string{e.Key, "'" + e.Key + "'"} {
		switch read, ok := readsAs(key + value); {
		case !ok || read.Key != e.Key || !read.Value.Equal(e.Value):
		case read.Interpolates:
			return "", &UnwritableError{e.Key, "python-dotenv would expand the ${…} in its value, and has no escape for it"}
		default:
			return key + value, nil
		}
	}
	return "", &UnwritableError{e.Key, "an env file has no way to write it"}
}

// readsAs is the one entry that a line is.
func readsAs(line string) (Entry, bool) {
	file := Parse([]byte(line))
	if len(file.Malformed) > 0 || len(file.Entries) != 1 || !file.Entries[0].HasValue {
		return Entry{}, false
	}
	return file.Entries[0], true
}
