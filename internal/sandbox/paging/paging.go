// Package paging cuts sorted lists into pages.
//
// It guarantees that a token resumes right after the last item that was shown,
// although items come and go meanwhile.
package paging

import (
	"encoding/base64"
	"errors"
	"strings"
)

// ErrToken is a token that no page gave.
var ErrToken = errors.New("the page token is invalid")

const tokenPrefix = "after:"

// Cut gives at most size items of a list that is sorted by key, from the token
// on, and the token of the next page: nil after the last one.
func Cut[T any](all []T, key func(T) string, token *string, size int) ([]T, *string, error) {
	rest, err := after(all, key, token)
	if err != nil {
		return nil, nil, err
	}
	if len(rest) <= size {
		return rest, nil, nil
	}
	next := base64.RawURLEncoding.EncodeToString([]byte(tokenPrefix + key(rest[size-1])))
	return rest[:size], &next, nil
}

// after drops what pages before the token's end showed.
func after[T any](all []T, key func(T) string, token *string) ([]T, error) {
	if token == nil {
		return all, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*token)
	last, ok := strings.CutPrefix(string(raw), tokenPrefix)
	if err != nil || !ok {
		return nil, ErrToken
	}
	for i, item := range all {
		if key(item) > last {
			return all[i:], nil
		}
	}
	return all[len(all):], nil
}
