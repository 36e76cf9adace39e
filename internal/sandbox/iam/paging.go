package iam

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"
)

const (
	defaultPage = 100
	markerSum   = "%08x "
)

// page is one slice of a listing.
type page[T any] struct {
	items     []T
	truncated bool
	marker    *string
}

// paginate cuts a page out of items sorted by key. The marker names the last
// item given, so a page is right even if items came or went in between.
func paginate[T any](items []T, key func(T) string, marker *string, maxItems *int32) (page[T], error) {
	start := 0
	if marker != nil {
		last, err := decodeMarker(*marker)
		if err != nil {
			return page[T]{}, err
		}
		for start < len(items) && key(items[start]) <= last {
			start++
		}
	}
	limit := defaultPage
	if maxItems != nil {
		limit = int(*maxItems)
	}
	rest := items[start:]
	if len(rest) <= limit {
		return page[T]{items: rest}, nil
	}
	next := encodeMarker(key(rest[limit-1]))
	return page[T]{items: rest[:limit], truncated: true, marker: &next}, nil
}

func encodeMarker(key string) string {
	return base64.StdEncoding.EncodeToString([]byte(signed(key)))
}

// signed is a key behind its checksum, so that a marker which was tampered with
// is refused, as AWS's are.
func signed(key string) string {
	return fmt.Sprintf(markerSum, crc32.ChecksumIEEE([]byte("iam/"+key))) + key
}

func decodeMarker(marker string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(marker)
	_, key, _ := strings.Cut(string(raw), " ")
	if err != nil || string(raw) != signed(key) {
		return "", awserr.New("ValidationError", "Invalid Marker: %s", marker)
	}
	return key, nil
}
