package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"math"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// A version's id is the ClientRequestToken it was put with: 32 to 64
// characters of the caller's choice (AWS: PutSecretValue). Ours proves the
// value, in lower-case hex:
//
//	key id (8) | sequence (8) | random (8) | MAC (40)
//
// Sequence and random part together are the nonce. The random part makes
// putting an old value again a new version; the sequence grows with every
// version of a secret, so that AWSCURRENT moved back by hand can be told from
// a change of the spec.
const (
	keyIDLength    = 8
	sequenceLength = 8
	nonceLength    = 16
	macLength      = 40
	tokenLength    = keyIDLength + nonceLength + macLength
)

// fingerprintKey makes and checks version ids.
type fingerprintKey struct {
	raw    spec.Secret // keySize bytes
	id     string      // names the key without telling of it
	binary bool        // what it proves are values that are stored as bytes

	// formers are the keys that a rotation is about to replace: they prove
	// what they made, and make nothing any more.
	formers []*fingerprintKey
}

// of is the key for values of the form that d is stored in: the same bytes as
// text and as bytes are two values.
func (k *fingerprintKey) of(d Desired) *fingerprintKey {
	if k == nil || !d.Binary {
		return k
	}
	out := &fingerprintKey{raw: k.raw, id: k.id, binary: true}
	for _, former := range k.formers {
		out.formers = append(out.formers, former.of(d))
	}
	return out
}

func (k *fingerprintKey) form() string {
	if k.binary {
		return "binary"
	}
	return "string"
}

// parseKeys reads the keys that a secret holds, the newest first.
func parseKeys(text string) (*fingerprintKey, error) {
	lines := strings.Fields(text)
	if len(lines) == 0 {
		return parseKey(text)
	}
	newest, err := parseKey(lines[0])
	if err != nil {
		return nil, err
	}
	for _, line := range lines[1:] {
		former, err := parseKey(line)
		if err != nil {
			return nil, err
		}
		newest.formers = append(newest.formers, former)
	}
	return newest, nil
}

// text is the key as its secret holds it, without its formers.
func (k *fingerprintKey) text() string { return hex.EncodeToString([]byte(k.raw.Reveal())) }

const keySize = 32

// parseKey reads the key as its secret holds it. Its error tells nothing of text.
func parseKey(text string) (*fingerprintKey, error) {
	raw, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) != keySize {
		return nil, fmt.Errorf("it does not hold %d bytes in hex", keySize)
	}
	key := &fingerprintKey{raw: spec.NewSecret(string(raw))}
	sum := sha256.Sum256([]byte(key.mac("key id")))
	key.id = hex.EncodeToString(sum[:])[:keyIDLength]
	return key, nil
}

// mac is HMAC-SHA256 over the parts, each preceded by its length, so that no
// two lists of parts read the same.
func (k *fingerprintKey) mac(purpose string, parts ...string) string {
	h := hmac.New(sha256.New, []byte(k.raw.Reveal()))
	writePart(h, "ecs-reconciler "+purpose+" v1")
	for _, p := range parts {
		writePart(h, p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writePart(h hash.Hash, part string) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(part)))
	h.Write(length[:])
	h.Write([]byte(part))
}

// token makes the id of a new version of the secret called name.
func (k *fingerprintKey) token(random io.Reader, sequence uint32, name string, value spec.Secret) (string, error) {
	var salt [(nonceLength - sequenceLength) / 2]byte
	if _, err := io.ReadFull(random, salt[:]); err != nil {
		return "", fmt.Errorf("no randomness for a version id: %w", err)
	}
	nonce := fmt.Sprintf("%08x", sequence) + hex.EncodeToString(salt[:])
	return k.id + nonce + k.fingerprint(name, nonce, value), nil
}

func (k *fingerprintKey) fingerprint(name, nonce string, value spec.Secret) string {
	return k.mac("version", name, k.form(), nonce, value.Reveal())[:macLength]
}

// proves tells whether the version called id holds value.
func (k *fingerprintKey) proves(id, name string, value spec.Secret) bool {
	maker := k.maker(id)
	if maker == nil {
		return false
	}
	nonce := id[keyIDLength : keyIDLength+nonceLength]
	return hmac.Equal([]byte(id[keyIDLength+nonceLength:]), []byte(maker.fingerprint(name, nonce, value)))
}

// made tells whether id has our form and names this key or a former one. A nil
// key made none.
func (k *fingerprintKey) made(id string) bool { return k.maker(id) != nil }

// former tells whether a former key made id.
func (k *fingerprintKey) former(id string) bool {
	maker := k.maker(id)
	return maker != nil && maker != k
}

// maker is the key that id names; nil when it is none of these.
func (k *fingerprintKey) maker(id string) *fingerprintKey {
	if k == nil || !isToken(id) {
		return nil
	}
	for _, key := range append([]*fingerprintKey{k}, k.formers...) {
		if key.id == id[:keyIDLength] {
			return key
		}
	}
	return nil
}

// seal binds a saved plan to a value and to the version it would replace.
func (k *fingerprintKey) seal(name string, value spec.Secret, observed string) string {
	if k == nil {
		return ""
	}
	return k.mac("plan", name, k.form(), value.Reveal(), observed)[:macLength]
}

// isToken tells whether id has the form of ours, whatever the key.
func isToken(id string) bool {
	return len(id) == tokenLength && strings.Trim(id, "0123456789abcdef") == ""
}

// sequenceOf is the sequence in an id of our form; 0 for any other.
func sequenceOf(id string) uint32 {
	if !isToken(id) {
		return 0
	}
	raw, err := hex.DecodeString(id[keyIDLength : keyIDLength+sequenceLength])
	if err != nil {
		return 0
	}
	return binary.BigEndian.Uint32(raw)
}

// after is the next sequence; the last one repeats, which the random part
// makes harmless.
func after(sequence uint32) uint32 {
	if sequence == math.MaxUint32 {
		return sequence
	}
	return sequence + 1
}
