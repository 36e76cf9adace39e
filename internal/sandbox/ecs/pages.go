package ecs

import (
	"encoding/base64"
	"encoding/binary"
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
		last, ok := unsigned(*token)
		if !ok {
			return nil, nil, invalidParameter("Invalid token")
		}
		i, found := slices.BinarySearchFunc(items, last, order)
		if found {
			i++
		}
		items = items[i:]
	}
	if len(items) <= size {
		return append([]string{}, items...), nil, nil
	}
	shown = append([]string{}, items[:size]...)
	return shown, new(signed(shown[size-1])), nil
}

// signed is a token for an item: its checksum and itself, so that a token which
// was tampered with is refused.
func signed(item string) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, hash("page "+item))) +
		base64.RawURLEncoding.EncodeToString([]byte(item))
}

// sumLength is how many characters of a token are its checksum.
const sumLength = 11

func unsigned(token string) (string, bool) {
	if len(token) <= sumLength {
		return "", false
	}
	item, err := base64.RawURLEncoding.DecodeString(token[sumLength:])
	return string(item), err == nil && signed(string(item)) == token
}
