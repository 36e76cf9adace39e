package ansiblevault

import (
	"crypto/hmac"
	"fmt"
	"slices"
	"sync"

	"ecs-reconciler/pkg/spec"
)

// Password is a vault password and the id it goes by. The id is a hint, as it
// is to Ansible: the passwords of a text's own id are tried first, then all
// others. "" is the same as "default", the id of texts that name none.
type Password struct {
	ID   string
	Text spec.Secret
}

// Label is the id, never "".
func (p Password) Label() string {
	if p.ID == "" {
		return defaultID
	}
	return p.ID
}

// Decrypt is the plaintext of a vault text, tried with each of passwords.
// The error wraps ErrNoPassword, ErrWrongPassword or ErrCorrupted. Use a
// Decrypter where one text is read more than once.
func Decrypt(data []byte, passwords []Password) ([]byte, error) {
	return (&Decrypter{}).Decrypt(data, passwords)
}

// Decrypter decrypts and remembers the keys that it derived, since that takes
// 10,000 rounds of hashing for every password and salt. The zero value is
// ready, and may be used by several goroutines at once.
type Decrypter struct {
	mu      sync.Mutex
	derived map[source]derivation
}

// source is the password itself, not an equal one: it is compared by the
// pointer in it. Copies of a Secret share that.
type source struct {
	password spec.Secret
	salt     string
}

// derivation derives keys when it is first called. The keys are held by a
// function since fmt prints what a pointer points to under a verb that does
// not suit it, but never what a function has captured.
type derivation func() (*keys, error)

// Decrypt is like the function Decrypt.
func (d *Decrypter) Decrypt(data []byte, passwords []Password) ([]byte, error) {
	plaintext, _, err := d.Open(data, passwords)
	return plaintext, err
}

// Open is Decrypt that also tells the password that fits, under the id that
// the text names: with it, Encrypt makes a text with the same header.
func (d *Decrypter) Open(data []byte, passwords []Password) (plaintext []byte, fits Password, err error) {
	text, err := parse(data)
	if err != nil {
		return nil, Password{}, err
	}
	candidates := order(passwords, text.id)
	if len(candidates) == 0 {
		return nil, Password{}, ErrNoPassword
	}
	for _, password := range candidates {
		k, err := d.keys(password, text.salt)
		if err != nil {
			return nil, Password{}, err
		}
		if hmac.Equal(k.sum(text.ciphertext), text.mac) {
			plaintext, err := open(k, text.ciphertext)
			return plaintext, Password{ID: text.id, Text: password.Text}, err
		}
	}
	return nil, Password{}, fmt.Errorf("%w (its vault id is %q, %d tried)", ErrWrongPassword, text.id, len(candidates))
}

// Derivations is how many keys were derived, which is what decrypting costs.
func (d *Decrypter) Derivations() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.derived)
}

// open decrypts in place.
func open(k *keys, ciphertext []byte) ([]byte, error) {
	if err := k.xor(ciphertext); err != nil {
		return nil, err
	}
	return unpad(ciphertext)
}

// order is the passwords that are not empty, those of id first.
func order(passwords []Password, id string) []Password {
	usable := slices.DeleteFunc(slices.Clone(passwords), func(p Password) bool { return p.Text.Reveal() == "" })
	slices.SortStableFunc(usable, func(a, b Password) int {
		return rank(a, id) - rank(b, id)
	})
	return usable
}

func rank(p Password, id string) int {
	if p.Label() == id {
		return 0
	}
	return 1
}

func (d *Decrypter) keys(password Password, salt []byte) (*keys, error) {
	d.mu.Lock()
	from := source{password: password.Text, salt: string(salt)}
	known, ok := d.derived[from]
	if !ok {
		known = sync.OnceValues(func() (*keys, error) { return derive(from.password.Reveal(), salt) })
		if d.derived == nil {
			d.derived = map[source]derivation{}
		}
		d.derived[from] = known
	}
	d.mu.Unlock()
	return known()
}
