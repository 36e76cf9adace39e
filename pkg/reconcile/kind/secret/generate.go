package secret

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"

	"ecs-reconciler/pkg/spec"
)

// What is made where the spec does not say otherwise: about 190 bits.
const (
	defaultLength   = 32
	defaultAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// withValue is d with the value that is stored, made now where the spec leaves
// it to be made. A value whose source was not read is an error.
func (k *Kind) withValue(d Desired) (Desired, error) {
	switch {
	case d.Value.IsSet():
		return d, nil
	case d.Generate == nil:
		return d, fmt.Errorf("the source of the secret %q was not read", d.Name)
	}
	var err error
	d.Value, err = generate(k.opts.Rand, *d.Generate)
	return d, err
}

// generate draws characters, each as likely as any other of the alphabet.
func generate(random io.Reader, g spec.Generate) (spec.Secret, error) {
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
			return spec.Secret{}, fmt.Errorf("no randomness for a value: %w", err)
		}
		text[i] = alphabet[n.Int64()]
	}
	return spec.NewSecret(string(text)), nil
}
