// Package paging cuts sorted lists into pages.
//
// It guarantees that a token resumes right after the last item that was shown,
// although items come and go meanwhile, and that no other text is taken for a
// token.
package paging

import (
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
)

// ErrToken is a token that no page gave.
var ErrToken = errors.New("the page token is invalid")

// tokenOf is a token that resumes after a key. Its checksum keeps out what no
// page gave.
func tokenOf(key string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%08x:%s", crc32.ChecksumIEEE([]byte(key)), key))
}

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
	return rest[:size], new(tokenOf(key(rest[size-1]))), nil
}

// after drops what pages before the token's end showed.
func after[T any](all []T, key func(T) string, token *string) ([]T, error) {
	if token == nil {
		return all, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*token)
	_, last, ok := strings.Cut(string(raw), ":")
	if err != nil || !ok || *token != tokenOf(last) {
		return nil, ErrToken
	}
	for i, item := range all {
		if key(item) > last {
			return all[i:], nil
		}
	}
	return all[len(all):], nil
}
