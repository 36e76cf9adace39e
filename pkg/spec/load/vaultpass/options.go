package vaultpass

import (
	"errors"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// options are the flags of a command line that name passwords.
type options struct{ vaultIDs, passwordFiles []string }

// extraOptions reads a command line of Ansible's and leaves every other flag
// of it alone.
func extraOptions(line string) (options, error) {
	words, err := Words(line)
	if err != nil {
		return options{}, &spec.Error{
			At:      spec.Position{File: "EXTRA_ANSIBLE_OPTIONS"},
			Message: err.Error(),
			Hint:    "it is split into words as a POSIX shell splits a line",
		}
	}
	var found options
	for i := 0; i < len(words); i++ {
		flag, value, joined := strings.Cut(words[i], "=")
		list := found.of(flag)
		if list == nil {
			continue
		}
		if !joined {
			if i++; i == len(words) {
				return options{}, &spec.Error{
					At:      spec.Position{File: "EXTRA_ANSIBLE_OPTIONS"},
					Message: flag + " is not followed by a value",
				}
			}
			value = words[i]
		}
		*list = append(*list, value)
	}
	return found, nil
}

func (o *options) of(flag string) *[]string {
	switch flag {
	case "--vault-id":
		return &o.vaultIDs
	case "--vault-password-file", "--vault-pass-file":
		return &o.passwordFiles
	default:
		return nil
	}
}

// Words is line in words, as Python's shlex.split makes them: white space
// parts words, '…' is literal, "…" knows \" and \\, and a backslash elsewhere
// makes the next character literal.
func Words(line string) ([]string, error) {
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
