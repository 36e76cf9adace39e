package gitcrypt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const canary = "canary-value"

// key is one whose halves are of one letter each.
func key(name string, version uint32, letter string) Key {
	return newKey(name, version, []byte(strings.Repeat(letter, encryptionSize)), []byte(strings.Repeat(strings.ToUpper(letter), proofSize)))
}

// lock is what git-crypt's clean filter makes of a text.
func lock(t testing.TB, text string, k Key) []byte {
	t.Helper()
	encryption, proof := k.halves()
	nonce := sum([]byte(text), proof)
	out := make([]byte, len(text))
	if err := xor(out, []byte(text), encryption, nonce); err != nil {
		t.Fatal(err)
	}
	return slices.Concat([]byte(magic), nonce, out)
}

func field(id uint32, content []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, id)
	if id == fieldEnd {
		return out
	}
	return append(binary.BigEndian.AppendUint32(out, uint32(len(content))), content...)
}

// keyFile is a key file of a head and entries, each made of fields.
func keyFile(version uint32, parts ...[]byte) []byte {
	return slices.Concat(append([][]byte{[]byte(keyMagic), binary.BigEndian.AppendUint32(nil, version)}, parts...)...)
}

func entry(k Key) []byte {
	encryption, proof := k.halves()
	return slices.Concat(field(fieldVersion, binary.BigEndian.AppendUint32(nil, k.Version)), field(fieldEncryption, encryption), field(fieldProof, proof), field(fieldEnd, nil))
}

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

func TestRoundTripOfEveryLengthAroundABlock(t *testing.T) {
	keys := []Key{key("", 0, "a"), key("team", 1, "b")}
	for size := range 50 {
		text := strings.Repeat("x", size)
		for _, k := range keys {
			if got, err := Decrypt(lock(t, text, k), keys); err != nil || string(got) != text {
				t.Errorf("%d bytes: the text differs, error %v", size, err)
			}
		}
	}
}

func TestErrorsAreToldApart(t *testing.T) {
	right := key("", 0, "a")
	locked := lock(t, canary, right)
	change := func(i int) []byte {
		data := bytes.Clone(locked)
		data[i] ^= 1
		return data
	}
	for name, c := range map[string]struct {
		data []byte
		keys []Key
		want error
	}{
		"no key":            {locked, nil, ErrLocked},
		"another key":       {locked, []Key{key("", 0, "b"), key("x", 0, "c")}, ErrWrongKey},
		"changed text":      {change(len(locked) - 1), []Key{right}, ErrWrongKey},
		"changed nonce":     {change(len(magic)), []Key{right}, ErrWrongKey},
		"cut off":           {locked[:len(locked)-1], []Key{right}, ErrWrongKey},
		"longer":            {append(bytes.Clone(locked), 'x'), []Key{right}, ErrWrongKey},
		"cut in the nonce":  {locked[:len(magic)+nonceSize-1], []Key{right}, ErrCorrupted},
		"not locked":        {[]byte(canary), []Key{right}, ErrCorrupted},
		"nothing at all":    {nil, []Key{right}, ErrCorrupted},
		"a key file itself": {keyFile(formatVersion), []Key{right}, ErrCorrupted},
	} {
		text, err := Decrypt(c.data, c.keys)
		if !errors.Is(err, c.want) || text != nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestKeyFiles(t *testing.T) {
	zero, one := key("", 0, "a"), key("", 1, "b")
	named := field(fieldName, []byte("team"))
	end := field(fieldEnd, nil)
	for name, c := range map[string]struct {
		data []byte
		want []string // name and version of each key
	}{
		"one":                         {keyFile(2, end, entry(zero)), []string{"/0"}},
		"several versions":            {keyFile(2, end, entry(one), entry(zero)), []string{"/1", "/0"}},
		"named":                       {keyFile(2, named, end, entry(zero)), []string{"team/0"}},
		"a field to pass over":        {keyFile(2, field(2, []byte("later")), end, slices.Concat(field(8, nil), entry(zero))), []string{"/0"}},
		"the bare key of old":         {slices.Concat(bytes.Repeat([]byte("a"), 32), bytes.Repeat([]byte("A"), 64)), []string{"/0"}},
		"its fields in another order": {keyFile(2, end, field(fieldProof, make([]byte, 64)), field(fieldEncryption, make([]byte, 32)), field(fieldVersion, []byte{0, 0, 0, 7}), end), []string{"/7"}},
	} {
		keys, err := ParseKeys(c.data)
		var got []string
		for _, k := range keys {
			got = append(got, fmt.Sprintf("%s/%d", k.Name, k.Version))
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	keys, err := ParseKeys(keyFile(2, end, entry(one), entry(zero)))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []Key{zero, one} {
		if text, err := Decrypt(lock(t, canary, k), keys); err != nil || string(text) != canary {
			t.Errorf("version %d: %v", k.Version, err)
		}
	}
}

func TestKeyFilesThatAreNone(t *testing.T) {
	zero, end := key("", 0, "a"), field(fieldEnd, nil)
	whole := keyFile(2, end, entry(zero))
	for name, c := range map[string]struct {
		data     []byte
		mentions string
	}{
		"nothing":                   {nil, "no key file"},
		"text":                      {[]byte(canary), "no key file"},
		"a locked file":             {lock(t, canary, zero), "no key file"},
		"only the magic":            {[]byte(keyMagic), "too early"},
		"of the future":             {keyFile(3, end, entry(zero)), "format 3"},
		"without a key":             {keyFile(2, end), "no key"},
		"cut off":                   {whole[:len(whole)-1], "too early"},
		"cut in a key":              {whole[:60], "too early"},
		"with more than it needs":   {append(bytes.Clone(whole), 0), "too early"},
		"half a key":                {keyFile(2, end, field(fieldEncryption, make([]byte, 32)), end), "two keys"},
		"a short key":               {keyFile(2, end, field(fieldEncryption, make([]byte, 31)), end), "field 3 of 31"},
		"a short version":           {keyFile(2, end, field(fieldVersion, []byte{1}), end), "field 1 of 1"},
		"a critical field":          {keyFile(2, end, field(7, nil), entry(zero)), "field 7"},
		"a critical field ahead":    {keyFile(2, field(3, nil), end, entry(zero)), "field 3"},
		"a field that is too large": {keyFile(2, end, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 2), maxField+1)), "more than"},
		"a name with a slash":       {keyFile(2, field(fieldName, []byte("../x")), end, entry(zero)), "names a key"},
		"called default":            {keyFile(2, field(fieldName, []byte("default")), end, entry(zero)), "names a key"},
		"an empty name":             {keyFile(2, field(fieldName, nil), end, entry(zero)), "names a key"},
		"a long name":               {keyFile(2, field(fieldName, bytes.Repeat([]byte("a"), 129)), end, entry(zero)), "names a key"},
	} {
		keys, err := ParseKeys(c.data)
		if !errors.Is(err, ErrCorrupted) || keys != nil || !strings.Contains(err.Error(), c.mentions) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %d keys, %v", name, len(keys), err)
		}
	}
}

func TestNoVerbPrintsAKey(t *testing.T) {
	k := key("", 0, "q")
	holder := struct{ hidden []Key }{[]Key{k}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown := fmt.Sprintf(verb, k) + fmt.Sprintf(verb, &k) + fmt.Sprintf(verb, holder)
		for _, form := range []string{"qqqq", "71717171", "QQQQ", "51515151", "113 113 113", "81 81 81"} {
			if strings.Contains(shown, form) {
				t.Errorf("%s prints the key", verb)
			}
		}
	}
}

func FuzzParseKeys(f *testing.F) {
	zero, end := key("", 0, "a"), field(fieldEnd, nil)
	f.Add(keyFile(2, end, entry(zero)))
	f.Add(keyFile(2, field(fieldName, []byte("team")), end, entry(key("team", 1, "b")), entry(zero)))
	f.Add(keyFile(2, field(2, []byte("later")), end, field(7, nil)))
	f.Add(make([]byte, encryptionSize+proofSize))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := ParseKeys(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupted) || keys != nil {
				t.Fatalf("%d keys, %v", len(keys), err)
			}
			return
		}
		for _, k := range keys {
			if text, err := Decrypt(lock(t, canary, k), keys); err != nil || string(text) != canary {
				t.Fatalf("a key that was read does not decrypt: %v", err)
			}
		}
	})
}

func FuzzDecrypt(f *testing.F) {
	k := key("", 0, "a")
	f.Add(lock(f, canary, k))
	f.Add(lock(f, "", k))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := Decrypt(data, []Key{k})
		if err == nil && !bytes.Equal(lock(t, string(text), k), data) {
			t.Fatal("what was decrypted does not lock to what it was")
		}
		if err != nil && (text != nil || !errors.Is(err, ErrCorrupted) && !errors.Is(err, ErrWrongKey)) {
			t.Fatalf("text beside the error, or an error of no class: %v", err)
		}
	})
}
