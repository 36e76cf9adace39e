package expr

import (
	"maps"
	"slices"
	"strings"
)

const supportedHint = "supported are names, a.b, a['b'], a[0], a[1:2], literals, + - * / // % ~, comparisons, in, and, or, not, " +
	"a if c else b, is tests, | filters, lookup('env', …) and lookup('file', …)"

// Supported lists the filters and the tests that expressions may use, sorted.
func Supported() (filters, tests []string) {
	return slices.Sorted(maps.Keys(filterTable)), slices.Sorted(maps.Keys(testTable))
}

func filtersHint() string {
	filters, _ := Supported()
	return "supported filters: " + strings.Join(filters, ", ")
}

func testsHint() string {
	_, tests := Supported()
	return "supported tests: " + strings.Join(tests, ", ")
}
