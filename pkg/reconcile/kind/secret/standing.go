package secret

import (
	"fmt"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Standing says whose the secret is, why it must not be touched, and whether
// it moved since our last apply.
func (k *Kind) Standing(d Desired, o Observed) resource.Standing {
	s := resource.Standing{Owner: o.Tags[spec.TagOwner], Refuse: refusal(d, o), Moved: moved(d, o), Suspended: spec.Suspensions(o.Tags)}
	if s.Refuse == "" {
		s.Refuse = quarrel(d, o)
	}
	if s.Moved && !o.Changed.IsZero() {
		s.Note = "last changed " + o.Changed.UTC().Format("2006-01-02 15:04:05") + " UTC"
	}
	return s
}

// refusal is why the secret must not be touched; "" when it may.
func refusal(d Desired, o Observed) string {
	const leaveOut = "leave it out of the spec and refer to it by its ARN"
	switch {
	case o.OwningService != "":
		return fmt.Sprintf("the service %s owns it and writes it: %s", o.OwningService, leaveOut)
	case o.replica():
		return fmt.Sprintf("it is a replica of the secret in %s, which alone can be written: manage it there, or %s",
			o.PrimaryRegion, leaveOut)
	case o.Rotates && !d.CreateOnly:
		return "rotation is enabled, so its value is not ours to write: set `create_only: true`, or " + leaveOut
	case o.unreadable != "" && !d.CreateOnly:
		return fmt.Sprintf("somebody else put its value, which cannot be read to compare it (%s): allow it, set `create_only: true`, or %s",
			o.unreadable, leaveOut)
	default:
		return ""
	}
}

// moved tells whether a difference is somebody's doing rather than the spec's.
func moved(d Desired, o Observed) bool {
	if !o.Deleted.IsZero() || o.lostApplied(d.Owner) {
		return true
	}
	if _, differs := valueDiffers(d, o); differs && valueMoved(o) {
		return true
	}
	return o.appliedMetadata() == d.metadata() && len(diffMetadata(d, o)) > 0
}

// lostApplied tells whether the secret is ours and says nothing of what was
// applied. Whatever makes a secret ours writes both tags in one call.
func (o Observed) lostApplied(owner string) bool {
	return o.Tags[spec.TagOwner] == owner && o.appliedMetadata() == ""
}

// valueMoved tells whether AWSCURRENT is not where our last apply left it.
func valueMoved(o Observed) bool {
	switch id := o.current(); {
	case id == "":
		return o.appliedVersion() != ""
	case o.key.made(id):
		return o.movedBack()
	default:
		return o.appliedVersion() != digest(id)
	}
}
