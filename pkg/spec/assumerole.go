package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// STS's limits on the tags of a session (AWS: AssumeRole).
const (
	maxSessionTags     = 50
	maxSessionTagKey   = 128
	maxSessionTagValue = 256
)

// IsExternalID tells whether STS takes text for an external id (AWS: AssumeRole).
func IsExternalID(text string) bool {
	return len(text) <= 1224 && regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`).MatchString(text)
}

// SessionTagsForm is why STS would refuse a session's tags; "" when it would
// not. It quotes keys and no value.
func SessionTagsForm(tags map[string]string) string {
	if len(tags) > maxSessionTags {
		return fmt.Sprintf("there are %d tags, and a session takes %d", len(tags), maxSessionTags)
	}
	fit := regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	seen := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		lower := strings.ToLower(key)
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxSessionTagKey || !fit.MatchString(key):
			return fmt.Sprintf("%q cannot be a tag's key", key)
		case strings.HasPrefix(lower, "aws:"):
			return fmt.Sprintf("%q is a tag that only AWS sets", key)
		case seen[lower] != "":
			return fmt.Sprintf("%q and %q are one key to STS", seen[lower], key)
		case utf8.RuneCountInString(tags[key]) > maxSessionTagValue || !fit.MatchString(tags[key]):
			return fmt.Sprintf("the value of the tag %q is too long, or has characters that tags do not take", key)
		}
		seen[lower] = key
	}
	return ""
}
