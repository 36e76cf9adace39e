package policydoc

import (
	"encoding/json"
	"strings"
)

// scanner walks a text that json.Valid has accepted, so it never has to ask
// whether a bracket is closed.
type scanner struct {
	text string
	pos  int
}

const jsonSpace = " \t\r\n"

func (s *scanner) value() (*Node, error) {
	s.space()
	start := s.pos
	n, err := s.bare()
	if err != nil {
		return nil, err
	}
	n.Start, n.End = start, s.pos
	return n, nil
}

func (s *scanner) bare() (*Node, error) {
	switch s.text[s.pos] {
	case '{':
		return s.object()
	case '[':
		return s.array()
	case '"':
		text, err := s.str()
		return &Node{Kind: String, Text: text}, err
	default:
		return s.literal(), nil
	}
}

func (s *scanner) object() (*Node, error) {
	n := &Node{Kind: Object}
	for s.pos++; !s.closes('}'); {
		key, err := s.str()
		if err != nil {
			return nil, err
		}
		if n.Get(key) != nil {
			return nil, errDuplicate
		}
		s.space()
		s.pos++ // the colon
		value, err := s.value()
		if err != nil {
			return nil, err
		}
		n.Members = append(n.Members, Member{Key: key, Value: value})
	}
	return n, nil
}

func (s *scanner) array() (*Node, error) {
	n := &Node{Kind: Array}
	for s.pos++; !s.closes(']'); {
		item, err := s.value()
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, item)
	}
	return n, nil
}

// closes steps over white space and a comma, and over the bracket if it is next.
func (s *scanner) closes(bracket byte) bool {
	s.space()
	if s.text[s.pos] == ',' {
		s.pos++
		s.space()
	}
	if s.text[s.pos] != bracket {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) str() (string, error) {
	start := s.pos
	for s.pos++; s.text[s.pos] != '"'; s.pos++ {
		if s.text[s.pos] == '\\' {
			s.pos++
		}
	}
	s.pos++
	var out string
	err := json.Unmarshal([]byte(s.text[start:s.pos]), &out)
	return out, err
}

func (s *scanner) literal() *Node {
	start := s.pos
	for s.pos < len(s.text) && !strings.ContainsRune(",]}"+jsonSpace, rune(s.text[s.pos])) {
		s.pos++
	}
	text := s.text[start:s.pos]
	switch text {
	case "null":
		return &Node{Kind: Null, Text: text}
	case "true", "false":
		return &Node{Kind: Bool, Text: text}
	default:
		return &Node{Kind: Number, Text: text}
	}
}

func (s *scanner) space() {
	for s.pos < len(s.text) && strings.IndexByte(jsonSpace, s.text[s.pos]) >= 0 {
		s.pos++
	}
}
