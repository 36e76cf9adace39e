package ansiblevault

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
)

const (
	marker    = "$ANSIBLE_VAULT"
	cipher256 = "AES256"
	// defaultID is what Ansible calls the password of a text without an id.
	defaultID = "default"
)

// IsEncrypted tells whether data begins as a vault text does. White space
// before it is allowed, so that an inline value may be passed with its
// indentation.
func IsEncrypted(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte(marker))
}

// envelope is a vault text taken apart.
type envelope struct {
	id         string // defaultID when the text names none
	salt       []byte
	mac        []byte
	ciphertext []byte
}

// parse takes a vault text apart. Lines may be indented and end in CR, LF or
// CRLF; Ansible's parser takes any length of line and empty ones.
func parse(data []byte) (envelope, error) {
	first, rest := cutLine(bytes.Trim(data, " \t\r\n"))
	id, err := parseHeader(string(first))
	if err != nil {
		return envelope{}, err
	}
	if e, ok := parseUsual(rest); ok {
		e.id = id
		return e, nil
	}
	return parseAny(id, rest)
}

// parseAny parses lines of any width.
func parseAny(id string, text []byte) (envelope, error) {
	body, err := parseBody(text)
	if err != nil {
		return envelope{}, err
	}
	salt, mac, ciphertext, err := splitBody(body)
	return envelope{id: id, salt: salt, mac: mac, ciphertext: ciphertext}, err
}

// headDigits are those of salt and MAC in a text of Ansible's; each of the two
// lines ends in a newline.
const headDigits = 2 * (2*saltSize + 1 + 2*macSize + 1)

// parseUsual parses, quickly, lines that are as Ansible writes them. ok is false
// for all others, which may be valid.
func parseUsual(text []byte) (e envelope, ok bool) {
	head := headDigits + headDigits/lineWidth // with the ends of full lines
	if len(text) < head {
		return envelope{}, false
	}
	body, err := parseBody(text[:head])
	if err != nil {
		return envelope{}, false
	}
	salt, mac, rest, err := splitBody(body)
	if err != nil || len(salt) != saltSize || len(rest) > 0 {
		return envelope{}, false
	}
	ciphertext, ok := decodeTwice(text[head:])
	return envelope{salt: salt, mac: mac, ciphertext: ciphertext}, ok
}

// cutLine is the first line of text and what follows it.
func cutLine(text []byte) (line, rest []byte) {
	i := bytes.IndexAny(text, "\r\n")
	if i < 0 {
		return text, nil
	}
	line, rest = text[:i], text[i+1:]
	if text[i] == '\r' {
		rest = bytes.TrimPrefix(rest, []byte("\n"))
	}
	return line, rest
}

// parseHeader reads $ANSIBLE_VAULT;1.2;AES256;id. The id is a label, not
// authenticated by anything.
func parseHeader(line string) (id string, err error) {
	parts := strings.Split(strings.TrimSpace(line), ";")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if len(parts) < 3 || parts[0] != marker {
		return "", corrupted("the header is not %s;VERSION;CIPHER", marker)
	}
	switch {
	case parts[1] != "1.1" && parts[1] != "1.2":
		return "", corrupted("the header names a version that is neither 1.1 nor 1.2; `ansible-vault rekey` writes the present one")
	case parts[2] != cipher256:
		return "", corrupted("the header names a cipher other than %s", cipher256)
	case len(parts) > 3 && parts[3] != "":
		return parts[3], nil
	default:
		return defaultID, nil
	}
}

// parseBody joins and decodes the lines after the header. It decodes in place:
// a text is four times as long as what it holds.
func parseBody(text []byte) ([]byte, error) {
	digits := make([]byte, 0, len(text))
	for rest := text; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		digits = append(digits, bytes.TrimSpace(line)...)
	}
	n, err := hex.Decode(digits, digits)
	if err != nil {
		return nil, notHexadecimal(text)
	}
	return digits[:n], nil
}

// notHexadecimal says why text cannot be decoded.
func notHexadecimal(text []byte) error {
	for number, rest := 2, text; len(rest) > 0; number++ {
		var line []byte
		line, rest = cutLine(rest)
		if len(bytes.Trim(bytes.TrimSpace(line), "0123456789abcdefABCDEF")) > 0 {
			return corrupted("line %d is not hexadecimal", number)
		}
	}
	return corrupted("the number of hexadecimal digits is odd, so some are missing")
}

// splitBody takes the three inner lines apart, hexadecimal once more.
func splitBody(body []byte) (salt, mac, ciphertext []byte, err error) {
	parts := bytes.SplitN(body, []byte("\n"), 3)
	if len(parts) != 3 {
		return nil, nil, nil, corrupted("it does not hold a salt, a MAC and a ciphertext")
	}
	for i, name := range []string{"salt", "MAC", "ciphertext"} {
		n, err := hex.Decode(parts[i], parts[i])
		if err != nil {
			return nil, nil, nil, corrupted("its %s is not hexadecimal", name)
		}
		parts[i] = parts[i][:n]
	}
	if len(parts[1]) != macSize {
		return nil, nil, nil, corrupted("its MAC is not of %d bytes", macSize)
	}
	return parts[0], parts[1], parts[2], nil
}

// lineWidth is the number of hexadecimal digits in a line that Ansible writes.
const lineWidth = 80

// format puts a vault text together, ending in a newline.
func (e envelope) format() []byte {
	first := slices.Concat(hex.AppendEncode(nil, e.salt), []byte("\n"), hex.AppendEncode(nil, e.mac), []byte("\n"))
	head := header(e.id)
	digits := 2*len(first) + 4*len(e.ciphertext)
	out := append(make([]byte, 0, len(head)+digits+digits/lineWidth+2), head...)
	column := lineWidth
	for line := range slices.Chunk(first, lineWidth/2) {
		out = hex.AppendEncode(append(out, '\n'), line)
		column = 2 * len(line)
	}
	return append(appendTwice(out, e.ciphertext, column), '\n')
}

// header is of version 1.1 unless there is an id to name, as Ansible has it.
func header(id string) string {
	if id == defaultID {
		return strings.Join([]string{marker, "1.1", cipher256}, ";")
	}
	return strings.Join([]string{marker, "1.2", cipher256, id}, ";")
}
