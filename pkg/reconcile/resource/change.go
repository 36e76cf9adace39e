package resource

// Action is what is to be done with one object.
type Action string

// The actions.
const (
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace" // delete, then create: a field that cannot be changed differs
	Delete  Action = "delete"
	Noop    Action = "noop"
)

// Writes tells whether the action changes anything in AWS.
func (a Action) Writes() bool { return a != Noop }

// Reason is why an action is planned.
type Reason string

// The reasons.
const (
	Missing     Reason = "missing"      // the object does not exist
	SpecChanged Reason = "spec_changed" // the spec is no longer what was last applied
	Drift       Reason = "drift"        // the object is no longer what was last applied
	Adopted     Reason = "adopted"      // the object exists and is nobody's
	Orphaned    Reason = "orphaned"     // the object is ours and the spec no longer names it
	Replaced    Reason = "replaced"     // a field that cannot be changed differs
)

// FieldChange is one difference between desired and observed.
type FieldChange struct {
	// Path is a JSON pointer into the object: /description,
	// /containerDefinitions/0/image, /environment/NAME.
	Path string
	// Before is the observed and After the desired value, as JSON data; nil
	// when absent. Both are nil for a sensitive field.
	Before, After any
	// Sensitive marks a value that must not be shown. The kind leaves Before
	// and After nil.
	Sensitive bool
	// Proof binds a saved plan to a sensitive value without telling of it: a
	// keyed digest of what is desired, and of what was observed. "" when there
	// is no key yet.
	Proof string
	// Replaces marks a field that AWS cannot change in place.
	Replaces bool
	// Note is a remark for the reader, such as who made the observed value; may be empty.
	Note string
}
