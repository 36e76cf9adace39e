package taskcheck

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of tags (AWS: types.Tag of ECS), in characters.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

const tagHint = "tags are made of letters, digits, spaces and _.:/=+-@"

// fitsTag tells whether text has only what ECS takes in a tag's key or value.
func fitsTag(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.In(r, unicode.Z) && !strings.ContainsRune("_.:/=+-@", r)
	})
}

func (c *checker) tags() {
	if n := len(c.def.Tags); n > maxTags {
		c.report("/tags", "", "there are %d tags, and AWS takes %d", n, maxTags)
	}
	seen := map[string]bool{}
	for i, tag := range c.def.Tags {
		key := value(tag.Key)
		path := pointer("tags", i, "key")
		switch length := utf8.RuneCountInString(key); {
		case length == 0 || length > maxTagKey:
			c.report(path, "", "a tag's key has 1 to %d characters, this one has %d", maxTagKey, length)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			c.report(path, "use another prefix", "the key %q begins with aws:, which is AWS's own", key)
		case !fitsTag(key):
			c.report(path, tagHint, "the key %q has a character that a tag cannot have", key)
		case seen[key]:
			c.report(path, "give each key once", "there are two tags %q", key)
		}
		switch text, path := value(tag.Value), pointer("tags", i, "value"); {
		case utf8.RuneCountInString(text) > maxTagValue:
			c.report(path, "", "the value of the tag %q has more than %d characters", key, maxTagValue)
		case !fitsTag(text):
			c.report(path, tagHint, "the value of the tag %q has a character that a tag cannot have", key)
		}
		seen[key] = true
	}
}
