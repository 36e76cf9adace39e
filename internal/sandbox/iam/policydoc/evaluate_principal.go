package policydoc

import "strings"

// principal tells whether a statement of a resource's policy, or of a trust
// policy, names the caller, and by which of its names.
func (e *evaluation) principal(st *Node) (name int, named bool) {
	switch {
	case e.request.Names == nil:
		return 0, true
	case st.Get("NotPrincipal") != nil:
		return 0, e.notExcepted(st)
	}
	listed := namesIn(st.Get("Principal"))
	for i, name := range e.request.Names {
		if anyOf(listed, func(text string) bool { return sameName(text, name) }) {
			return i, true
		}
	}
	return 0, false
}

// notExcepted tells whether a NotPrincipal leaves the caller in. A denial
// excepts only whom it names in full: the account, the role and the session
// (IAM User Guide, "NotPrincipal with Deny").
func (e *evaluation) notExcepted(st *Node) bool {
	listed := namesIn(st.Get("NotPrincipal"))
	missed, found := false, false
	for _, name := range e.request.Names {
		in := anyOf(listed, func(text string) bool { return text == "*" || sameName(text, name) })
		found = found || in
		missed = missed || !in && name != "*"
	}
	if isDeny(st) {
		return missed
	}
	return !found
}

// namesIn are the principals of a Principal element that are AWS's: accounts,
// roles, users and services.
func namesIn(principal *Node) []string {
	if principal.Is(Object) {
		return append(principal.Get("AWS").Strings(), principal.Get("Service").Strings()...)
	}
	return principal.Strings()
}

// sameName takes an account's number for the account itself.
func sameName(text, name string) bool {
	return text == name || accountNumber(text) && strings.HasSuffix(name, "::"+text+":root")
}

func accountNumber(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}
