package access

import (
	"errors"
	"fmt"

	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// Check is one action on one resource.
type Check struct {
	// Action is service:Operation.
	Action string
	// Resource is an ARN, or * where the action knows no resource.
	Resource string
	// Shown is how AWS calls the resource in a refusal; Resource unless set.
	Shown string
	// Policy is the policy of the resource itself; empty is none.
	Policy string
	// Trust says that Policy is a role's trust policy, without which nobody
	// assumes the role.
	Trust bool
	// Tags are the resource's; nil says that they cannot be known.
	Tags map[string]string
	// Context is condition keys in lower case; a key without values is one that
	// AWS would not carry.
	Context map[string][]string
}

// verdicts are what each kind of policy says.
type verdicts struct{ identity, boundary, session, resource policydoc.Verdict }

// Decide tells whether a principal may do something: nil, or a *Denial, or what
// is wrong with a policy.
func Decide(p Principal, c Check) error {
	v, err := judge(p, c)
	if err != nil {
		return fmt.Errorf("decide %s on %s: %w", c.Action, c.Resource, err)
	}
	for _, kind := range []struct {
		verdict policydoc.Verdict
		by      Kind
	}{{v.identity, Identity}, {v.boundary, Boundary}, {v.session, Session}, {v.resource, c.ownKind()}} {
		if kind.verdict.Decision == policydoc.ExplicitDeny {
			return c.denied(p, kind.by, true)
		}
	}
	return c.allowed(p, v)
}

// allowed is Decide where nothing is denied in so many words.
func (c Check) allowed(p Principal, v verdicts) error {
	by, granted := narrowest(v.resource)
	switch {
	case c.Trust && (!granted || p.IsRoot()):
		return c.denied(p, Trust, false)
	case p.IsRoot():
		return nil
	case granted && by == byItself:
		return nil
	case (!granted || by == byAccount) && v.identity.Decision != policydoc.Allowed:
		return c.denied(p, Identity, false)
	case p.Boundary != nil && v.boundary.Decision != policydoc.Allowed:
		return c.denied(p, Boundary, false)
	case p.Session != nil && v.session.Decision != policydoc.Allowed:
		return c.denied(p, Session, false)
	}
	return nil
}

// judge asks every kind of policy.
func judge(p Principal, c Check) (verdicts, error) {
	request := policydoc.Request{
		Action: c.Action, Resource: c.Resource, Context: context(p, c), Unknown: c.unknown,
	}
	named := request
	named.Names = p.names()
	var own []string
	if c.Policy != "" {
		own = []string{c.Policy}
	}
	identity, errIdentity := policydoc.Evaluate(p.Identity, request)
	boundary, errBoundary := policydoc.Evaluate(p.Boundary, request)
	session, errSession := policydoc.Evaluate(p.Session, request)
	resource, errResource := policydoc.Evaluate(own, named)
	return verdicts{identity, boundary, session, resource}, errors.Join(errIdentity, errBoundary, errSession, errResource)
}

// narrowest is the narrowest name by which a resource's policy lets the caller
// in. To name an account is to leave it to the account's own policies.
func narrowest(v policydoc.Verdict) (by int, granted bool) {
	if v.Decision != policydoc.Allowed {
		return 0, false
	}
	by = v.Matches[0].Name
	for _, m := range v.Matches {
		by = min(by, m.Name)
	}
	return by, true
}
