package ansiblevault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"ecs-reconciler/pkg/spec"
)

const canary = "canary-password"

// fixed is a source of salt that does not change.
func fixed() *bytes.Reader { return bytes.NewReader(bytes.Repeat([]byte{7}, saltSize)) }

func encrypted(t testing.TB, text, id string) []byte {
	t.Helper()
	out, err := Encrypt([]byte(text), Password{ID: id, Text: spec.NewSecret(canary)}, fixed())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// text puts a vault text together out of hand-made parts.
func text(header, inner string) []byte {
	return []byte(header + "\n" + hex.EncodeToString([]byte(inner)) + "\n")
}

func TestHeaderOfEachVersion(t *testing.T) {
	for id, want := range map[string]string{
		"":           "$ANSIBLE_VAULT;1.1;AES256",
		"default":    "$ANSIBLE_VAULT;1.1;AES256",
		"production": "$ANSIBLE_VAULT;1.2;AES256;production",
	} {
		lines := strings.Split(string(encrypted(t, "A=1", id)), "\n")
		if lines[0] != want {
			t.Errorf("id %q: the header is %q, want %q", id, lines[0], want)
		}
		for i, line := range lines[1 : len(lines)-2] {
			if len(line) != lineWidth {
				t.Errorf("id %q: line %d has %d digits", id, i+2, len(line))
			}
		}
		if lines[len(lines)-1] != "" {
			t.Errorf("id %q: no newline at the end", id)
		}
	}
}

func TestRoundTripOfEveryLengthAroundABlock(t *testing.T) {
	var d Decrypter
	for size := range 50 {
		want := strings.Repeat("x", size)
		got, err := d.Decrypt(encrypted(t, want, "a"), []Password{secret("", canary)})
		if err != nil || string(got) != want {
			t.Errorf("%d bytes: the plaintext differs, error %v", size, err)
		}
	}
}

func TestErrorsAreToldApart(t *testing.T) {
	right := []Password{secret("", canary)}
	good := string(encrypted(t, "A=1", ""))
	header, body, _ := strings.Cut(strings.TrimSpace(good), "\n")
	mac := strings.Repeat("ab", macSize)
	for _, c := range []struct {
		name      string
		data      string
		passwords []Password
		want      error
		mentions  string
	}{
		{"no password", good, nil, ErrNoPassword, ""},
		{"only empty passwords", good, []Password{{}, secret("a", "")}, ErrNoPassword, ""},
		{"wrong password", good, []Password{secret("", "wrong"), secret("x", "also wrong")}, ErrWrongPassword, "2 tried"},
		{"changed digit of the ciphertext", flipLast(good), right, ErrWrongPassword, ""},
		{"empty", "", right, ErrCorrupted, "header"},
		{"no header", body, right, ErrCorrupted, "header"},
		{"short header", "$ANSIBLE_VAULT;1.1\n" + body, right, ErrCorrupted, "header"},
		{"version 1.0", "$ANSIBLE_VAULT;1.0;AES\n" + body, right, ErrCorrupted, "rekey"},
		{"version of the future", "$ANSIBLE_VAULT;9.9;AES256\n" + body, right, ErrCorrupted, "version"},
		{"another cipher", "$ANSIBLE_VAULT;1.1;AES\n" + body, right, ErrCorrupted, "cipher"},
		{"header alone", header, right, ErrCorrupted, "salt"},
		{"not hexadecimal", header + "\n" + body + "\nzz", right, ErrCorrupted, "not hexadecimal"},
		{"odd number of digits", header + "\n" + body + "a", right, ErrCorrupted, "odd"},
		{"two inner lines", string(text(header, "ab\ncd")), right, ErrCorrupted, "salt"},
		{"bad salt", string(text(header, "x\n"+mac+"\nab")), right, ErrCorrupted, "salt"},
		{"bad MAC", string(text(header, "ab\nx\nab")), right, ErrCorrupted, "MAC"},
		{"short MAC", string(text(header, "ab\nabcd\nab")), right, ErrCorrupted, "MAC"},
		{"bad ciphertext", string(text(header, "ab\n"+mac+"\nx")), right, ErrCorrupted, "ciphertext"},
		{"authenticated without a block", string(authenticated(t, "")), right, ErrCorrupted, "blocks"},
		{"authenticated with half a block", string(authenticated(t, "12345678")), right, ErrCorrupted, "blocks"},
		{"authenticated with padding of 0", string(authenticated(t, strings.Repeat("\x00", 16))), right, ErrCorrupted, "padding"},
		{"authenticated with padding of 17", string(authenticated(t, strings.Repeat("\x11", 16))), right, ErrCorrupted, "padding"},
		{"authenticated with uneven padding", string(authenticated(t, "0123456789abc\x01\x02\x03")), right, ErrCorrupted, "padding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := Decrypt([]byte(c.data), c.passwords)
			if !errors.Is(err, c.want) || out != nil {
				t.Fatalf("the error is %v, want %v", err, c.want)
			}
			if !strings.Contains(err.Error(), c.mentions) || strings.Contains(err.Error(), canary) {
				t.Errorf("the error does not mention %q, or it shows the password: %v", c.mentions, err)
			}
		})
	}
}

func flipLast(vault string) string {
	trimmed := strings.TrimSpace(vault)
	// The inner text is hexadecimal, so its last character is one of 30…39 or 61…66.
	if strings.HasSuffix(trimmed, "30") {
		return trimmed[:len(trimmed)-2] + "31"
	}
	return trimmed[:len(trimmed)-2] + "30"
}

// authenticated is a text whose MAC is right and whose padding is as given.
func authenticated(t *testing.T, padded string) []byte {
	t.Helper()
	salt := []byte("salt")
	k, err := derive(canary, salt)
	if err != nil {
		t.Fatal(err)
	}
	ciphertext := []byte(padded)
	if err := k.xor(ciphertext); err != nil {
		t.Fatal(err)
	}
	return envelope{id: defaultID, salt: salt, mac: k.sum(ciphertext), ciphertext: ciphertext}.format()
}

func TestPasswordsOfTheTextsIDComeFirst(t *testing.T) {
	all := []Password{secret("a", "1"), secret("b", "2"), secret("", "3"), secret("b", "4"), secret("c", "")}
	for id, want := range map[string]string{"b": "2413", "a": "1234", "default": "3124", "z": "1234"} {
		var got strings.Builder
		for _, p := range order(all, id) {
			got.WriteString(p.Text.Reveal())
		}
		if got.String() != want {
			t.Errorf("id %q: the order is %s, want %s", id, got.String(), want)
		}
	}
}

func TestDecrypterDerivesEachKeyOnce(t *testing.T) {
	var d Decrypter
	data, passwords := encrypted(t, "A=1", ""), []Password{secret("", "wrong"), secret("", canary)}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := d.Decrypt(data, passwords); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := d.Derivations(); n != 2 {
		t.Errorf("%d keys were derived, want 2", n)
	}
}

// TestOpenTellsWhatFits: the id is the text's, whichever password it was.
func TestOpenTellsWhatFits(t *testing.T) {
	passwords := []Password{secret("x", "wrong"), secret("y", canary)}
	for id, want := range map[string]string{"": "default", "staging": "staging"} {
		first := encrypted(t, "A=1", id)
		plaintext, fits, err := (&Decrypter{}).Open(first, passwords)
		if err != nil || string(plaintext) != "A=1" || fits.Label() != want || !fits.Text.Equal(spec.NewSecret(canary)) {
			t.Errorf("id %q: %q, %v", id, fits.ID, err)
		}
		again, err := Encrypt(plaintext, fits, fixed())
		if err != nil || !bytes.Equal(again, first) {
			t.Errorf("id %q: encrypting again gives another header, error %v", id, err)
		}
	}
	if _, fits, err := (&Decrypter{}).Open(encrypted(t, "A=1", ""), passwords[:1]); err == nil || fits.Text.IsSet() {
		t.Errorf("a password fits beside the error %v", err)
	}
}

func TestNoVerbPrintsWhatADecrypterKnows(t *testing.T) {
	d := &Decrypter{}
	if _, err := d.Decrypt(encrypted(t, "A=1", ""), []Password{secret("", canary)}); err != nil {
		t.Fatal(err)
	}
	holder := struct{ hidden *Decrypter }{d}
	k, err := derive(canary, bytes.Repeat([]byte{7}, saltSize))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown := fmt.Sprintf(verb, d) + fmt.Sprintf(verb, d.derived) + fmt.Sprintf(verb, holder) + fmt.Sprintf(verb, secret("a", canary))
		key := strings.Trim(fmt.Sprintf(verb, k.encryption[:4]), "[]{}")
		if strings.Contains(shown, canary) || strings.Contains(shown, fmt.Sprintf("%x", canary)) || strings.Contains(shown, key) {
			t.Errorf("%s prints the password or its key", verb)
		}
	}
}

func TestEncryptRefuses(t *testing.T) {
	good := secret("", canary)
	for _, c := range []struct {
		name     string
		text     string
		password Password
		random   *bytes.Reader
		mentions string
	}{
		{"what is encrypted", string(encrypted(t, "A=1", "")), good, fixed(), "already"},
		{"an empty password", "A=1", Password{}, fixed(), "empty"},
		{"an id with a semicolon", "A=1", secret("a;b", canary), fixed(), "semicolon"},
		{"an id with a line break", "A=1", secret("a\nb", canary), fixed(), "line break"},
		{"an id with a blank at its end", "A=1", secret("a ", canary), fixed(), "white space"},
		{"a dry source of salt", "A=1", good, bytes.NewReader([]byte("short")), "salt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := Encrypt([]byte(c.text), c.password, c.random)
			if err == nil || out != nil || !strings.Contains(err.Error(), c.mentions) || strings.Contains(err.Error(), canary) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestIsEncrypted(t *testing.T) {
	for data, want := range map[string]bool{
		"$ANSIBLE_VAULT;1.1;AES256\n6162":  true,
		"  \n $ANSIBLE_VAULT;1.2;AES256;x": true,
		"$ANSIBLE_VAULT":                   true,
		"# $ANSIBLE_VAULT;1.1;AES256":      false,
		"A=$ANSIBLE_VAULT":                 false,
		"":                                 false,
	} {
		if got := IsEncrypted([]byte(data)); got != want {
			t.Errorf("%q: %v, want %v", data, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(encrypted(f, "A=1", ""))
	f.Add(encrypted(f, "A=1", "staging"))
	f.Add(bytes.ReplaceAll(encrypted(f, "A=1", "b"), []byte("\n"), []byte("\r\n ")))
	f.Add([]byte("$ANSIBLE_VAULT;1.1;AES256\n"))
	f.Add([]byte("$ANSIBLE_VAULT;;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if differ := sameBothWays(data); differ != "" {
			t.Fatal(differ)
		}
		first, err := parse(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupted) {
				t.Fatalf("the error is not ErrCorrupted: %v", err)
			}
			return
		}
		second, err := parse(first.format())
		if err != nil {
			t.Fatalf("what was parsed and written cannot be parsed: %v", err)
		}
		if !first.equal(second) {
			t.Fatal("writing and parsing changes the text")
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("A=1\n"), "staging")
	f.Add([]byte{}, "")
	var d Decrypter
	f.Fuzz(func(t *testing.T, plaintext []byte, id string) {
		password := secret(id, canary)
		out, err := Encrypt(plaintext, password, fixed())
		if err != nil {
			return
		}
		got, err := d.Decrypt(out, []Password{password})
		if err != nil || !bytes.Equal(got, plaintext) {
			t.Fatalf("the plaintext differs, error %v", err)
		}
	})
}

func BenchmarkDecrypt64KiB(b *testing.B) {
	data, passwords := encrypted(b, strings.Repeat("x", 64<<10), ""), []Password{secret("", canary)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decrypt(data, passwords); err != nil {
			b.Fatal(err)
		}
	}
}
