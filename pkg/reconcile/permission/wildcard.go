package permission

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// separators end a word within a segment of a name.
const separators = "-_."

// widened are names with those that have their first depth segments in common
// made one pattern, where that says anything. Segments stand between slashes;
// * matches a slash too (IAM JSON policy elements, "Resource"). Each name is
// matched by what comes out.
func widened(names []string, depth int) []string {
	groups := map[string][]string{}
	for _, name := range names {
		key := groupOf(name, depth)
		groups[key] = append(groups[key], name)
	}
	var out []string
	for _, group := range groups {
		pattern := patternOf(group)
		if len(group) == 1 || !tells(pattern) {
			out = append(out, group...)
			continue
		}
		out = append(out, pattern)
	}
	return unique(out)
}

// groupOf is what names that become one pattern have in common: their first
// segments, and how many there are.
func groupOf(name string, depth int) string {
	segments := strings.Split(name, "/")
	kept := segments[:min(depth, len(segments)-1)]
	return strconv.Itoa(len(segments)) + "/" + strings.Join(kept, "/")
}

// patternOf matches names that have the same number of segments.
func patternOf(names []string) string {
	out := strings.Split(names[0], "/")
	for _, name := range names[1:] {
		for i, segment := range strings.Split(name, "/") {
			out[i] = both(out[i], segment)
		}
	}
	return strings.Join(out, "/")
}

// both matches two segments, of which either may be a pattern already: the
// words that they begin and end with, and * between.
func both(a, b string) string {
	if a == b {
		return a
	}
	from, _, _ := strings.Cut(a, "*")
	to := a[strings.LastIndex(a, "*")+1:]
	from = commonPrefix(from, b)
	from = from[:strings.LastIndexAny(from, separators)+1]
	to = commonSuffix(to, b[len(from):])
	to = to[cmp.Or(max(strings.IndexAny(to, separators), 0), len(to)*boolInt(!strings.ContainsAny(to, separators))):]
	return from + "*" + to
}
