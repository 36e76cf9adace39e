package access

import "fmt"

// Kind is the kind of policy that decided.
type Kind string

// The kinds, as AWS names them in a refusal.
const (
	Identity Kind = "identity-based policy"
	Boundary Kind = "permissions boundary"
	Session  Kind = "session policy"
	Resource Kind = "resource-based policy"
	Trust    Kind = "role trust policy"
)

// Denial is a refusal.
type Denial struct {
	// Caller is the ARN of who was refused.
	Caller string
	// Action and Resource are what was asked for, as AWS would show it.
	Action, Resource string
	// By is the kind of policy that refuses, and Explicit whether it says so or
	// does not say otherwise.
	By       Kind
	Explicit bool
}

// Error words the refusal as AWS does (IAM User Guide, "Troubleshoot access
// denied error messages").
func (d *Denial) Error() string {
	if !d.Explicit {
		return fmt.Sprintf("%s because no %s allows the %s action", d.Brief(), d.By, d.Action)
	}
	return fmt.Sprintf("%s with an explicit deny in %s %s", d.Brief(), d.By.article(), d.By)
}

// Brief leaves out why, as AWS STS does.
func (d *Denial) Brief() string {
	return fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", d.Caller, d.Action, d.Resource)
}

func (k Kind) article() string {
	switch k {
	case Identity:
		return "an"
	case Trust:
		return "the"
	default:
		return "a"
	}
}

// ownKind is the kind of the resource's own policy.
func (c Check) ownKind() Kind {
	if c.Trust {
		return Trust
	}
	return Resource
}

func (c Check) denied(p Principal, by Kind, explicit bool) error {
	shown := c.Shown
	if shown == "" {
		shown = c.Resource
	}
	return &Denial{Caller: p.ARN, Action: c.Action, Resource: shown, By: by, Explicit: explicit}
}
