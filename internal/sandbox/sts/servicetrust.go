package sts

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// ServiceCall is an AWS service about to assume a role for somebody.
type ServiceCall struct {
	// Service is its principal, such as scheduler.amazonaws.com.
	Service string
	// Account and ARN say for whom: aws:SourceAccount and aws:SourceArn.
	Account, ARN string
}

// TrustsService says whether a trust policy lets a service assume its role. A
// condition that the sandbox cannot judge fails an allow and upholds a deny.
func TrustsService(policy string, call ServiceCall) bool {
	var doc struct{ Statement []trustStatement }
	if json.Unmarshal([]byte(listed(policy)), &doc) != nil {
		return false
	}
	allowed := false
	for _, st := range doc.Statement {
		if !st.concernsService(call.Service) {
			continue
		}
		met, judged := st.metBy(call)
		if st.Effect == "Deny" && (met || !judged) {
			return false
		}
		allowed = allowed || st.Effect == "Allow" && met && judged
	}
	return allowed
}

// concernsService says whether a statement is about a service assuming the role.
func (st trustStatement) concernsService(service string) bool {
	var kinds struct{ Service oneOrMore }
	return st.assumes() && json.Unmarshal(st.Principal, &kinds) == nil && slices.Contains(kinds.Service, service)
}

// metBy says whether all conditions hold, and whether the sandbox knows them.
func (st trustStatement) metBy(call ServiceCall) (met, judged bool) {
	met, judged = true, true
	for operator, keys := range st.Condition {
		for key, wanted := range keys {
			have, known := call.value(key)
			matches, comparable := comparison(operator)
			if !known || !comparable {
				return false, false
			}
			met = met && slices.ContainsFunc(wanted, func(pattern string) bool { return matches(pattern, have) })
		}
	}
	return met, judged
}

func (c ServiceCall) value(key string) (string, bool) {
	switch strings.ToLower(key) {
	case "aws:sourceaccount":
		return c.Account, true
	case "aws:sourcearn":
		return c.ARN, true
	default:
		return "", false
	}
}

// comparison is how an operator compares texts.
func comparison(operator string) (matches func(pattern, have string) bool, known bool) {
	switch operator {
	case "StringEquals":
		return func(pattern, have string) bool { return pattern == have }, true
	case "StringLike", "ArnLike", "ArnEquals":
		return wildcard, true
	default:
		return nil, false
	}
}

// wildcard matches a text with a pattern of stars and question marks.
func wildcard(pattern, text string) bool {
	form := regexp.QuoteMeta(pattern)
	form = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(form)
	ok, err := regexp.MatchString(`^(?s:`+form+`)$`, text)
	return err == nil && ok
}
