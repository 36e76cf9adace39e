package parameter

import (
	"fmt"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Standing says whose the parameter is, why it must not be touched, and whether
// it moved since our last apply.
func (k *Kind) Standing(d Desired, o Observed) resource.Standing {
	s := resource.Standing{Owner: o.Tags[spec.TagOwner], Refuse: refusal(d, o), Moved: moved(d, o), Suspended: spec.Suspensions(o.Tags)}
	if s.Moved && !o.Changed.IsZero() {
		s.Note = "last changed " + o.Changed.UTC().Format("2006-01-02 15:04:05") + " UTC"
		if o.ChangedBy != "" {
			s.Note += " by " + o.ChangedBy
		}
	}
	return s
}

// refusal is why the parameter must not be touched; "" when it may.
func refusal(d Desired, o Observed) string {
	const leaveOut = "leave it out of the spec and refer to it by its ARN"
	switch {
	case o.unreadable != "" && !d.CreateOnly:
		return fmt.Sprintf("its value cannot be read to compare it (%s): allow it, set `create_only: true`, or %s", o.unreadable, leaveOut)
	case d.CreateOnly && d.Type != o.Type:
		return fmt.Sprintf("it is a %s, and AWS changes no type: a %s would have to take its place, and `create_only: true` keeps its value", o.Type, d.Type)
	case d.CreateOnly && sinks(d, o):
		return "it is advanced, and AWS makes no standard parameter of it: another would have to take its place, and `create_only: true` keeps its value"
	default:
		return ""
	}
}

// moved tells whether a difference is somebody's doing rather than the spec's.
func moved(d Desired, o Observed) bool {
	if o.lostApplied(d.Owner) {
		return true
	}
	if _, differs := valueDiffers(d, o); differs && o.Version > o.appliedVersion() {
		return true
	}
	same := o.appliedMetadata() == d.metadata()
	return same && (len(diffMetadata(d, o)) > 0 || d.Type != o.Type)
}

// lostApplied tells whether the parameter is ours and says nothing of what was
// applied. Whatever makes a parameter ours writes both tags in one call.
func (o Observed) lostApplied(owner string) bool {
	return o.Tags[spec.TagOwner] == owner && o.appliedMetadata() == ""
}
