package access

import "strings"

// Principal is who calls, and what its policies are, each as JSON text.
type Principal struct {
	// ARN is the user's, the session's or the account's (root).
	ARN string
	// ID is the unique id, such as AIDA…, AROA…:session, or the account's number.
	ID string
	// Role is the ARN of the role that a session assumed, its path included.
	Role string `json:",omitzero"`
	// Identity are the policies of the user or of the session's role.
	Identity []string `json:",omitzero"`
	// Boundary is the permissions boundary; nil is none.
	Boundary []string `json:",omitzero"`
	// Session are the policies that a session was narrowed by; nil is none.
	Session []string `json:",omitzero"`
	// Tags are the principal's, a session's own over those of its role.
	Tags map[string]string `json:",omitzero"`
	// Context is what else is known of the call: condition keys in lower case.
	Context map[string][]string `json:",omitzero"`
}

// Free is a principal that may do everything that no resource's policy denies.
func Free(arn, id string) Principal {
	return Principal{ARN: arn, ID: id, Identity: []string{
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	}}
}

// IsRoot tells whether the principal is the account itself.
func (p Principal) IsRoot() bool { return strings.HasSuffix(p.ARN, ":root") }

// The indexes of names: by which of them a resource's policy means a caller.
const (
	byItself = iota
	byRole
	byAnyone
	byAccount
)

// names are what policydoc compares a Principal with. A user is its own role:
// it has none.
func (p Principal) names() []string {
	role := p.Role
	if role == "" {
		role = p.ARN
	}
	return []string{byItself: p.ARN, byRole: role, byAnyone: "*", byAccount: p.account()}
}

// account is the ARN of the principal's account.
func (p Principal) account() string {
	parts := strings.SplitN(p.ARN, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return "arn:" + parts[1] + ":iam::" + parts[4] + ":root"
}

func (p Principal) accountNumber() string {
	return strings.TrimSuffix(strings.TrimPrefix(p.account(), "arn:"+p.partition()+":iam::"), ":root")
}

func (p Principal) partition() string {
	partition, _, _ := strings.Cut(strings.TrimPrefix(p.ARN, "arn:"), ":")
	return partition
}
