package ecs

import (
	"encoding/base64"
	"slices"
)

// maxPage is the most results that a list operation returns at once.
const maxPage = 100

// page cuts one page out of a sorted list of distinct items. Its token names
// the last item shown, so that a list which changes between two calls neither
// repeats nor skips what stays. order is the order that items are in.
func page(items []string, order func(a, b string) int, maxResults *int32, size int, token *string) (shown []string, next *string, err error) {
	if maxResults != nil {
		if *maxResults < 1 || *maxResults > maxPage {
			return nil, nil, invalidParameter("maxResults must be between 1 and %d, not %d.", maxPage, *maxResults)
		}
		size = int(*maxResults)
	}
	if token != nil {
		last, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil || len(last) == 0 {
			return nil, nil, invalidParameter("Invalid token")
		}
		i, found := slices.BinarySearchFunc(items, string(last), order)
		if found {
			i++
		}
		items = items[i:]
	}
	if len(items) <= size {
		return append([]string{}, items...), nil, nil
	}
	shown = append([]string{}, items[:size]...)
	return shown, new(base64.RawURLEncoding.EncodeToString([]byte(shown[size-1]))), nil
}
