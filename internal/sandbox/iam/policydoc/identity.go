package policydoc

import (
	"regexp"
	"strings"
)

// What IAM answers to a malformed identity policy, word for word.
const (
	errSyntax     = Malformed("Syntax errors in policy.")
	errVersion    = Malformed("Policy document must be version 2012-10-17 or greater.")
	errLegacy     = Malformed("The policy failed legacy parsing")
	errPrincipal  = Malformed("Policy document should not specify a principal.")
	errSidTwice   = Malformed("Statement IDs (SID) in a single policy must be unique.")
	errNoAction   = Malformed("Policy statement must contain actions.")
	errNoResource = Malformed("Policy statement must contain resources.")
	errNoVendor   = Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
	errColons     = Malformed("Actions/Condition can contain only one colon.")
)

const statementKeys = "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition"

// Identity checks a permissions policy: an inline policy of a role or a managed
// policy. The error's text is what IAM answers under MalformedPolicyDocument.
//
// The order of the checks is AWS's, as its recorded answers to documents with
// two mistakes show.
func Identity(text string) error {
	root, err := Parse(text)
	if err != nil || !identityShape(root) {
		return errSyntax
	}
	if v := root.Get("Version"); v == nil || v.Text == Version2008 {
		return errVersion
	}
	all := statements(root)
	for _, check := range []func([]*Node) error{
		noPrincipals, legacyParse, identitySids, elementsPresent, resourcesAreARNs, actionsHaveVendors, resourcesExist,
	} {
		if err := check(all); err != nil {
			return err
		}
	}
	return nil
}

func identityShape(root *Node) bool {
	if root.Kind != Object {
		return false
	}
	if _, unknown := unknownKey(root, "Version Id Statement"); unknown {
		return false
	}
	if id := root.Get("Id"); id != nil && id.Kind != String {
		return false
	}
	if v := root.Get("Version"); v != nil && (v.Kind != String || v.Text != Version2012 && v.Text != Version2008) {
		return false
	}
	all := statements(root)
	for _, st := range all {
		if !identityStatementShape(st) {
			return false
		}
	}
	return len(all) > 0
}

func identityStatementShape(st *Node) bool {
	if st.Kind != Object {
		return false
	}
	if _, unknown := unknownKey(st, statementKeys); unknown {
		return false
	}
	if sid := st.Get("Sid"); sid != nil && sid.Kind != String {
		return false
	}
	effect := st.Get("Effect")
	if !effect.Is(String) || !strings.EqualFold(effect.Text, "Allow") && !strings.EqualFold(effect.Text, "Deny") {
		return false
	}
	return eitherText(st, "Action", "NotAction") && eitherText(st, "Resource", "NotResource") &&
		conditionWellFormed(st.Get("Condition"))
}

// eitherText tells whether at most one of two members is there, made of strings.
func eitherText(st *Node, name, not string) bool {
	a, b := st.Get(name), st.Get(not)
	if a != nil && b != nil {
		return false
	}
	return (a == nil || isText(a)) && (b == nil || isText(b))
}

func noPrincipals(all []*Node) error {
	for _, st := range all {
		if st.Get("Principal") != nil || st.Get("NotPrincipal") != nil {
			return errPrincipal
		}
	}
	return nil
}

// legacyParse refuses what only AWS's older parser looks at: the case of Effect,
// dates, and the number of an ARN's parts.
func legacyParse(all []*Node) error {
	for _, st := range all {
		effect := st.Get("Effect").Text
		if effect != "Allow" && effect != "Deny" || !datesWellFormed(st.Get("Condition")) {
			return errLegacy
		}
		for _, resource := range resourcesOf(st) {
			if !legacyARN(resource) {
				return errLegacy
			}
		}
	}
	return nil
}

func identitySids(all []*Node) error { return checkSids(all, errSidTwice) }

func elementsPresent(all []*Node) error {
	for _, st := range all {
		if len(actionsOf(st)) == 0 {
			return errNoAction
		}
		if len(resourcesOf(st)) == 0 {
			return errNoResource
		}
	}
	return nil
}

var vendorPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)

func actionsHaveVendors(all []*Node) error {
	for _, st := range all {
		for _, action := range actionsOf(st) {
			if err := checkAction(action); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkAction(action string) error {
	vendor, _, found := strings.Cut(action, ":")
	switch {
	case action == "*":
		return nil
	case !found:
		return errNoVendor
	case strings.Count(action, ":") > 1:
		return errColons
	case !vendorPattern.MatchString(vendor):
		return malformed("Vendor %s is not valid", vendor)
	}
	return nil
}

func actionsOf(st *Node) []string {
	return append(st.Get("Action").Strings(), st.Get("NotAction").Strings()...)
}

func resourcesOf(st *Node) []string {
	return append(st.Get("Resource").Strings(), st.Get("NotResource").Strings()...)
}
