package expr

import "slices"

// nearest is the candidate most like a name that is not known, "" when none is
// near enough to be what was meant.
func nearest(name string, candidates []string) string {
	slices.Sort(candidates)
	best, bestDistance := "", max(1, len(name)/3)+1
	for _, candidate := range candidates {
		if diff := len(candidate) - len(name); diff >= bestDistance || -diff >= bestDistance {
			continue
		}
		if d := distance(name, candidate); d < bestDistance && d > 0 {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// distance counts the letters to add, drop or change to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
