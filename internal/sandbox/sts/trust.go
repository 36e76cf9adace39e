package sts

import (
	"encoding/json"
	"slices"
	"strings"
)

// principal is a caller as a trust policy sees it.
type principal struct {
	arn, account, partition string
	externalID              string
}

func (b *Backend) caller(externalID string) principal {
	return principal{
		arn: b.env.CallerARN, account: b.env.Account, partition: b.env.Partition, externalID: externalID,
	}
}

// names are all the ways in which a Principal may mean the caller.
func (p principal) names() []string {
	root := "arn:" + p.partition + ":iam::" + p.account + ":root"
	out := []string{"*", p.account, root, p.arn}
	if role, ok := roleOfSession(p.arn); ok {
		out = append(out, "arn:"+p.partition+":iam::"+p.account+":role/"+role)
	}
	return out
}

// roleOfSession is the role's name within an assumed-role ARN.
func roleOfSession(arn string) (string, bool) {
	_, rest, ok := strings.Cut(arn, ":assumed-role/")
	role, _, _ := strings.Cut(rest, "/")
	return role, ok
}

// oneOrMore is a policy's text or list of texts.
type oneOrMore []string

// UnmarshalJSON reads a string or a list of strings.
func (o *oneOrMore) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	var more []string
	err := json.Unmarshal(raw, &more)
	*o = more
	return err
}

// trustStatement is the part of a trust policy's statement that decides.
type trustStatement struct {
	Effect    string
	Action    oneOrMore
	Principal json.RawMessage
	Condition map[string]map[string]oneOrMore
}

// trusts says whether a trust policy lets a caller assume its role. A deny
// wins. A condition that the sandbox cannot judge fails an allow and upholds a
// deny, so that the answer is never kinder than AWS's.
func trusts(policy string, caller principal) bool {
	var doc struct{ Statement []trustStatement }
	if json.Unmarshal([]byte(listed(policy)), &doc) != nil {
		return false
	}
	allowed := false
	for _, st := range doc.Statement {
		if !st.concerns(caller) {
			continue
		}
		if st.Effect == "Deny" && (len(st.Condition) == 0 || st.met(caller) || !st.judged()) {
			return false
		}
		allowed = allowed || st.Effect == "Allow" && st.met(caller)
	}
	return allowed
}

// listed is a policy whose Statement is a list, even if it was one object.
func listed(policy string) string {
	var doc map[string]json.RawMessage
	if json.Unmarshal([]byte(policy), &doc) != nil {
		return policy
	}
	if st := strings.TrimSpace(string(doc["Statement"])); strings.HasPrefix(st, "{") {
		return `{"Statement":[` + st + `]}`
	}
	return policy
}

// concerns says whether a statement is about this caller assuming the role.
func (st trustStatement) concerns(caller principal) bool {
	if !st.assumes() {
		return false
	}
	var everyone string
	if json.Unmarshal(st.Principal, &everyone) == nil {
		return everyone == "*"
	}
	var kinds struct{ AWS oneOrMore }
	if json.Unmarshal(st.Principal, &kinds) != nil {
		return false
	}
	names := caller.names()
	return slices.ContainsFunc(kinds.AWS, func(p string) bool { return slices.Contains(names, p) })
}

// assumes says whether a statement's actions include assuming the role.
func (st trustStatement) assumes() bool {
	return slices.ContainsFunc(st.Action, func(a string) bool {
		return a == "*" || strings.EqualFold(a, "sts:*") || strings.EqualFold(a, "sts:AssumeRole")
	})
}

// judged says whether the sandbox knows every condition of a statement.
func (st trustStatement) judged() bool {
	for operator, keys := range st.Condition {
		for key := range keys {
			if operator != "StringEquals" || !strings.EqualFold(key, "sts:ExternalId") {
				return false
			}
		}
	}
	return true
}

// met says whether a statement's conditions hold.
func (st trustStatement) met(caller principal) bool {
	if !st.judged() {
		return false
	}
	for _, keys := range st.Condition {
		for _, wanted := range keys {
			if !slices.Contains(wanted, caller.externalID) {
				return false
			}
		}
	}
	return true
}
