package ansiblevault

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// saltSize is what Ansible draws for every text.
const saltSize = 32

// Encrypt is plaintext as a vault text that ends in a newline. It is of
// version 1.2 and names the password's id when that is neither "" nor
// "default", else of version 1.1, as Ansible decides it. The salt is read
// from random, which must be cryptographically secure (crypto/rand.Reader).
func Encrypt(plaintext []byte, password Password, random io.Reader) ([]byte, error) {
	if err := encryptable(plaintext, password); err != nil {
		return nil, err
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, fmt.Errorf("draw the salt of a vault text: %w", err)
	}
	k, err := derive(password.Text.Reveal(), salt)
	if err != nil {
		return nil, err
	}
	ciphertext := pad(plaintext)
	if err := k.xor(ciphertext); err != nil {
		return nil, err
	}
	return envelope{id: password.Label(), salt: salt, mac: k.sum(ciphertext), ciphertext: ciphertext}.format(), nil
}

func encryptable(plaintext []byte, password Password) error {
	switch {
	case IsEncrypted(plaintext):
		return errors.New("it is encrypted with ansible-vault already; decrypt it first, or change its password by `rekey`")
	case password.Text.Reveal() == "":
		return errors.New("the vault password to encrypt with is empty; give one")
	case strings.ContainsAny(password.ID, ";\r\n") || strings.TrimSpace(password.ID) != password.ID:
		return fmt.Errorf("the vault id %q cannot be written: it has a semicolon, a line break or white space around it", password.ID)
	default:
		return nil
	}
}
