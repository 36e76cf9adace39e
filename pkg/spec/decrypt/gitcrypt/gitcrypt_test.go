package gitcrypt

import (
	"strings"
	"testing"
)

func TestIsLocked(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       bool
	}{
		{"locked", "\x00GITCRYPT\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0csome ciphertext", true},
		{"locked and cut after the magic", "\x00GITCRYPT\x00", true},
		{"cut within the magic", "\x00GITCRYPT", false},
		{"a key file", "\x00GITCRYPTKEY\x00\x00\x00\x02", false},
		{"the word without NULs", "GITCRYPT", false},
		{"the magic further in", "A=b\n\x00GITCRYPT\x00", false},
		{"text", "A=b\n", false},
		{"empty", "", false},
	} {
		if got := IsLocked([]byte(c.data)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestErrorSaysHowToUnlock(t *testing.T) {
	if !strings.Contains(ErrLocked.Error(), "git-crypt unlock") {
		t.Error(ErrLocked)
	}
}
