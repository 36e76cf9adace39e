package secretsmanager

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// The staging labels that AWS moves by itself.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
	pending  = "AWSPENDING"
)

// State is everything that the backend remembers.
type State struct {
	// Secrets by name, those scheduled for deletion included.
	Secrets map[string]*Secret
}

// Secret is one secret.
type Secret struct {
	ARN, Name, Description string
	// KMSKey is as the caller wrote it; empty is aws/secretsmanager.
	KMSKey string
	// Tags is nil for what never had a tag, and empty for what lost them all:
	// AWS tells the two apart.
	Tags     []types.Tag
	Versions []*Version // oldest first
	Policy   *string

	Created, Changed           time.Time
	Accessed, Rotated, Deleted *time.Time

	Rotation      Rotation
	OwningService string
	// PrimaryRegion is set on a primary with replicas and on the replicas.
	PrimaryRegion string
	Replicas      []types.ReplicationStatusType
}

// Version is one value of a secret and the labels on it.
type Version struct {
	ID       string
	String   *string
	Binary   []byte
	Created  time.Time
	Accessed *time.Time
	Stages   []string // sorted
	KMSKeys  []string
}

// Rotation is how a secret is rotated. The sandbox runs no function: a rotation
// that begins waits for somebody to put its version's value and label.
type Rotation struct {
	Enabled *bool
	Lambda  string
	Rules   *types.RotationRulesType
	// Since is when the schedule was set or the value last changed.
	Since time.Time
}

func (s *Secret) arn() string { return s.ARN }

func (v *Version) id() string { return v.ID }

// labels are the version's labels as AWS shows them: left out where there are
// none.
func (v *Version) labels() []string {
	if len(v.Stages) == 0 {
		return nil
	}
	return slices.Clone(v.Stages)
}

// empty says whether the version has no value yet: a rotation began it.
func (v *Version) empty() bool { return v.String == nil && v.Binary == nil }

// version finds a version by its id.
func (s *Secret) version(id string) *Version {
	for _, v := range s.Versions {
		if v.ID == id {
			return v
		}
	}
	return nil
}

// staged finds the version that a label is on.
func (s *Secret) staged(label string) *Version {
	for _, v := range s.Versions {
		if slices.Contains(v.Stages, label) {
			return v
		}
	}
	return nil
}

// stages maps the ids of labelled versions to their labels; nil if there are
// none.
func (s *Secret) stages() map[string][]string {
	var out map[string][]string
	for _, v := range s.Versions {
		if len(v.Stages) == 0 {
			continue
		}
		if out == nil {
			out = map[string][]string{}
		}
		out[v.ID] = slices.Clone(v.Stages)
	}
	return out
}

// isReplica says whether the secret is a copy of one in another region.
func (s *Secret) isReplica(region string) bool {
	return s.PrimaryRegion != "" && s.PrimaryRegion != region
}
