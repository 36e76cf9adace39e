package taskcheck

import (
	"strings"
	"unicode/utf8"
)

// Limits of tags (AWS: types.Tag of ECS), in characters.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

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
		case seen[key]:
			c.report(path, "give each key once", "there are two tags %q", key)
		}
		if utf8.RuneCountInString(value(tag.Value)) > maxTagValue {
			c.report(pointer("tags", i, "value"), "", "the value of the tag %q has more than %d characters", key, maxTagValue)
		}
		seen[key] = true
	}
}
