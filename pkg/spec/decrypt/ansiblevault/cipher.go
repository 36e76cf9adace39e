package ansiblevault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"fmt"
	"slices"
)

const (
	iterations = 10_000 // of PBKDF2-HMAC-SHA256, fixed by the format
	keySize    = 32
	macSize    = sha256.Size
)

// keys are derived from a password and a salt, in this order.
type keys struct {
	encryption [keySize]byte
	mac        [keySize]byte
	counter    [aes.BlockSize]byte
}

func derive(password string, salt []byte) (*keys, error) {
	derived, err := pbkdf2.Key(sha256.New, password, salt, iterations, 2*keySize+aes.BlockSize)
	if err != nil {
		return nil, fmt.Errorf("derive the vault key: %w", err)
	}
	k := &keys{}
	copy(k.encryption[:], derived)
	copy(k.mac[:], derived[keySize:])
	copy(k.counter[:], derived[2*keySize:])
	return k, nil
}

// sum authenticates a ciphertext.
func (k *keys) sum(ciphertext []byte) []byte {
	mac := hmac.New(sha256.New, k.mac[:])
	mac.Write(ciphertext)
	return mac.Sum(nil)
}

// xor encrypts or decrypts text in place: in counter mode they are the same.
func (k *keys) xor(text []byte) error {
	block, err := aes.NewCipher(k.encryption[:])
	if err != nil {
		return fmt.Errorf("set up AES: %w", err)
	}
	cipher.NewCTR(block, k.counter[:]).XORKeyStream(text, text)
	return nil
}

// pad is a copy of text with PKCS #7 padding: n bytes of value n, to a whole
// block.
func pad(text []byte) []byte {
	n := aes.BlockSize - len(text)%aes.BlockSize
	return slices.Concat(text, bytes.Repeat([]byte{byte(n)}, n))
}

func unpad(text []byte) ([]byte, error) {
	if len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, corrupted("its ciphertext is not of whole blocks")
	}
	n := int(text[len(text)-1])
	if n == 0 || n > aes.BlockSize || !bytes.HasSuffix(text, bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, corrupted("its padding is wrong")
	}
	return text[:len(text)-n], nil
}
