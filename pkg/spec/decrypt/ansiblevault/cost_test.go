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
	"time"
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

// against is what a benchmark is measured by: the cryptography of the format as
// this machine does it at that time, by turns with what is benchmarked. Of each
// the quickest turn counts, the one that least else came between.
type against struct {
	b                        *testing.B
	crypto, derivation, ours time.Duration // 0 before the first turn
	text                     []byte
	key                      [keySize]byte
}

// turn times one run of what is benchmarked, and one of the cryptography.
func (a *against) turn(run func() error) {
	a.time(&a.ours, run)
	a.time(&a.crypto, a.encryptAndSum)
	a.time(&a.derivation, func() error {
		_, err := pbkdf2.Key(sha256.New, canary, make([]byte, saltSize), iterations, 2*keySize+aes.BlockSize)
		return err
	})
}

func (a *against) encryptAndSum() error {
	block, err := aes.NewCipher(a.key[:])
	if err != nil {
		return err
	}
	cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(a.text, a.text)
	mac := hmac.New(sha256.New, a.key[:])
	mac.Write(a.text)
	mac.Sum(nil)
	return nil
}

func (a *against) time(quickest *time.Duration, run func() error) {
	a.b.Helper()
	began := time.Now()
	if err := run(); err != nil {
		a.b.Fatal(err)
	}
	if took := time.Since(began); *quickest == 0 || took < *quickest {
		*quickest = took
	}
}

// report tells, for a megabyte: AES and HMAC alone, the derivation of the keys,
// what is benchmarked, and that as a part of twice the first and once the second.
func (a *against) report() {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	a.b.ReportMetric(ms(a.crypto), "crypto-ms")
	a.b.ReportMetric(ms(a.derivation), "derivation-ms")
	a.b.ReportMetric(ms(a.ours), "ours-ms")
	a.b.ReportMetric(float64(a.ours)/float64(2*a.crypto+a.derivation), "of-bound")
	a.b.ReportMetric(0, "ns/op") // which would count the cryptography too
}

func BenchmarkEncrypt1MB(b *testing.B) {
	plaintext, password := random(b), secret("", canary)
	a := &against{b: b, text: make([]byte, megabyte)}
	for b.Loop() {
		a.turn(func() error { _, err := Encrypt(plaintext, password, rand.Reader); return err })
	}
	a.report()
}

// BenchmarkDecrypt1MB derives the keys each time, as the first text of a salt
// does.
func BenchmarkDecrypt1MB(b *testing.B) {
	password := secret("", canary)
	text, err := Encrypt(random(b), password, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	a := &against{b: b, text: make([]byte, megabyte)}
	for b.Loop() {
		a.turn(func() error { _, err := Decrypt(text, []Password{password}); return err })
	}
	a.report()
}

func random(b *testing.B) []byte {
	b.Helper()
	out := make([]byte, megabyte)
	if _, err := rand.Read(out); err != nil {
		b.Fatal(err)
	}
	return out
}
