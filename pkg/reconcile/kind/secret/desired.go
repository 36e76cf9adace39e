package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/spec"
)

// Desired is what one secret is to be. A nil pointer means: unmanaged.
type Desired struct {
	Name               string
	Owner              string // value of the owner tag
	Value              spec.Secret
	Generate           *spec.Generate // how a value is made that has to be written; nil: it is Value
	Binary             bool           // Value is bytes
	Description        *string
	KMSKeyID           *string
	Replicas           []spec.Replica    // by region; empty but not nil is none
	ResourcePolicy     *spec.Document    // pointing to nil is none
	Tags               map[string]string // without the digest of what was applied
	RecoveryWindowDays int               // 0 is AWS's default of 30
	CreateOnly         bool              // a value that exists is left alone
	Dated              bool              // when the current value was put matters
}

func desiredOf(d *spec.Deployment, s spec.ManagedSecret) Desired {
	return Desired{Name: s.Name, Owner: d.Owner(), Value: s.Value, Generate: s.From.Generate, Binary: s.Output == "binary", Description: s.Description, KMSKeyID: s.KMSKeyID,
		Replicas: s.Replicas, ResourcePolicy: s.ResourcePolicy,
		Tags: d.ManagedTags(s.Tags, s.Tasks), RecoveryWindowDays: s.RecoveryWindowDays, CreateOnly: s.CreateOnly}
}

// stored is the value in the form that AWS is told it in.
func (d Desired) stored() (text *string, binary []byte) {
	if d.Binary {
		return nil, []byte(d.Value.Reveal())
	}
	return aws.String(d.Value.Reveal()), nil
}

// Keep makes the fields that the pointers name unmanaged, so that they are
// neither seen nor written. Our own tags cannot be ignored: without them the
// secret would not be ours.
func (k *Kind) Keep(d Desired, _ Observed, ignore []string) Desired {
	d.Tags = maps.Clone(d.Tags)
	for _, pointer := range ignore {
		switch {
		case pointer == pathValue:
			d.CreateOnly = true
		case pointer == pathDescription:
			d.Description = nil
		case pointer == pathKMSKey:
			d.KMSKeyID = nil
		case pointer == pathReplicas:
			d.Replicas = nil
		case pointer == pathPolicy:
			d.ResourcePolicy = nil
		}
		maps.DeleteFunc(d.Tags, func(key, _ string) bool {
			return !strings.HasPrefix(key, ownTagPrefix) && (pointer == pathTags || pointer == tagPath(key))
		})
	}
	return d
}

// ownTagPrefix begins the keys of the tags that are ours alone.
const ownTagPrefix = "ecs-reconciler/"

// Half the applied tag's 32 characters are the digest of the spec's side of
// the metadata, half say which version of the value was left.
const (
	digestLength = 16
	versionOurs  = "0000000000000000" // one that we put: its own id tells the rest
)

// metadata is the first half of the applied tag: a digest of what the spec
// says, the value excluded.
func (d Desired) metadata() string {
	h := sha256.New()
	for _, optional := range []*string{d.Description, d.KMSKeyID} {
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
	d.depth(h)
	return hex.EncodeToString(h.Sum(nil))[:digestLength]
}

// depth adds what few secrets declare, and nothing where it is not declared:
// what was applied before there were replicas and policies stays true.
func (d Desired) depth(h hash.Hash) {
	if d.Replicas != nil {
		writePart(h, "replicas")
		for _, r := range d.Replicas {
			writePart(h, r.Region)
			writePart(h, fmt.Sprintf("%t", r.KMSKeyID != nil))
			writePart(h, aws.ToString(r.KMSKeyID))
		}
	}
	if d.ResourcePolicy != nil {
		writePart(h, "policy")
		writePart(h, policy.Canonical(*d.ResourcePolicy))
	}
}

// applied is the value of the applied tag once d is applied: with a version
// of ours current, or, for one by somebody else that is right as it is, left.
func (d Desired) applied(left string) string {
	if left == "" {
		return d.metadata() + versionOurs
	}
	return d.metadata() + digest(left)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:digestLength]
}
