package dotenv

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec"
)

// Entry is one assignment of a file.
type Entry struct {
	Key          string
	Value        spec.Secret // as written, without quotes and escapes; "" when there is none
	Line         int         // of the key, from 1
	HasValue     bool        // false for a name without "=", which python-dotenv reads as None
	Interpolates bool        // the value holds ${NAME} or ${NAME:-default}
}

// File is what Parse found.
type File struct {
	Entries   []Entry // in the order of the file, repeated names included
	Malformed []int   // the lines, from 1, at which something begins that python-dotenv skips
}

// Parse reads data, which is UTF-8 with or without a byte order mark. It never
// fails: what is malformed is skipped, as python-dotenv skips it, and listed.
func Parse(data []byte) File {
	s := &scanner{text: strings.TrimPrefix(string(data), "\ufeff"), line: 1}
	var file File
	for s.skip(isSpace); s.at < len(s.text); s.skip(isSpace) {
		line := s.lineHere()
		entry, ok := s.statement()
		switch {
		case !ok:
			file.Malformed = append(file.Malformed, line)
			s.skipLine()
		case entry.Key != "":
			entry.Line = line
			file.Entries = append(file.Entries, entry)
		}
	}
	return file
}

// scanner walks through a file. Its methods that take something answer
// whether it was there, and stay where they are when it was not.
type scanner struct {
	text    string
	at      int
	line    int // of text[counted]
	counted int
}

// statement reads an assignment or a comment, whose key is "".
func (s *scanner) statement() (entry Entry, ok bool) {
	s.export()
	if s.peek() != '#' {
		if entry.Key, ok = s.key(); !ok {
			return entry, false
		}
	}
	s.skip(isBlank)
	if s.peek() == '=' {
		value, ok := s.assigned()
		if !ok {
			return entry, false
		}
		_, interpolates := nextVariable(value)
		entry.Value, entry.HasValue, entry.Interpolates = spec.NewSecret(value), true, interpolates
	} else {
		entry.Value = spec.NewSecret("")
	}
	s.comment()
	return entry, s.endOfLine()
}

func (s *scanner) export() {
	after, found := strings.CutPrefix(s.text[s.at:], "export")
	if r, _ := utf8.DecodeRuneInString(after); found && after != "" && isBlank(r) {
		s.at += len("export")
		s.skip(isBlank)
	}
}

// key reads 'any text' or a run without white space, "=" and "#".
func (s *scanner) key() (string, bool) {
	if s.peek() == '\'' {
		name, _, closed := strings.Cut(s.text[s.at+1:], "'")
		if !closed || name == "" {
			return "", false
		}
		s.at += len(name) + 2
		return name, true
	}
	name := s.take(func(r rune) bool { return r != '=' && r != '#' && !isSpace(r) })
	return name, name != ""
}

// assigned reads "=" and what follows it.
func (s *scanner) assigned() (string, bool) {
	s.at++
	blanks := s.take(isBlank)
	switch {
	case blanks != "" && s.peek() == '#':
		return "", true
	case s.peek() == '\'':
		return s.quoted('\'', `\'`, `\'`)
	case s.peek() == '"':
		return s.quoted('"', `\'"abfnrtv`, "\\'\"\a\b\f\n\r\t\v")
	default:
		return s.unquoted(), true
	}
}

// unquoted reads to the end of the line, without a comment that has white
// space before it and without white space at the end.
func (s *scanner) unquoted() string {
	value := s.take(func(r rune) bool { return r != '\r' && r != '\n' })
	blank := false
	for i, r := range value {
		if r == '#' && blank {
			value = value[:i]
			break
		}
		blank = isSpace(r)
	}
	return strings.TrimRightFunc(value, isSpace)
}

// quoted reads a value in quotes, over several lines if need be. A backslash
// before one of escapes stands for the character of meanings in the same
// place; before anything else it stands for itself.
func (s *scanner) quoted(quote byte, escapes, meanings string) (string, bool) {
	var value strings.Builder
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == quote:
			s.at = i + 1
			return value.String(), true
		case c != '\\':
			value.WriteByte(c)
		case i+1 == len(s.text):
			return "", false
		default:
			i++
			if known := strings.IndexByte(escapes, s.text[i]); known >= 0 {
				value.WriteByte(meanings[known])
			} else {
				value.WriteString(s.text[i-1 : i+1])
			}
		}
	}
	return "", false
}

func (s *scanner) comment() {
	rest := strings.TrimLeftFunc(s.text[s.at:], isBlank)
	if !strings.HasPrefix(rest, "#") {
		return
	}
	s.at = len(s.text) - len(rest)
	s.skip(func(r rune) bool { return r != '\r' && r != '\n' })
}

// endOfLine tells whether nothing but blanks is left of the line. What is
// left is white space, which Parse skips.
func (s *scanner) endOfLine() bool {
	s.skip(isBlank)
	return s.at == len(s.text) || s.peek() == '\r' || s.peek() == '\n'
}

func (s *scanner) skipLine() {
	s.skip(func(r rune) bool { return r != '\r' && r != '\n' })
}

// peek is the byte here, 0 at the end.
func (s *scanner) peek() byte {
	if s.at == len(s.text) {
		return 0
	}
	return s.text[s.at]
}

func (s *scanner) skip(while func(rune) bool) { s.take(while) }

func (s *scanner) take(while func(rune) bool) string {
	rest := s.text[s.at:]
	end := strings.IndexFunc(rest, func(r rune) bool { return !while(r) })
	if end < 0 {
		end = len(rest)
	}
	s.at += end
	return rest[:end]
}

// lineHere counts the lines up to here: CRLF, LF and CR each end one.
func (s *scanner) lineHere() int {
	passed := s.text[s.counted:s.at]
	s.line += strings.Count(passed, "\n") + strings.Count(passed, "\r") - strings.Count(passed, "\r\n")
	s.counted = s.at
	return s.line
}

// isSpace is Python's str.isspace: Unicode's white space and the four
// information separators.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || (r >= 0x1c && r <= 0x1f)
}

// isBlank is white space within a line.
func isBlank(r rune) bool { return r != '\r' && r != '\n' && isSpace(r) }
