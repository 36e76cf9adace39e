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
	// Context is the request's condition keys in lower case with their values; a
	// key without values is one that AWS would not carry.
	Context map[string][]string
	// Unknown says of a key that Context lacks whether AWS might carry it. What
	// hangs on such a key allows nothing, and denies. Unset, AWS carries none.
	Unknown func(key string) bool
	// Names are all the ways in which a Principal may mean the caller, by ARN, as
	// a service or "*", narrowest first. Unset, principals are not looked at.
	Names []string
}

// Match is a statement that applied to a request: the index of its policy, and
// its place in that policy's text.
type Match struct {
	Policy     int
	Start, End int
	Deny       bool
	// Name is the first of the request's names that the Principal has.
	Name int
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
// the one of a boundary): a statement that denies wins over any that allows. A
// policy that is no JSON is an error.
func Evaluate(policies []string, r Request) (Verdict, error) {
	var allows, denies []Match
	e := evaluation{request: r}
	for i, text := range policies {
		root, err := Parse(text)
		if err != nil {
			return Verdict{}, err
		}
		e.variables = root.Get("Version").Is(String) && root.Get("Version").Text == Version2012
		for _, st := range statements(root) {
			match := Match{Policy: i, Start: st.Start, End: st.End, Deny: isDeny(st)}
			var applies truth
			match.Name, applies = e.applies(st)
			switch {
			case match.Deny && applies != no:
				denies = append(denies, match)
			case !match.Deny && applies == yes:
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
	// variables says whether the policy's version has policy variables.
	variables bool
	// doubt is set when a key was asked for that AWS might carry.
	doubt bool
}

// truth is whether something holds.
type truth int

const (
	no truth = iota
	doubtful
	yes
)

func isDeny(st *Node) bool { return st.Get("Effect").Is(String) && st.Get("Effect").Text == "Deny" }

// applies tells whether a statement is about the request, and by which of its
// caller's names.
func (e *evaluation) applies(st *Node) (name int, applies truth) {
	name, named := e.principal(st)
	if !named || !e.action(st) {
		return name, no
	}
	return name, min(e.resource(st), e.conditions(st.Get("Condition")))
}

func (e *evaluation) action(st *Node) bool {
	matches := func(pattern string) bool {
		return glob(strings.ToLower(pattern), strings.ToLower(e.request.Action))
	}
	if st.Get("Action") != nil {
		return anyOf(st.Get("Action").Strings(), matches)
	}
	return st.Get("NotAction") != nil && !anyOf(st.Get("NotAction").Strings(), matches)
}

// resource is true where a statement names none, as in a trust policy.
func (e *evaluation) resource(st *Node) truth {
	named, not := st.Get("Resource"), st.Get("NotResource")
	if named == nil && not == nil {
		return yes
	}
	e.doubt = false
	among := func(n *Node) bool {
		return anyOf(n.Strings(), func(pattern string) bool {
			expanded, known := e.expand(pattern)
			return known && glob(expanded, e.request.Resource)
		})
	}
	switch {
	case named != nil && among(named):
		return yes
	case named == nil && among(not):
		return no
	case e.doubt:
		return doubtful
	case named == nil:
		return yes
	}
	return no
}

func anyOf(items []string, matches func(string) bool) bool {
	return slices.ContainsFunc(items, matches)
}

// expand puts the request's values for the policy variables of a text. A
// variable that the request doesn't carry makes the text match nothing.
func (e *evaluation) expand(text string) (out string, known bool) {
	if !e.variables {
		return text, true
	}
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
	if !found && e.request.Unknown != nil && e.request.Unknown(strings.ToLower(key)) {
		e.doubt = true
	}
	if !found && !anyOf(e.missing, func(m string) bool { return m == key }) {
		e.missing = append(e.missing, key)
	}
	return values
}
