package expr

import (
	"regexp"
	"strings"
)

var (
	rawBegin = regexp.MustCompile(`^\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})`)
	rawEnd   = regexp.MustCompile(`\{%([-+]?)\s*endraw\s*(\+%\}|-%\}\s*|%\}\n?)`)
	anyBlock = regexp.MustCompile(`^\{%[^}]{0,80}%\}`)
)

// statement handles {% … %}, of which raw is the only one there is.
func (s *splitter) statement(int) *problem {
	open := rawBegin.FindString(s.source[s.at:])
	if open == "" {
		return &problem{message: "statements are not supported",
			hint:    "use {{ a if condition else b }}; " + rawHint,
			excerpt: anyBlock.FindString(s.source[s.at:])}
	}
	body := s.source[s.at+len(open):]
	end := rawEnd.FindStringSubmatchIndex(body)
	if end == nil {
		return &problem{message: "{% raw %} has no {% endraw %}", hint: "add it behind the text that is to stay as it is"}
	}
	text := body[:end[0]]
	if body[end[2]:end[3]] == "-" {
		text = strings.TrimRightFunc(text, isSpace)
	}
	s.literal(text)
	s.at += len(open) + end[1]
	return nil
}
