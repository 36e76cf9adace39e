package vault

import (
	"bytes"
	"slices"

	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
)

// Open decrypts what git-crypt locked or ansible-vault encrypted.
type Open func(data []byte) ([]byte, error)

// Change says what became of a file or of a key in it.
type Change string

// The changes. The last four are of files alone.
const (
	Added     Change = "added"
	Removed   Change = "removed"
	Changed   Change = "changed"
	Encrypted Change = "encrypted" // it was in the clear before
	Decrypted Change = "decrypted" // it is in the clear now
	Rekeyed   Change = "rekeyed"   // it holds what it held, encrypted anew
	Reworded  Change = "reworded"  // its keys have their values; comments, order or layout differ
)

// Difference is how a file differs from an earlier version of it.
type Difference struct {
	Change Change `json:"change"`
	// Keys are the keys that differ, sorted; none where the file's content has
	// no keys, or the whole file is added or removed without any.
	Keys []KeyChange `json:"keys"`
}

// KeyChange is a key that differs, such as db.hosts[0].
type KeyChange struct {
	Key    string `json:"key"`
	Change Change `json:"change"`
}

// Compare compares two versions of the file called name; nil stands for one
// that does not exist. The result is nil when the file is the same. What is
// encrypted the same way in both is not opened.
func Compare(name string, before, after []byte, open Open) (*Difference, error) {
	if before != nil && after != nil && bytes.Equal(before, after) {
		return nil, nil
	}
	old, err := whole(before, open)
	if err != nil {
		return nil, err
	}
	present, err := whole(after, open)
	if err != nil {
		return nil, err
	}
	d := &Difference{Change: fate(before, after), Keys: []KeyChange{}}
	if d.Change == Changed && bytes.Equal(old, present) {
		d.Change = Rekeyed
		return d, nil
	}
	keyed, err := d.compare(name, old, present, open)
	if err == nil && keyed && d.Change == Changed && len(d.Keys) == 0 {
		d.Change = Reworded
	}
	return d, err
}

// fate is what became of a file as a whole.
func fate(before, after []byte) Change {
	switch {
	case before == nil:
		return Added
	case after == nil:
		return Removed
	case !IsSealed(before) && IsSealed(after):
		return Encrypted
	case IsSealed(before) && !IsSealed(after):
		return Decrypted
	default:
		return Changed
	}
}

// IsSealed tells whether the whole of a file is encrypted.
func IsSealed(data []byte) bool { return gitcrypt.IsLocked(data) || ansiblevault.IsEncrypted(data) }

// whole is a file's content without what encrypts all of it: git-crypt may
// have locked a vault text.
func whole(data []byte, open Open) ([]byte, error) {
	for range 2 {
		if !IsSealed(data) {
			break
		}
		var err error
		if data, err = open(data); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// compare finds the keys that differ; keyed is false when the content of one
// version has none.
func (d *Difference) compare(name string, old, present []byte, open Open) (keyed bool, err error) {
	was, ok := keysOf(name, old)
	is, too := keysOf(name, present)
	if !ok || !too {
		return false, nil
	}
	for key, value := range is {
		before, known := was[key]
		if !known {
			d.Keys = append(d.Keys, KeyChange{key, Added})
			continue
		}
		same, err := value.equal(before, open)
		if err != nil {
			return true, err
		}
		if !same {
			d.Keys = append(d.Keys, KeyChange{key, Changed})
		}
	}
	for key := range was {
		if _, still := is[key]; !still {
			d.Keys = append(d.Keys, KeyChange{key, Removed})
		}
	}
	slices.SortFunc(d.Keys, func(a, b KeyChange) int { return bytes.Compare([]byte(a.Key), []byte(b.Key)) })
	return true, nil
}
