package parameter

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"strings"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Desired is what one parameter is to be. A nil pointer, and an empty Tier or
// DataType, means: unmanaged.
type Desired struct {
	Name           string
	Owner          string // value of the owner tag
	Type           spec.ParameterType
	Tier           spec.ParameterTier
	DataType       string
	Value          spec.Secret
	Shown          bool           // plans show the value
	Generate       *spec.Generate // how a value is made that has to be written; nil: it is Value
	AllowedPattern *string
	Description    *string
	KMSKeyID       *string           // of a SecureString; "" is AWS's own
	Tags           map[string]string // without the digest of what was applied
	CreateOnly     bool              // a value that exists is left alone
}

func desiredOf(d *spec.Deployment, p spec.ManagedParameter) Desired {
	return Desired{Name: p.Name, Owner: d.Owner(), Type: p.Type, Tier: p.Tier, DataType: p.DataType, Value: p.Value, Shown: p.Shown,
		Generate: p.From.Generate, AllowedPattern: p.AllowedPattern, Description: p.Description, KMSKeyID: p.KMSKeyID,
		Tags: d.ManagedTags(p.Tags, p.Tasks), CreateOnly: p.CreateOnly}
}

// Keep makes the fields that the pointers name unmanaged, so that they are
// neither seen nor written. Our own tags cannot be ignored: without them the
// parameter would not be ours.
func (k *Kind) Keep(d Desired, o Observed, ignore []string) Desired {
	d.Tags = maps.Clone(d.Tags)
	for _, pointer := range ignore {
		switch pointer {
		case pathValue:
			d.CreateOnly = true
		case pathType:
			d.Type = o.Type
		case pathDescription:
			d.Description = nil
		case pathKMSKey:
			d.KMSKeyID = nil
		case pathTier:
			d.Tier = ""
		case pathDataType:
			d.DataType = ""
		case pathPattern:
			d.AllowedPattern = nil
		}
		maps.DeleteFunc(d.Tags, func(key, _ string) bool {
			return !strings.HasPrefix(key, ownTagPrefix) && (pointer == pathTags || pointer == tagPath(key))
		})
	}
	return d
}

// ownTagPrefix begins the keys of the tags that are ours alone.
const ownTagPrefix = "ecs-reconciler/"

// withValue is d with the value that is stored, made now where the spec leaves
// it to be made. A value whose source was not read is an error.
func (k *Kind) withValue(d Desired) (Desired, error) {
	switch {
	case d.Value.IsSet():
		return d, nil
	case d.Generate == nil:
		return d, &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("the source of the parameter %q was not read", d.Name)}
	}
	var err error
	d.Value, err = d.Generate.Make(k.opts.Rand)
	return d, err
}

// digestLength is how many characters of the applied tag say what the spec
// says. The number of the version that was left follows a dot.
const digestLength = 16

// metadata is the first half of the applied tag: a digest of what the spec
// says, the value excluded.
func (d Desired) metadata() string {
	h := sha256.New()
	for _, text := range []string{string(d.Type), string(d.Tier), d.DataType} {
		writePart(h, text)
	}
	for _, optional := range []*string{d.Description, d.KMSKeyID, d.AllowedPattern} {
		if optional == nil {
			writePart(h, "unmanaged")
			continue
		}
		writePart(h, "is")
		writePart(h, *optional)
	}
	for _, key := range sortedKeys(d.Tags) {
		writePart(h, key)
		writePart(h, d.Tags[key])
	}
	return hex.EncodeToString(h.Sum(nil))[:digestLength]
}

// writePart writes a text after its length, so that no two lists of texts read
// the same.
func writePart(h hash.Hash, part string) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(part)))
	h.Write(length[:])
	h.Write([]byte(part))
}

// applied is the value of the applied tag once d is applied and has left a
// version.
func (d Desired) applied(version int64) string { return fmt.Sprintf("%s.%d", d.metadata(), version) }
