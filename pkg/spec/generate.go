package spec

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
)

// What is made where the spec does not say otherwise: about 190 bits.
const (
	defaultLength   = 32
	defaultAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// Make draws characters, each as likely as any other of the alphabet.
func (g Generate) Make(random io.Reader) (Secret, error) {
	if g.Length == 0 {
		g.Length = defaultLength
	}
	if g.Alphabet == "" {
		g.Alphabet = defaultAlphabet
	}
	alphabet := []rune(g.Alphabet)
	text := make([]rune, g.Length)
	for i := range text {
		n, err := rand.Int(random, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return Secret{}, fmt.Errorf("no randomness for a value: %w", err)
		}
		text[i] = alphabet[n.Int64()]
	}
	return NewSecret(string(text)), nil
}
