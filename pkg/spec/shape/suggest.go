package shape

import (
	"slices"
	"strings"
)

// Suggest is the one of known that word was probably meant to be, "" when
// none is near. Spelling in another case or with other separators
// (container_definitions) is always near; otherwise a letter in three may be
// wrong, or word is the beginning of exactly what was meant.
func Suggest(word string, known []string) string {
	folded := fold(word)
	best, least := "", max(1, len(folded)/3)+1
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		if d := distance(folded, fold(candidate)); d < least && d < len(folded) {
			best, least = candidate, d
		}
	}
	if best == "" && len(folded) > 2 {
		return shortestWithPrefix(folded, known)
	}
	return best
}

// Typo is the one of known that word is but for one edit, a swap of neighbours
// or its spelling with other separators or in another case; "" without any.
func Typo(word string, known []string) string {
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		if distance(fold(word), fold(candidate)) <= 1 {
			return candidate
		}
	}
	return ""
}

func shortestWithPrefix(folded string, known []string) string {
	best := ""
	for _, candidate := range slices.Sorted(slices.Values(known)) {
		if strings.HasPrefix(fold(candidate), folded) && (best == "" || len(candidate) < len(best)) {
			best = candidate
		}
	}
	return best
}

func fold(word string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(word))
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := range from {
		for j := range to {
			rows[i+1][j+1] = cheapest(rows, from, to, i, j)
		}
	}
	return rows[len(from)][len(to)]
}

func cheapest(rows [][]int, from, to []rune, i, j int) int {
	replace := rows[i][j]
	if from[i] != to[j] {
		replace++
	}
	least := min(rows[i][j+1]+1, rows[i+1][j]+1, replace)
	if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
		least = min(least, rows[i-1][j-1]+1)
	}
	return least
}
