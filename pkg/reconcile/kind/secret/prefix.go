package secret

import (
	"cmp"
	"slices"
)

// cover finds at most limit prefixes that between them begin every name, and
// few other names: the sorted names are cut where neighbours have least in
// common. It is nil when nothing short of the empty prefix would do.
func cover(names []string, limit int) []string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) == 0 {
		return nil
	}
	var out []string
	start := 0
	for _, end := range append(cuts(names, limit-1), len(names)) {
		prefix := common(names[start], names[end-1])
		if prefix == "" {
			return nil
		}
		out, start = append(out, prefix), end
	}
	return out
}

// cuts are the n places between neighbours that have least in common, in order.
func cuts(names []string, n int) []int {
	places := make([]int, 0, len(names))
	for i := 1; i < len(names); i++ {
		places = append(places, i)
	}
	slices.SortStableFunc(places, func(a, b int) int {
		return cmp.Compare(len(common(names[a-1], names[a])), len(common(names[b-1], names[b])))
	})
	places = places[:min(n, len(places))]
	slices.Sort(places)
	return places
}

// common is the longest prefix of both.
func common(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}
