package secret

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"math"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
)

const (
	testKey  = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	otherKey = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
)

func mustKey(t testing.TB, text string) *fingerprintKey {
	t.Helper()
	key, err := parseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func mustToken(t testing.TB, key *fingerprintKey, sequence uint32, name, value string) string {
	t.Helper()
	token, err := key.token(rand.Reader, sequence, name, spec.NewSecret(value))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// The form of an id is a contract with every version that was ever put.
func TestTokenKnownAnswer(t *testing.T) {
	key := mustKey(t, testKey)
	token, err := key.token(bytes.NewReader([]byte{0xde, 0xad, 0xbe, 0xef}), 7, "org/app.env", spec.NewSecret("A=1\n"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "0d9c6f1000000007deadbeef2cdf437319e5516355d534f9fc9968e47f0e30d9" // computed apart, from the description of the form
	if token != want {
		t.Errorf("got %s, want %s", token, want)
	}
}

func TestTokenProves(t *testing.T) {
	key := mustKey(t, testKey)
	token := mustToken(t, key, 1, "name", "value")
	flipped := func(at int) string {
		b := []byte(token)
		b[at] = map[bool]byte{true: '1', false: '0'}[b[at] == '0']
		return string(b)
	}
	for name, c := range map[string]struct {
		key             *fingerprintKey
		id, name, value string
		proves, made    bool
	}{
		"itself":              {key, token, "name", "value", true, true},
		"another value":       {key, token, "name", "valuf", false, true},
		"no value":            {key, token, "name", "", false, true},
		"another name":        {key, token, "mame", "value", false, true},
		"parts moved":         {key, token, "namev", "alue", false, true},
		"another key":         {mustKey(t, otherKey), token, "name", "value", false, false},
		"no key":              {nil, token, "name", "value", false, false},
		"changed key id":      {key, flipped(0), "name", "value", false, false},
		"changed sequence":    {key, flipped(8), "name", "value", false, true},
		"changed random part": {key, flipped(20), "name", "value", false, true},
		"changed MAC":         {key, flipped(63), "name", "value", false, true},
		"upper case":          {key, strings.ToUpper(token), "name", "value", false, false},
		"too short":           {key, token[:63], "name", "value", false, false},
		"too long":            {key, token + "0", "name", "value", false, false},
		"a UUID":              {key, "11111111-2222-3333-4444-555555555555", "name", "value", false, false},
		"nothing":             {key, "", "name", "value", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.key.proves(c.id, c.name, spec.NewSecret(c.value)); got != c.proves {
				t.Errorf("proves: got %v, want %v", got, c.proves)
			}
			if got := c.key.made(c.id); got != c.made {
				t.Errorf("made: got %v, want %v", got, c.made)
			}
		})
	}
}

func TestTokensOfTheSameValueDiffer(t *testing.T) {
	key := mustKey(t, testKey)
	seen := map[string]bool{}
	for range 100 {
		token := mustToken(t, key, 1, "name", "value")
		if seen[token] || len(token) != 64 {
			t.Fatalf("token %s repeats, or has not AWS's 64 characters at most", token)
		}
		seen[token] = true
	}
}

func TestTokenSequence(t *testing.T) {
	key := mustKey(t, testKey)
	for _, n := range []uint32{0, 1, 255, math.MaxUint32 - 1, math.MaxUint32} {
		if got := sequenceOf(mustToken(t, key, n, "name", "v")); got != n {
			t.Errorf("got sequence %d, want %d", got, n)
		}
	}
	if got := sequenceOf("11111111-2222-3333-4444-555555555555"); got != 0 {
		t.Errorf("a foreign id has sequence %d", got)
	}
	if after(1) != 2 || after(math.MaxUint32) != math.MaxUint32 {
		t.Error("the sequence after one is not the next")
	}
}

func TestTokenNeedsRandomness(t *testing.T) {
	if _, err := mustKey(t, testKey).token(bytes.NewReader(nil), 1, "name", spec.NewSecret("v")); err == nil {
		t.Error("made a token without randomness")
	}
}

func TestParseKey(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"64 hex digits": {testKey, true},
		"with newline":  {testKey + "\n", true},
		"upper case":    {strings.ToUpper(testKey), true},
		"short":         {testKey[:62], false},
		"long":          {testKey + "00", false},
		"no hex":        {strings.Repeat("zz", 32), false},
		"empty":         {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseKey(c.text)
			if (err == nil) != c.ok {
				t.Fatalf("got error %v, want ok %v", err, c.ok)
			}
			if err != nil && c.text != "" && strings.Contains(err.Error(), c.text) {
				t.Error("the error tells the key")
			}
		})
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	key := mustKey(t, testKey)
	o := Observed{Name: "n", key: key, value: spec.NewSecret("CANARY")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		text := fmt.Sprintf(verb, o) + fmt.Sprintf(verb, *key)
		for _, leak := range []string{"CANARY", "0405060708", "4 5 6 7 8", "0x4, 0x5", fmt.Sprintf("%x", "CANARY")} {
			if strings.Contains(text, leak) {
				t.Errorf("%s shows the key or a value", verb)
			}
		}
	}
}

func TestSeal(t *testing.T) {
	key := mustKey(t, testKey)
	base := key.seal("name", spec.NewSecret("value"), "version")
	if base != key.seal("name", spec.NewSecret("value"), "version") {
		t.Error("the seal is not the same twice")
	}
	for _, other := range []string{
		key.seal("nbme", spec.NewSecret("value"), "version"), key.seal("name", spec.NewSecret("valuf"), "version"),
		key.seal("name", spec.NewSecret("value"), "versiom"), mustKey(t, otherKey).seal("name", spec.NewSecret("value"), "version"),
	} {
		if other == base {
			t.Error("the seal of something else is the same")
		}
	}
	if (*fingerprintKey)(nil).seal("name", spec.NewSecret("value"), "version") != "" {
		t.Error("there is a seal without a key")
	}
}

func FuzzToken(f *testing.F) {
	key, err := parseKey(testKey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("", "", "", uint32(0))
	f.Add("11111111-2222-3333-4444-555555555555", "org/app.env", "A=1\n", uint32(1))
	f.Add(strings.Repeat("0", 64), "n", "v", uint32(math.MaxUint32))
	f.Add(key.id+strings.Repeat("f", 56), "n", "v", uint32(2))
	f.Fuzz(func(t *testing.T, id, name, value string, sequence uint32) {
		if key.proves(id, name, spec.NewSecret(value)) {
			t.Errorf("the made-up id %q proves a value", id)
		}
		if !isToken(id) && sequenceOf(id) != 0 {
			t.Errorf("the foreign id %q has a sequence", id)
		}
		token := mustToken(t, key, sequence, name, value)
		if !key.proves(token, name, spec.NewSecret(value)) || sequenceOf(token) != sequence {
			t.Errorf("the token %s does not prove what it was made for", token)
		}
		if key.proves(token, name, spec.NewSecret(value+"x")) || key.proves(token, name+"x", spec.NewSecret(value)) {
			t.Errorf("the token %s proves something else", token)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add(testKey)
	f.Add("")
	f.Add(strings.Repeat("z", 64))
	f.Fuzz(func(t *testing.T, text string) {
		key, err := parseKey(text)
		if err != nil {
			if len(text) > 10 && strings.Contains(err.Error(), text) {
				t.Error("the error tells the text")
			}
			return
		}
		if !isToken(mustToken(t, key, 1, "n", "v")) || len(key.id) != keyIDLength {
			t.Error("the key makes ids of another form")
		}
	})
}
