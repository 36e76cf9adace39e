package ssm

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// State is everything that the backend remembers.
type State struct {
	// Parameters by name.
	Parameters map[string]*Parameter
}

// Parameter is one parameter with its versions.
type Parameter struct {
	Name     string
	Tags     []types.Tag
	Versions []*Version // oldest first, never none
}

// Version is one state of a parameter. Only its labels ever change.
type Version struct {
	Number int64
	Type   types.ParameterType
	Value  string
	// Encrypted stands for a SecureString's value where nobody asks for its
	// decryption.
	Encrypted      string
	KeyID          string
	Description    *string
	AllowedPattern *string
	DataType       string
	Tier           types.ParameterTier
	Policies       []Policy
	Labels         []string // sorted
	Modified       time.Time
	ModifiedBy     string
}

// Policy is one of an advanced parameter's policies.
type Policy struct {
	Text, Type string
	// Expires is when an Expiration takes the parameter away.
	Expires *time.Time
}

// newest is the version that a name without a selector means.
func (p *Parameter) newest() *Version { return p.Versions[len(p.Versions)-1] }

// numbered finds a version by its number; nil where there is none.
func (p *Parameter) numbered(n int64) *Version {
	i, ok := slices.BinarySearchFunc(p.Versions, n, func(v *Version, n int64) int { return cmp.Compare(v.Number, n) })
	if !ok {
		return nil
	}
	return p.Versions[i]
}

// labelled finds the version that a label sits on; nil where there is none.
func (p *Parameter) labelled(label string) *Version {
	for _, v := range p.Versions {
		if slices.Contains(v.Labels, label) {
			return v
		}
	}
	return nil
}

// sorted lists all parameters by name.
func (b *Backend) sorted() []*Parameter {
	b.expire()
	return slices.SortedFunc(maps.Values(b.state.Parameters), func(x, y *Parameter) int {
		return strings.Compare(x.Name, y.Name)
	})
}

func nameOf(p *Parameter) string { return p.Name }

// expire forgets parameters whose Expiration has come.
func (b *Backend) expire() {
	now := b.env.Now()
	for name, p := range b.state.Parameters {
		for _, policy := range p.newest().Policies {
			if policy.Expires != nil && !now.Before(*policy.Expires) {
				delete(b.state.Parameters, name)
				b.env.Noted = true
			}
		}
	}
}

// now is the clock in UTC, to the millisecond, which is what AWS shows.
func (b *Backend) now() time.Time { return b.env.Now().UTC().Truncate(time.Millisecond) }
