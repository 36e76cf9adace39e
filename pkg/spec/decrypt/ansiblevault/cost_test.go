package ansiblevault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"runtime"
	"testing"
)

const megabyte = 1 << 20

// TestAllocations: what encrypting and decrypting takes does not grow with the
// text but for a few buffers of its size. Time is for the benchmarks to show.
func TestAllocations(t *testing.T) {
	plaintext, password := bytes.Repeat([]byte("x"), megabyte), secret("", canary)
	text, err := Encrypt(plaintext, password, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &Decrypter{}
	for _, c := range []struct {
		name        string
		allocations uint64
		bytes       uint64
		run         func() error
	}{
		{"encrypt", 40, 6 * megabyte, func() error { _, err := Encrypt(plaintext, password, rand.Reader); return err }},
		{"decrypt", 25, 5 * megabyte, func() error { _, err := d.Decrypt(text, []Password{password}); return err }},
	} {
		allocations, bytes := cost(t, c.run)
		t.Logf("%s: %d allocations, %d bytes", c.name, allocations, bytes)
		if allocations > c.allocations || bytes > c.bytes {
			t.Errorf("%s takes %d allocations and %d bytes, want at most %d and %d", c.name, allocations, bytes, c.allocations, c.bytes)
		}
	}
	if n := d.Derivations(); n != 1 {
		t.Errorf("%d keys were derived for one password and one salt", n)
	}
}

// cost is what one run of several allocates.
func cost(t *testing.T, run func() error) (allocations, bytes uint64) {
	t.Helper()
	const runs = 5
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		if err := run(); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / runs, (after.TotalAlloc - before.TotalAlloc) / runs
}

// The benchmarks beside each other show what the format adds to its
// cryptography: BenchmarkCryptoAlone is AES and HMAC of the same megabyte, and
// BenchmarkDerivation what is paid once for a password and a salt.

func BenchmarkCryptoAlone(b *testing.B) {
	text, key := make([]byte, megabyte), make([]byte, keySize)
	b.SetBytes(megabyte)
	for b.Loop() {
		block, err := aes.NewCipher(key)
		if err != nil {
			b.Fatal(err)
		}
		cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(text, text)
		mac := hmac.New(sha256.New, key)
		mac.Write(text)
		mac.Sum(nil)
	}
}

func BenchmarkDerivation(b *testing.B) {
	for b.Loop() {
		if _, err := pbkdf2.Key(sha256.New, canary, make([]byte, saltSize), iterations, 2*keySize+aes.BlockSize); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncrypt1MB(b *testing.B) {
	plaintext := make([]byte, megabyte)
	b.SetBytes(megabyte)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encrypt(plaintext, secret("", canary), rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecrypt1MB pays for the derivation once, as a run does.
func BenchmarkDecrypt1MB(b *testing.B) {
	password := secret("", canary)
	text, err := Encrypt(make([]byte, megabyte), password, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	d := &Decrypter{}
	b.SetBytes(megabyte)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Decrypt(text, []Password{password}); err != nil {
			b.Fatal(err)
		}
	}
}
