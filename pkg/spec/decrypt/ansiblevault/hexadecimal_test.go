package ansiblevault

import (
	"bytes"
	"slices"
	"testing"
)

// slowly is parse without parseUsual.
func slowly(data []byte) (envelope, error) {
	first, rest := cutLine(bytes.Trim(data, " \t\r\n"))
	id, err := parseHeader(string(first))
	if err != nil {
		return envelope{}, err
	}
	return parseAny(id, rest)
}

func (e envelope) equal(other envelope) bool {
	return e.id == other.id && bytes.Equal(e.salt, other.salt) && bytes.Equal(e.mac, other.mac) && bytes.Equal(e.ciphertext, other.ciphertext)
}

// sameBothWays tells how parse and slowly differ; "" when they do not.
func sameBothWays(data []byte) string {
	got, err := parse(data)
	want, wantErr := slowly(data)
	switch {
	case (err == nil) != (wantErr == nil), err != nil && err.Error() != wantErr.Error():
		return "the errors differ"
	case err == nil && !got.equal(want):
		return "the parts differ"
	default:
		return ""
	}
}

// laidOut is a text of a length as Ansible lays it out, without the last newline.
func laidOut(size int) []byte {
	e := envelope{id: defaultID, salt: make([]byte, saltSize), mac: make([]byte, macSize)}
	for i := range size {
		e.ciphertext = append(e.ciphertext, byte(i))
	}
	return bytes.TrimSpace(e.format())
}

// TestWhatAnsibleWritesIsReadQuickly: of every length, so that the last line ends
// anywhere, and every byte is in them.
func TestWhatAnsibleWritesIsReadQuickly(t *testing.T) {
	for size := range 300 {
		data := laidOut(size)
		_, rest := cutLine(data)
		if _, ok := parseUsual(rest); !ok {
			t.Fatalf("the text of %d bytes is read slowly", size)
		}
		if differ := sameBothWays(data); differ != "" {
			t.Fatalf("%d bytes: %s", size, differ)
		}
	}
}

// TestEveryByteThatIsOff: whatever stands in a place of a text, both ways of
// reading it make the same of it, or say the same.
func TestEveryByteThatIsOff(t *testing.T) {
	const others = "\x00\t\n\r /0123456789:@AFG`afg~\x80\xb0\xff"
	whole := laidOut(37)
	for at := bytes.IndexByte(whole, '\n'); at < len(whole); at++ {
		for _, b := range []byte(others) {
			data := slices.Clone(whole)
			data[at] = b
			if differ := sameBothWays(data); differ != "" {
				t.Fatalf("byte %d at %d: %s", b, at, differ)
			}
			if differ := sameBothWays(slices.Insert(data, at, whole[at])); differ != "" {
				t.Fatalf("byte %d more at %d: %s", b, at+1, differ)
			}
		}
		if differ := sameBothWays(slices.Delete(slices.Clone(whole), at, at+1)); differ != "" {
			t.Fatalf("nothing at %d: %s", at, differ)
		}
	}
}
