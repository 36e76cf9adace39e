// Package tagset keeps the tags of an object for services whose SDK types
// differ and whose rules do not: an object has at most Most tags, each key once,
// and none that AWS has reserved (AWS, "Tag naming limits and requirements").
// It is pure.
package tagset

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/internal/sandbox/awserr"
)

// Most is how many tags an object may have.
const Most = 50

// Parts takes a service's tag apart; both parts may be nil.
type Parts[T any] func(T) (key, value *string)

func (parts Parts[T]) key(tag T) string {
	key, _ := parts(tag)
	return aws.ToString(key)
}

// Merge gives the tags there are with the added ones after them, or in the place
// of those of their key. A key that is AWS's own is refused; how many there may
// be is the caller's to check, since every service has words of its own for it.
func (parts Parts[T]) Merge(there, added []T) ([]T, error) {
	merged := slices.Clone(there)
	for _, tag := range added {
		key := parts.key(tag)
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return nil, awserr.New("ValidationException", "Tag keys that begin with aws: are reserved for use by Amazon Web Services.")
		}
		i := slices.IndexFunc(merged, func(m T) bool { return parts.key(m) == key })
		if i < 0 {
			merged = append(merged, tag)
			continue
		}
		merged[i] = tag
	}
	return merged, nil
}

// Without gives the tags but those of the keys, which need not be there.
func (parts Parts[T]) Without(tags []T, keys []string) []T {
	return slices.DeleteFunc(slices.Clone(tags), func(tag T) bool { return slices.Contains(keys, parts.key(tag)) })
}

// Map gives the values by key.
func (parts Parts[T]) Map(tags []T) map[string]string {
	out := make(map[string]string, len(tags))
	for _, tag := range tags {
		_, value := parts(tag)
		out[parts.key(tag)] = aws.ToString(value)
	}
	return out
}
