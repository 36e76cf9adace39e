package signature

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Keys are those who may sign.
type Keys struct {
	PGP []string // armored key rings
	ssh []signer
}

// signer is a line of an allowed_signers file (ssh-keygen(1), "ALLOWED
// SIGNERS").
type signer struct {
	key           ssh.PublicKey
	after, before time.Time // zero: always
}

const (
	pgpBegin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
	pgpEnd   = "-----END PGP PUBLIC KEY BLOCK-----"
)

// ParseKeys reads armored PGP public keys and lines of an allowed_signers file,
// in any order in one text. A text without a key is an error.
func ParseKeys(data []byte) (*Keys, error) {
	k := &Keys{}
	block, number := []string(nil), 0
	for line := range strings.Lines(string(data)) {
		number++
		text := strings.TrimSpace(line)
		switch {
		case text == pgpBegin:
			block = []string{text}
		case block != nil:
			block = append(block, text)
			if text == pgpEnd {
				k.PGP = append(k.PGP, strings.Join(block, "\n")+"\n")
				block = nil
			}
		case text == "" || strings.HasPrefix(text, "#"):
		default:
			if err := k.add(text); err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
		}
	}
	switch {
	case block != nil:
		return nil, errors.New("a PGP key has no end")
	case len(k.PGP)+len(k.ssh) == 0:
		return nil, errors.New("there is no key")
	}
	return k, nil
}

// add reads PRINCIPALS [OPTIONS] TYPE KEY [COMMENT]. Keys that may not sign for
// git are left out.
func (k *Keys) add(line string) error {
	words := split(line)
	at := -1
	for i := 1; i < len(words)-1 && i <= 2; i++ {
		if isKeyType(words[i]) {
			at = i
			break
		}
	}
	if at < 0 {
		return errors.New("it is neither a PGP key nor PRINCIPALS [OPTIONS] TYPE KEY")
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(words[at] + " " + words[at+1]))
	if err != nil {
		return errors.New("the ssh key cannot be read")
	}
	s := signer{key: key}
	if at == 1 {
		k.ssh = append(k.ssh, s)
		return nil
	}
	forGit, err := s.options(words[1])
	if forGit && err == nil {
		k.ssh = append(k.ssh, s)
	}
	return err
}

func isKeyType(word string) bool {
	return strings.HasPrefix(word, "ssh-") || strings.HasPrefix(word, "ecdsa-sha2-") || strings.HasPrefix(word, "sk-ssh-") || strings.HasPrefix(word, "sk-ecdsa-")
}

// options reads what stands before a key.
func (s *signer) options(text string) (forGit bool, err error) {
	forGit = true
	for _, option := range splitAt(text, ',') {
		name, value, _ := strings.Cut(option, "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "namespaces":
			forGit = matchesAny(value, namespace)
		case "valid-after":
			s.after, err = parseTime(value)
		case "valid-before":
			s.before, err = parseTime(value)
		case "cert-authority":
			err = errors.New("certificates of ssh are not read; list the keys themselves")
		default:
			err = fmt.Errorf("there is no option %s", name)
		}
		if err != nil {
			return false, err
		}
	}
	return forGit, nil
}

// matchesAny knows the patterns of ssh_config(5), of which a negated one that
// matches refuses.
func matchesAny(patterns, name string) bool {
	matched := false
	for pattern := range strings.SplitSeq(patterns, ",") {
		pattern, negated := strings.CutPrefix(pattern, "!")
		if !matches(pattern, name) {
			continue
		}
		if negated {
			return false
		}
		matched = true
	}
	return matched
}

// matches is a pattern of * and ?.
func matches(pattern, name string) bool {
	switch {
	case pattern == "":
		return name == ""
	case pattern[0] == '*':
		return matches(pattern[1:], name) || name != "" && matches(pattern, name[1:])
	default:
		return name != "" && (pattern[0] == '?' || pattern[0] == name[0]) && matches(pattern[1:], name[1:])
	}
}

// parseTime reads YYYYMMDD[HHMM[SS]], with Z in UTC, else of this machine.
func parseTime(text string) (time.Time, error) {
	digits, utc := strings.CutSuffix(text, "Z")
	zone := time.Local
	if utc {
		zone = time.UTC
	}
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if t, err := time.ParseInLocation(layout, digits, zone); err == nil && len(digits) == len(layout) {
			return t, nil
		}
	}
	return time.Time{}, errors.New("a time is not of the form YYYYMMDDHHMMSSZ")
}

// split parts a line at blanks outside of quotes.
func split(line string) []string {
	var words []string
	for _, word := range splitAt(strings.ReplaceAll(line, "\t", " "), ' ') {
		if word != "" {
			words = append(words, word)
		}
	}
	return words
}

// splitAt parts a text at a character outside of quotes.
func splitAt(text string, at rune) []string {
	quoted := false
	var parts []string
	start := 0
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == at && !quoted:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}
