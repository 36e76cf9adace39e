package resource

import (
	"context"

	"ecs-reconciler/pkg/spec"
)

// Kind is one kind of object: D is its desired and O its observed state.
//
// Desired, Outputs, Standing, Diff and Keep are pure. Diff compares canonical
// forms: what AWS fills in, reorders or rewrites is no difference, and every
// other difference is one.
type Kind[D, O any] interface {
	Type() Type
	// Desired lists the objects of this kind that the deployment declares.
	Desired(d *spec.Deployment) ([]Node[D], error)
	// Observe reads the objects in as few calls as AWS allows. A key that is
	// missing from the answer is absent in AWS; whatever could not be read is
	// an error, never absent.
	Observe(ctx context.Context, keys []Key) (map[Key]O, error)
	// Outputs are what others may look up, less what the pending change will
	// alter.
	Outputs(o O, pending []FieldChange) Outputs
	// Standing says whose the object is and whether it moved since we wrote it.
	Standing(d D, o O) Standing
	// Diff lists what Update would change, in a stable order; empty when
	// nothing would be. Against the zero O it lists what there is to know of
	// the object that Create would make.
	Diff(d D, o O) []FieldChange
	// Keep returns d with the fields that the JSON pointers name taken from o,
	// so that an ignored field is neither seen nor written.
	Keep(d D, o O, ignore []string) D
	Create(ctx context.Context, key Key, d D) (Outputs, error)
	Update(ctx context.Context, key Key, d D, o O, changes []FieldChange) (Outputs, error)
	Delete(ctx context.Context, key Key, o O) error
}

// Pruner is a kind that can list what the deployment's owner has in AWS, by
// owner tag, whether or not the spec still declares it. What the spec no longer
// declares but a task still refers to is left out: it is in use.
type Pruner interface {
	Owned(ctx context.Context, d *spec.Deployment) ([]Key, error)
}

// Finder is a kind of objects that AWS names rather than the spec, such as the
// services that run a deployment's tasks. Find is asked after the plan of all
// that the spec names was made, and reads nothing when nothing is sought.
type Finder[D any] interface {
	Find(ctx context.Context, d *spec.Deployment, s Sought) ([]Node[D], error)
}

// Rememberer is a kind that has in mind, from Desired to Observe and on to what
// carries a plan out, what that one plan is about. Anew is the same kind for
// another plan: with nothing in mind, and with all that it has learnt of AWS.
type Rememberer[D, O any] interface {
	Anew() Kind[D, O]
}

// Tagger is a kind whose objects can be given tags beside those it converges.
type Tagger[O any] interface {
	Tag(ctx context.Context, o O, tags map[string]string) error
}

// Sought is what a Finder looks for.
type Sought struct {
	Tasks []string // only what serves these; nil for all
	// Changes tells whether carrying out the plan changes an output of an
	// object that exists.
	Changes func(key Key, output string) bool
}

// Digester is a kind that can tell one desired state from another without
// showing either. A saved plan holds the digests of what it creates, so that
// it is refused once the spec says something else. Nothing sensitive may enter
// a digest, unless under a key.
type Digester[D any] interface {
	Digest(d D) string
}

// Node declares one object. Build makes its desired state from what is known;
// it runs at plan time, and again just before the change is applied, when all
// it looks up is known.
type Node[D any] struct {
	Key    Key
	Tasks  []string   // the tasks it serves, by name
	Drift  spec.Drift // "" is correct
	Ignore []string   // JSON pointers in the object's own form
	// Advice makes what differs a warning that ends in it, and no change.
	Advice string
	At     spec.Position // where the spec declares it
	Build  func(Lookup) (D, error)
	// Promised are the outputs known before the object exists, such as the
	// ARN of a role, which follows from its name.
	Promised Outputs
}

// Standing is what an observed object tells of its history.
type Standing struct {
	Owner     string            // value of the owner tag; "" without one
	Refuse    string            // why the object must never be touched; "" when it may
	Moved     bool              // it is no longer what our last apply left
	Note      string            // who changed it and when, where AWS tells
	Suspended map[string]string // which tasks are to be left alone, see spec.Suspensions
}

// Any is a kind with its types erased. Values that it hands out go back only
// to the kind that they came from.
type Any = Kind[any, any]
