package secretsmanager

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"
)

// policyDocument is as much of a resource policy as AWS insists on.
type policyDocument struct {
	Version   string
	ID        string `json:"Id"`
	Statement []policyStatement
}

type policyStatement struct {
	Sid                     string
	Effect                  string
	Principal, NotPrincipal json.RawMessage
	Action, NotAction       json.RawMessage
	Resource, NotResource   json.RawMessage
	Condition               map[string]map[string]json.RawMessage
}

// readPolicy refuses a document that is not a resource policy.
func readPolicy(text string) (policyDocument, error) {
	var raw struct {
		Version   *string
		ID        string `json:"Id"`
		Statement json.RawMessage
	}
	malformed := func(why string) (policyDocument, error) {
		return policyDocument{}, awserr.New("MalformedPolicyDocumentException", "This policy has invalid syntax: %s.", why)
	}
	if strictly([]byte(text), &raw) != nil {
		return malformed("it is not a JSON object of Version, Id and Statement")
	}
	if raw.Version != nil && *raw.Version != "2012-10-17" && *raw.Version != "2008-10-17" {
		return malformed("its Version is neither 2012-10-17 nor 2008-10-17")
	}
	statements := bytes.TrimSpace(raw.Statement)
	if len(statements) > 0 && statements[0] == '{' {
		statements = append(append([]byte("["), statements...), ']')
	}
	doc := policyDocument{}
	if strictly(statements, &doc.Statement) != nil || len(doc.Statement) == 0 {
		return malformed("it has no well-formed Statement")
	}
	for _, st := range doc.Statement {
		if why := st.lacks(); why != "" {
			return malformed(why)
		}
	}
	return doc, nil
}

// strictly reads one JSON value and nothing after it, with no unknown member.
func strictly(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// lacks says what is wrong with a statement; empty for nothing.
func (st policyStatement) lacks() string {
	one := func(x, y json.RawMessage) bool { return (len(x) == 0) != (len(y) == 0) }
	switch {
	case st.Effect != "Allow" && st.Effect != "Deny":
		return "a statement's Effect is neither Allow nor Deny"
	case !one(st.Principal, st.NotPrincipal):
		return "a statement needs either Principal or NotPrincipal"
	case !one(st.Action, st.NotAction):
		return "a statement needs either Action or NotAction"
	case !one(st.Resource, st.NotResource):
		return "a statement needs either Resource or NotResource"
	default:
		return st.misspells()
	}
}

// misspells says which element of a statement has a value that it cannot have.
func (st policyStatement) misspells() string {
	switch {
	case !principals(st.Principal) || !principals(st.NotPrincipal):
		return "a principal is neither *, an account, an ARN nor a service"
	case !texts(st.Action, `\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+`) || !texts(st.NotAction, `\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+`):
		return "an action is not of the form vendor:name"
	case !texts(st.Resource, `\*|arn:.+`) || !texts(st.NotResource, `\*|arn:.+`):
		return "a resource is neither * nor an ARN"
	default:
		return ""
	}
}

// principals says whether an element may stand as a Principal; one that is
// absent may.
func principals(raw json.RawMessage) bool {
	if len(raw) == 0 || string(raw) == `"*"` {
		return true
	}
	var kinds struct{ AWS, Service, Federated, CanonicalUser json.RawMessage }
	if strictly(raw, &kinds) != nil || string(bytes.TrimSpace(raw)) == "{}" {
		return false
	}
	return texts(kinds.AWS, `\*|[0-9]{12}|arn:[a-z-]+:(iam|sts)::[0-9]{12}:.+|A[A-Z0-9]{15,}`) &&
		texts(kinds.Service, `[a-z0-9.-]+\.amazonaws\.com(\.cn)?`) &&
		texts(kinds.Federated, `.+`) && texts(kinds.CanonicalUser, `[0-9a-f]+`)
}

// texts says whether an element is one text or a list of texts, each matched
// whole; one that is absent is.
func texts(raw json.RawMessage, form string) bool {
	if len(raw) == 0 {
		return true
	}
	var one string
	var all []string
	switch {
	case json.Unmarshal(raw, &one) == nil:
		all = []string{one}
	case json.Unmarshal(raw, &all) != nil || len(all) == 0:
		return false
	}
	whole := regexp.MustCompile(`^(?:` + form + `)$`)
	return !slices.ContainsFunc(all, func(t string) bool { return !whole.MatchString(t) })
}

// public says whether a policy lets anybody in.
func (d policyDocument) public() bool {
	for _, st := range d.Statement {
		everyone := strings.Contains(string(st.Principal), `"*"`) || len(st.NotPrincipal) > 0
		if st.Effect == "Allow" && everyone && len(st.Condition) == 0 {
			return true
		}
	}
	return false
}
