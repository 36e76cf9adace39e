package gitcrypt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

const (
	keyMagic      = "\x00GITCRYPTKEY"
	formatVersion = 2

	encryptionSize = 32 // of the AES key
	proofSize      = 64 // of the HMAC key
	maxField       = 1 << 20
	maxName        = 128
)

// The fields of a key file. Of others, those with odd numbers must be
// understood and those with even ones may be passed over.
const (
	fieldEnd        = 0
	fieldName       = 1 // in the head
	fieldVersion    = 1 // in an entry, as are those below
	fieldEncryption = 3
	fieldProof      = 5
)

// Key is one version of a repository's key.
type Key struct {
	Name    string // "" is git-crypt's default key
	Version uint32
	// halves are the AES key and the HMAC key. A function holds them since no
	// verb of fmt prints what a function has captured.
	halves func() (encryption, proof []byte)
}

// ParseKeys reads a key file: of the format with fields, which may hold
// several versions, or of the one before it, which is the bare key. An error
// wraps ErrCorrupted.
func ParseKeys(data []byte) ([]Key, error) {
	rest, versioned := bytes.CutPrefix(data, []byte(keyMagic))
	if !versioned {
		return parseBare(data)
	}
	r := &reader{rest: rest}
	if version := r.number(); r.bad == nil && version != formatVersion {
		return nil, corrupted("the key file is of format %d, and only %d is known", version, formatVersion)
	}
	name := r.head()
	var keys []Key
	for r.bad == nil && len(r.rest) > 0 {
		keys = append(keys, r.entry(name))
	}
	switch {
	case r.bad != nil:
		return nil, r.bad
	case len(keys) == 0:
		return nil, corrupted("the key file holds no key")
	}
	return keys, nil
}

// parseBare reads the two keys of git-crypt before 0.4, which had no head.
func parseBare(data []byte) ([]Key, error) {
	if len(data) != encryptionSize+proofSize {
		return nil, corrupted("it is no key file of git-crypt")
	}
	return []Key{newKey("", 0, data[:encryptionSize], data[encryptionSize:])}, nil
}

func newKey(name string, version uint32, encryption, proof []byte) Key {
	encryption, proof = bytes.Clone(encryption), bytes.Clone(proof)
	return Key{Name: name, Version: version, halves: func() ([]byte, []byte) { return encryption, proof }}
}

// reader reads fields off a key file until something is wrong with it.
type reader struct {
	rest []byte
	bad  error
}

func (r *reader) fail(format string, args ...any) {
	if r.bad == nil {
		r.bad = corrupted("the key file %s", fmt.Sprintf(format, args...))
	}
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.fail("ends too early")
	}
	if r.bad != nil {
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) number() uint32 {
	digits := r.take(4)
	if digits == nil {
		return 0
	}
	return binary.BigEndian.Uint32(digits)
}

// field is the next field; ok is false at the last one and where something is
// wrong.
func (r *reader) field() (id uint32, content []byte, ok bool) {
	if id = r.number(); id == fieldEnd {
		return 0, nil, false
	}
	size := r.number()
	if size > maxField {
		r.fail("has a field of more than %d bytes", maxField)
	}
	content = r.take(int(size))
	return id, content, r.bad == nil
}

// unknown passes over a field that need not be understood.
func (r *reader) unknown(id uint32) {
	if id%2 == 1 {
		r.fail("has a field %d, which is not known here and must not be passed over", id)
	}
}

func (r *reader) head() (name string) {
	for {
		id, content, ok := r.field()
		switch {
		case !ok:
			return name
		case id != fieldName:
			r.unknown(id)
		case !isName(string(content)):
			r.fail("names a key that git-crypt would not")
		default:
			name = string(content)
		}
	}
}

// isName tells whether git-crypt lets a key have this name.
func isName(name string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return name != "" && name != "default" && len(name) <= maxName && strings.Trim(name, letters) == ""
}

func (r *reader) entry(name string) Key {
	var version uint32
	halves := map[uint32][]byte{}
	for {
		id, content, ok := r.field()
		switch {
		case !ok:
			if len(halves) != 2 {
				r.fail("has an entry without its two keys")
			}
			return newKey(name, version, halves[fieldEncryption], halves[fieldProof])
		case id == fieldVersion && len(content) == 4:
			version = binary.BigEndian.Uint32(content)
		case id == fieldEncryption && len(content) == encryptionSize, id == fieldProof && len(content) == proofSize:
			halves[id] = content
		default:
			r.known(id, len(content))
		}
	}
}

// known tells a field of the wrong size from one that is not known.
func (r *reader) known(id uint32, size int) {
	if id == fieldVersion || id == fieldEncryption || id == fieldProof {
		r.fail("has a field %d of %d bytes", id, size)
		return
	}
	r.unknown(id)
}
