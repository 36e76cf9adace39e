// Package words takes a command line apart.
//
// It guarantees the words that Python's shlex.split makes, which is what
// Ansible and proc_wrapper split with; the tests hold it against the real one.
package words

import (
	"errors"
	"strings"
)

// Split is line in words, as Python's shlex.split makes them: white space
// parts words, '…' is literal, "…" knows \" and \\, and a backslash elsewhere
// makes the next character literal.
func Split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	for rest := line; rest != ""; {
		c := rest[0]
		rest = rest[1:]
		if strings.IndexByte(" \t\r\n", c) >= 0 {
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
			continue
		}
		inWord = true
		var err error
		if rest, err = literal(&word, c, rest); err != nil {
			return nil, err
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}

// literal adds what c begins to word, and returns what follows it.
func literal(word *strings.Builder, c byte, rest string) (string, error) {
	switch {
	case c == '\'':
		text, after, closed := strings.Cut(rest, "'")
		if !closed {
			return "", errors.New("a quote ' is not closed")
		}
		word.WriteString(text)
		return after, nil
	case c == '"':
		return doubleQuoted(word, rest)
	case c != '\\':
		word.WriteByte(c)
		return rest, nil
	case rest == "":
		return "", errors.New("nothing follows the last backslash")
	default:
		word.WriteByte(rest[0])
		return rest[1:], nil
	}
}

func doubleQuoted(word *strings.Builder, rest string) (string, error) {
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '"':
			return rest[i+1:], nil
		case rest[i] == '\\' && i+1 < len(rest) && (rest[i+1] == '"' || rest[i+1] == '\\'):
			i++
		}
		word.WriteByte(rest[i])
	}
	return "", errors.New(`a quote " is not closed`)
}
