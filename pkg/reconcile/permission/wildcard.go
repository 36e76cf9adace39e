package permission

import (
	"strconv"
	"strings"
	"unicode"
)

// allSegments is the depth at which names of any number of segments become one.
const allSegments = -1

// separators end a word within a segment of a name.
const separators = "-_."

// widened are names with those that have their first depth segments in common,
// and as many of them, made one pattern where that says anything. Segments
// stand between slashes. In IAM a * matches slashes too, so every name is
// matched by what comes out.
func widened(names []string, depth int) []string {
	groups := map[string][]string{}
	for _, name := range names {
		key := groupOf(name, depth)
		groups[key] = append(groups[key], name)
	}
	var out []string
	for _, group := range groups {
		if pattern := patternOf(group); len(group) > 1 && tells(pattern) {
			group = []string{pattern}
		}
		out = append(out, group...)
	}
	return unique(out)
}

func groupOf(name string, depth int) string {
	if depth == allSegments {
		return ""
	}
	segments := strings.Split(name, "/")
	return strconv.Itoa(len(segments)) + "/" + strings.Join(segments[:min(depth, len(segments))], "/")
}

// patternOf matches every one of names.
func patternOf(names []string) string {
	out := strings.Split(names[0], "/")
	for _, name := range names[1:] {
		out = merged(out, strings.Split(name, "/"))
	}
	return strings.Join(out, "/")
}

// merged is segment by segment what both have. Where one has more segments, *
// stands for all that follow the first difference.
func merged(a, b []string) []string {
	var out []string
	for i := range min(len(a), len(b)) {
		if len(a) != len(b) && a[i] != b[i] {
			break
		}
		out = append(out, both(a[i], b[i]))
	}
	if len(a) != len(b) {
		out = append(out, "*")
	}
	return out
}

// both is the words that two segments begin and end with, and * between. The
// first may be such a pattern already.
func both(a, b string) string {
	if a == b {
		return a
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] && a[n] != '*' {
		n++
	}
	n = strings.LastIndexAny(a[:n], separators) + 1
	restA, restB := a[n:], b[n:]
	m := 0
	for m < len(restA) && m < len(restB) && restA[len(restA)-1-m] == restB[len(restB)-1-m] && restA[len(restA)-1-m] != '*' {
		m++
	}
	end := restA[len(restA)-m:]
	if i := strings.IndexAny(end, separators); i >= 0 {
		return a[:n] + "*" + end[i:]
	}
	return a[:n] + "*"
}

// tells says whether a pattern begins with a word. One that does not would
// speak of what others own, too.
func tells(pattern string) bool {
	start, _, _ := strings.Cut(pattern, "*")
	return strings.ContainsFunc(start, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
