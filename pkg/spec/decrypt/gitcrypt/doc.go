// Package gitcrypt reads files that git-crypt has locked, and its key files.
//
// It guarantees that a locked file is never taken for content, that what it
// decrypts was authenticated with the same key, and that no error and no verb
// of fmt shows a key or plaintext. It reads no file and runs no program.
//
// The formats are those of git-crypt 0.7 (https://github.com/AGWA/git-crypt,
// commands.cpp and key.cpp). A locked file is a NUL, the word GITCRYPT, a NUL,
// a nonce of 12 bytes, and the text under AES-256 in counter mode, whose
// counter begins with the nonce. The nonce is the first 12 bytes of the
// text's HMAC-SHA1, so it also proves what was decrypted.
package gitcrypt
