// Package gitcryptkeys finds the keys for files that git-crypt has locked.
//
// It guarantees that no key is read before Keys is called, and none twice;
// that a key that was named and cannot be used is an error; and that no error
// holds what a key file or a variable said.
package gitcryptkeys
