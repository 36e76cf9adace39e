package policydoc

import "strings"

// What IAM answers to a malformed trust policy, word for word.
const (
	errTrustVersion         = Malformed("The policy must contain a valid version string")
	errTrustEmpty           = Malformed("Could not parse the policy: Statement is empty!")
	errTrustSyntax          = Malformed("Syntax error in policy.")
	errTrustSidTwice        = Malformed("The Statement Ids in the policy are not unique")
	errTrustEffect          = Malformed("Missing required field Effect")
	errTrustAction          = Malformed("Missing required field Action")
	errTrustNotSTS          = Malformed("AssumeRole policy may only specify STS AssumeRole actions.")
	errTrustResource        = Malformed("Has prohibited field Resource")
	errTrustNotResource     = Malformed("AssumeRole policy must not contain resources.")
	errTrustPrincipal       = Malformed("Missing required field Principal")
	errTrustPrincipalEmpty  = Malformed("Missing required field Principal cannot be empty!")
	errTrustPrincipalObject = Malformed("Principal must be a JSON object.")
	errTrustAllowNot        = Malformed("Allow with NotPrincipal is not allowed.")
	errTrustDenyNot         = Malformed("AssumeRole policy must not contain NotPrincipal field.")
	errTrustCognito         = Malformed("A condition block must be present for the Cognito provider")
)

// Resolve says in which form IAM keeps an AWS principal (an account, or the
// unique id of a role), and whether there is such a principal.
type Resolve func(principal string) (stored string, exists bool)

// Trust checks the trust policy of a role and gives it in the form that IAM
// stores: compact, principals replaced by what resolve makes of them, arrays of
// principals and the keys of conditions in an order of IAM's own. The error's
// text is what IAM answers under MalformedPolicyDocument.
func Trust(text string, resolve Resolve) (stored string, err error) {
	root, err := Parse(text)
	if err != nil || root.Kind != Object {
		return "", errNotJSON
	}
	if err := trustShape(root); err != nil {
		return "", err
	}
	for _, st := range statements(root) {
		if err := checkPrincipals(st, resolve); err != nil {
			return "", err
		}
	}
	canonical(root)
	return root.JSON(), nil
}

func trustShape(root *Node) error {
	if key, unknown := unknownKey(root, "Version Id Statement"); unknown {
		return malformed("Unknown field %s", key)
	}
	if v := root.Get("Version"); v != nil && (v.Kind != String || v.Text != Version2012 && v.Text != Version2008) {
		return errTrustVersion
	}
	if id := root.Get("Id"); id != nil && id.Kind != String {
		return errTrustSyntax
	}
	all := statements(root)
	if len(all) == 0 {
		return errTrustEmpty
	}
	for _, st := range all {
		if err := trustStatement(st); err != nil {
			return err
		}
	}
	return checkSids(all, errTrustSidTwice)
}

func trustStatement(st *Node) error {
	if st.Kind != Object {
		return errTrustSyntax
	}
	if key, unknown := unknownKey(st, statementKeys); unknown {
		return malformed("Unknown field %s", key)
	}
	for _, check := range []func(*Node) error{trustResources, trustEffect, trustPrincipal, trustAction, trustRest} {
		if err := check(st); err != nil {
			return err
		}
	}
	return nil
}

func trustResources(st *Node) error {
	switch {
	case st.Get("Resource") != nil:
		return errTrustResource
	case st.Get("NotResource") != nil:
		return errTrustNotResource
	}
	return nil
}

func trustEffect(st *Node) error {
	effect := st.Get("Effect")
	switch {
	case effect == nil:
		return errTrustEffect
	case effect.Kind != String:
		return errTrustSyntax
	case effect.Text != "Allow" && effect.Text != "Deny":
		return malformed("Invalid effect: %s", effect.Text)
	}
	return nil
}

func trustPrincipal(st *Node) error {
	principal := st.Get("Principal")
	switch {
	case st.Get("NotPrincipal") != nil && st.Get("Effect").Text == "Allow":
		return errTrustAllowNot
	case st.Get("NotPrincipal") != nil:
		return errTrustDenyNot
	case principal == nil:
		return errTrustPrincipal
	case principal.Kind == String:
		return errTrustPrincipalObject
	case principal.Kind != Object:
		return errTrustSyntax
	case len(principal.Members) == 0:
		return errTrustPrincipalEmpty
	}
	return nil
}

func trustAction(st *Node) error {
	action, not := st.Get("Action"), st.Get("NotAction")
	switch {
	case action != nil && not != nil:
		return errTrustSyntax
	case len(action.List())+len(not.List()) == 0:
		return errTrustAction
	case action != nil && !isText(action), not != nil && !isText(not):
		return errTrustSyntax
	}
	for _, name := range actionsOf(st) {
		if !trustsSTS(name) {
			return errTrustNotSTS
		}
	}
	return nil
}

func trustRest(st *Node) error {
	if sid := st.Get("Sid"); sid != nil && sid.Kind != String {
		return errTrustSyntax
	}
	if !conditionWellFormed(st.Get("Condition")) || !datesWellFormed(st.Get("Condition")) {
		return errTrustSyntax
	}
	return nil
}

// trustsSTS tells whether an action, wildcards and all, means one of the STS
// actions that a trust policy can grant.
func trustsSTS(action string) bool {
	vendor, name, _ := strings.Cut(action, ":")
	if !strings.EqualFold(vendor, "sts") {
		return false
	}
	for _, known := range []string{
		"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "TagSession", "SetSourceIdentity", "SetContext",
	} {
		if glob(strings.ToLower(name), strings.ToLower(known)) {
			return true
		}
	}
	return false
}
