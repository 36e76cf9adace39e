// Package gitcrypt recognises files that git-crypt has locked.
//
// It guarantees only that: a locked file is never taken for content, and the
// error says how to unlock it. It does not decrypt.
package gitcrypt

import (
	"bytes"
	"errors"
)

// ErrLocked is the complaint about a locked file.
var ErrLocked = errors.New("the file is locked by git-crypt; run `git-crypt unlock` in the repository, with the key or a GPG identity that may read it, and try again")

// magic begins every file that git-crypt's clean filter wrote (git-crypt,
// commands.cpp: a NUL, the word, a NUL; a 12-byte nonce follows).
const magic = "\x00GITCRYPT\x00"

// IsLocked tells whether data is the content of a locked file.
func IsLocked(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }
