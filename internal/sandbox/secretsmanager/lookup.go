package secretsmanager

import (
	"maps"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/awserr"
)

// idForm says whether a text is made of what a SecretId may be made of; the
// colons are an ARN's, and "!" stands in the names of secrets that other
// services own.
func idForm(id string) bool { return id != "" && strings.Trim(id, alphanumeric+"/_+=.@!:-") == "" }

// completeARN is how an ARN's resource ends when nothing is left out of it:
// with a hyphen and six characters.
func completeARN(resource string) bool {
	cut := len(resource) - 7
	return cut >= 0 && resource[cut] == '-' && strings.Trim(resource[cut+1:], alphanumeric) == ""
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// checkID refuses an identifier that no secret could have.
func checkID(id string) error {
	if idForm(id) {
		return nil
	}
	return invalidName()
}

func invalidName() *awserr.Error {
	return awserr.New("ValidationException",
		"Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!")
}

// find resolves a name, an ARN, or an ARN without its last seven characters, to
// a secret, one scheduled for deletion included. A partial ARN whose secret's
// own name ends in a hyphen and six characters reads as a complete one, and so
// finds nothing, as on AWS.
func (b *Backend) find(id *string) (*Secret, error) {
	if id == nil {
		return nil, missing()
	}
	if err := checkID(*id); err != nil {
		return nil, err
	}
	name := *id
	if strings.HasPrefix(name, "arn:") {
		resource, ok := strings.CutPrefix(name, b.env.ARN("secretsmanager", "secret:"))
		if !ok {
			return nil, missing()
		}
		name = resource
		if completeARN(resource) {
			name = resource[:len(resource)-7]
		}
	}
	found := b.named(name)
	if found == nil || strings.HasPrefix(*id, "arn:") && completeARN(*id) && found.ARN != *id {
		return nil, missing()
	}
	return found, nil
}

// named is the secret of a name; nil if there is none, or none any more.
func (b *Backend) named(name string) *Secret {
	s := b.state.Secrets[name]
	if s != nil && s.expired(b.env.Now()) {
		delete(b.state.Secrets, name)
		b.env.Noted = true
		return nil
	}
	return s
}

// live is find for operations that a deletion forbids.
func (b *Backend) live(id *string) (*Secret, error) {
	s, err := b.find(id)
	if err != nil {
		return nil, err
	}
	if s.Deleted != nil {
		return nil, invalidRequest("You can't perform this operation on the secret because it was marked for deletion.")
	}
	return s, nil
}

// writable is live for operations that change a secret: a replica changes
// through its primary, and an owned secret through its owner.
func (b *Backend) writable(id *string) (*Secret, error) {
	s, err := b.live(id)
	if err != nil {
		return nil, err
	}
	if s.isReplica(b.env.Region) {
		return nil, invalidParameter(
			"Operation not permitted on a replica secret. Call must be made in primary secret's region.")
	}
	return s, s.checkOwner()
}

// checkOwner refuses a change of what another service owns.
func (s *Secret) checkOwner() error {
	if s.OwningService == "" {
		return nil
	}
	return invalidRequest("You can't perform this operation on the secret because it is managed by the service %s.", s.OwningService)
}

func missing() error {
	return notFound("Secrets Manager can't find the specified secret.")
}

// expire forgets all secrets whose recovery window is over, before a list of
// them is made.
func (b *Backend) expire() {
	now := b.env.Now()
	before := len(b.state.Secrets)
	maps.DeleteFunc(b.state.Secrets, func(_ string, s *Secret) bool { return s.expired(now) })
	b.env.Noted = b.env.Noted || len(b.state.Secrets) < before
}

// expired says whether the secret's recovery window is over.
func (s *Secret) expired(now time.Time) bool { return s.Deleted != nil && !now.Before(*s.Deleted) }

// now is the clock in UTC, to the millisecond, which is what AWS shows.
func (b *Backend) now() time.Time { return b.env.Now().UTC().Truncate(time.Millisecond) }

// access notes the day on which a version was read: AWS keeps no time for it.
func (b *Backend) access(s *Secret, v *Version) {
	day := b.now().Truncate(24 * time.Hour)
	seen := func(at *time.Time) bool { return at != nil && at.Equal(day) }
	if seen(v.Accessed) && seen(s.Accessed) {
		return
	}
	v.Accessed, s.Accessed, b.env.Noted = &day, &day, true
}
