package ansiblevault

import (
	"bytes"
	"encoding/hex"
	"fmt"
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
	lines := strings.Split(normalized(data), "\n")
	id, err := parseHeader(lines[0])
	if err != nil {
		return envelope{}, err
	}
	body, err := parseBody(lines[1:])
	if err != nil {
		return envelope{}, err
	}
	salt, mac, ciphertext, err := splitBody(body)
	return envelope{id: id, salt: salt, mac: mac, ciphertext: ciphertext}, err
}

func normalized(data []byte) string {
	text := strings.Trim(string(data), " \t\r\n")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
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

// parseBody joins and decodes the lines after the header.
func parseBody(lines []string) ([]byte, error) {
	var digits strings.Builder
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if strings.Trim(line, "0123456789abcdefABCDEF") != "" {
			return nil, corrupted("line %d is not hexadecimal", i+2)
		}
		digits.WriteString(line)
	}
	body, err := hex.DecodeString(digits.String())
	if err != nil {
		return nil, corrupted("the number of hexadecimal digits is odd, so some are missing")
	}
	return body, nil
}

// splitBody takes the three inner lines apart, hexadecimal once more.
func splitBody(body []byte) (salt, mac, ciphertext []byte, err error) {
	parts := bytes.SplitN(body, []byte("\n"), 3)
	if len(parts) != 3 {
		return nil, nil, nil, corrupted("it does not hold a salt, a MAC and a ciphertext")
	}
	for i, name := range []string{"salt", "MAC", "ciphertext"} {
		if parts[i], err = hex.AppendDecode(nil, parts[i]); err != nil {
			return nil, nil, nil, corrupted("its %s is not hexadecimal", name)
		}
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
	inner := fmt.Sprintf("%x\n%x\n%x", e.salt, e.mac, e.ciphertext)
	digits := hex.EncodeToString([]byte(inner))
	var out bytes.Buffer
	out.WriteString(header(e.id))
	for start := 0; start < len(digits); start += lineWidth {
		out.WriteByte('\n')
		out.WriteString(digits[start:min(start+lineWidth, len(digits))])
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// header is of version 1.1 unless there is an id to name, as Ansible has it.
func header(id string) string {
	if id == defaultID {
		return strings.Join([]string{marker, "1.1", cipher256}, ";")
	}
	return strings.Join([]string{marker, "1.2", cipher256, id}, ";")
}
