package yaml11

import (
	"bytes"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The parser takes any ? in {…} and […] for the sign of a key, while libyaml,
// which Ansible reads with, takes it for a letter once a text has begun:
// {schedule: cron(0 3 ? * 2-6 *)}. So such a ? is hidden from the parser behind
// a letter that the file does not use, and put back into what was parsed.

// decodeAll parses all documents of data.
func decodeAll(data []byte, reader func([]byte) io.Reader) ([]*yaml.Node, error) {
	if !bytes.ContainsRune(data, '?') {
		return decode(reader(data))
	}
	letter := unusedLetter(data)
	documents, err := decode(reader(hideQuestions(data, letter)))
	for _, d := range documents {
		showQuestions(d, string(letter))
	}
	return documents, err
}

// unusedLetter is one for private use that data does not hold.
func unusedLetter(data []byte) rune {
	letter := rune(0xe000)
	for bytes.ContainsRune(data, letter) && letter < 0xf8ff {
		letter++
	}
	return letter
}

// hideQuestions replaces each ? that cannot be the sign of a key.
func hideQuestions(data []byte, letter rune) []byte {
	out := make([]byte, 0, len(data)+16)
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n') + 1
		if end == 0 {
			end = len(data)
		}
		line := data[:end]
		for i, c := range line {
			if c == '?' && insideText(line[:i]) {
				out = append(out, string(letter)...)
			} else {
				out = append(out, c)
			}
		}
		data = data[end:]
	}
	return out
}

// insideText tells whether what stands before on the line is more than the
// signs behind which a key may begin.
func insideText(before []byte) bool {
	before = bytes.TrimRight(before, " \t")
	if len(bytes.Trim(before, " \t-?:")) == 0 {
		return false
	}
	return !strings.ContainsRune("{[,:", rune(before[len(before)-1]))
}

func showQuestions(n *yaml.Node, letter string) {
	n.Value = strings.ReplaceAll(n.Value, letter, "?")
	n.Tag = strings.ReplaceAll(n.Tag, letter, "?")
	for _, child := range n.Content {
		showQuestions(child, letter)
	}
}
