package policydoc

import (
	"slices"
	"strings"
)

// Decision is what a set of policies says to one request.
type Decision string

// The three decisions, as SimulatePrincipalPolicy writes them.
const (
	Allowed      Decision = "allowed"
	ImplicitDeny Decision = "implicitDeny"
	ExplicitDeny Decision = "explicitDeny"
)

// Request is one action on one resource.
type Request struct {
	// Action is service:Operation; its case doesn't matter.
	Action string
	// Resource is an ARN, or * where the action knows no resource.
	Resource string
	// Context is the request's condition keys in lower case with their values.
	Context map[string][]string
}

// Match is a statement that applied to a request: the index of its policy, and
// its place in that policy's text.
type Match struct {
	Policy     int
	Start, End int
	Deny       bool
}

// Verdict is a decision with its grounds.
type Verdict struct {
	Decision Decision
	// Matches are the statements that made the decision.
	Matches []Match
	// Missing are the condition keys that statements asked for and the request
	// did not carry, each once, in the order of their appearance.
	Missing []string
}

// Evaluate decides a request by policies of one kind (identity policies, say, or
// the one of a boundary): a statement that denies wins over any that allows.
// Principals are not looked at. A policy that is no JSON is an error.
func Evaluate(policies []string, r Request) (Verdict, error) {
	var allows, denies []Match
	e := evaluation{request: r}
	for i, text := range policies {
		root, err := Parse(text)
		if err != nil {
			return Verdict{}, err
		}
		for _, st := range statements(root) {
			if !e.applies(st) {
				continue
			}
			match := Match{Policy: i, Start: st.Start, End: st.End, Deny: st.Get("Effect").Is(String) && st.Get("Effect").Text == "Deny"}
			if match.Deny {
				denies = append(denies, match)
			} else {
				allows = append(allows, match)
			}
		}
	}
	return verdict(allows, denies, e.missing), nil
}

func verdict(allows, denies []Match, missing []string) Verdict {
	switch {
	case len(denies) > 0:
		return Verdict{Decision: ExplicitDeny, Matches: denies, Missing: missing}
	case len(allows) > 0:
		return Verdict{Decision: Allowed, Matches: allows, Missing: missing}
	default:
		return Verdict{Decision: ImplicitDeny, Missing: missing}
	}
}

// evaluation is one request on its way through the policies.
type evaluation struct {
	request Request
	missing []string
}

func (e *evaluation) applies(st *Node) bool {
	return e.action(st) && e.resource(st) && e.conditions(st.Get("Condition"))
}

func (e *evaluation) action(st *Node) bool {
	return among(st, "Action", "NotAction", func(pattern string) bool {
		return glob(strings.ToLower(pattern), strings.ToLower(e.request.Action))
	})
}

// resource is true where a statement names none, as in a trust policy.
func (e *evaluation) resource(st *Node) bool {
	if st.Get("Resource") == nil && st.Get("NotResource") == nil {
		return true
	}
	return among(st, "Resource", "NotResource", func(pattern string) bool {
		expanded, known := e.expand(pattern)
		return known && glob(expanded, e.request.Resource)
	})
}

// among tells whether a value is in the list called name, or in none called not.
func among(st *Node, name, not string, matches func(string) bool) bool {
	if st.Get(name) != nil {
		return anyOf(st.Get(name).Strings(), matches)
	}
	return st.Get(not) != nil && !anyOf(st.Get(not).Strings(), matches)
}

func anyOf(items []string, matches func(string) bool) bool {
	return slices.ContainsFunc(items, matches)
}

// expand puts the request's values for the policy variables of a text. A
// variable that the request doesn't carry makes the text match nothing.
func (e *evaluation) expand(text string) (out string, known bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return b.String() + "${" + rest, true
		}
		value, ok := e.variable(name)
		if !ok {
			return "", false
		}
		b.WriteString(value)
		text = after
	}
}

func (e *evaluation) variable(name string) (string, bool) {
	if name == "*" || name == "?" || name == "$" {
		return name, true
	}
	key, fallback, hasFallback := strings.Cut(name, ",")
	if values := e.values(strings.TrimSpace(key)); len(values) == 1 {
		return values[0], true
	}
	return strings.Trim(strings.TrimSpace(fallback), "'"), hasFallback
}

// values are the request's values of a condition key, whose case doesn't matter.
func (e *evaluation) values(key string) []string {
	values, found := e.request.Context[strings.ToLower(key)]
	if !found && !anyOf(e.missing, func(m string) bool { return m == key }) {
		e.missing = append(e.missing, key)
	}
	return values
}
