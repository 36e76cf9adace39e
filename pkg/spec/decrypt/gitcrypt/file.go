package gitcrypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the format's own; as an HMAC it is not broken
	"errors"
	"fmt"
)

const (
	magic     = "\x00GITCRYPT\x00"
	nonceSize = 12
)

// ErrLocked says that a file is locked and no key was given.
var ErrLocked = errors.New("the file is locked by git-crypt and no key was given")

// ErrWrongKey says that none of the keys proves the file. One that was changed
// fails in the same way: the format cannot tell the two apart.
var ErrWrongKey = errors.New("no git-crypt key given fits, or the locked file was changed")

// ErrCorrupted says that a file or a key is not as git-crypt writes it; the
// error that wraps it says in what.
var ErrCorrupted = errors.New("it is damaged")

func corrupted(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupted, fmt.Sprintf(format, args...))
}

// IsLocked tells whether data is the content of a locked file.
func IsLocked(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// Decrypt is the text of a locked file, tried with each of keys: the file does
// not name its own. The error wraps ErrLocked, ErrWrongKey or ErrCorrupted.
func Decrypt(data []byte, keys []Key) ([]byte, error) {
	switch {
	case !IsLocked(data):
		return nil, corrupted("it does not begin as git-crypt's files do")
	case len(data) < len(magic)+nonceSize:
		return nil, corrupted("it ends within its head")
	case len(keys) == 0:
		return nil, ErrLocked
	}
	nonce, ciphertext := data[len(magic):len(magic)+nonceSize], data[len(magic)+nonceSize:]
	text := make([]byte, len(ciphertext))
	for _, key := range keys {
		encryption, proof := key.halves()
		if err := xor(text, ciphertext, encryption, nonce); err != nil {
			return nil, err
		}
		if hmac.Equal(sum(text, proof), nonce) {
			return text, nil
		}
	}
	clear(text)
	return nil, fmt.Errorf("%w (%d tried)", ErrWrongKey, len(keys))
}

// xor encrypts or decrypts: in counter mode they are the same.
func xor(out, text, key, nonce []byte) error {
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("set up AES: %w", err)
	}
	var counter [aes.BlockSize]byte
	copy(counter[:], nonce)
	cipher.NewCTR(block, counter[:]).XORKeyStream(out, text)
	return nil
}

// sum is what the nonce of a text must be.
func sum(text, key []byte) []byte {
	mac := hmac.New(sha1.New, key)
	mac.Write(text)
	return mac.Sum(nil)[:nonceSize]
}
