package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// trust checks a role's trust policy roughly by IAM's grammar. (AWS: "Grammar
// of the IAM JSON policy language".) A nil document is the default trust.
func (c *roleCheck) trust(doc Document) {
	if doc == nil {
		return
	}
	p := policyCheck{c.complain}
	p.document("trust_policy", doc, func(path string, s map[string]any) {
		p.oneOf(path, s, "Principal", "NotPrincipal")
		for _, key := range []string{"Resource", "NotResource"} {
			if _, ok := s[key]; ok {
				c.complain(path, "", "a trust policy has no %s: its resource is the role", key)
			}
		}
		for _, action := range stringsIn(s["Action"]) {
			if action != "*" && !strings.HasPrefix(strings.ToLower(action), "sts:") {
				c.complain(path+".Action", "want sts:AssumeRole, or another action of sts", "%q has no place in a trust policy", action)
			}
		}
	})
	if n, err := sizeOf(doc); err != nil {
		c.complain("trust_policy", "", "it cannot be written as JSON: %v", err)
	} else if n > maxTrust {
		c.complain("trust_policy", "", "it has %d characters and IAM allows %d, white space left out", n, maxTrust)
	}
}

// inline checks an inline policy; a nil document removes it.
func (c *roleCheck) inline(name string, doc Document) {
	path := "inline_policies[" + name + "]"
	if !regexp.MustCompile(`^[\w+=,.@-]{1,128}$`).MatchString(name) {
		c.complain(path, "", "the name %q is not one that IAM takes: want at most 128 letters, digits and _+=,.@-", name)
	}
	if doc == nil {
		return
	}
	p := policyCheck{c.complain}
	p.document(path, doc, func(path string, s map[string]any) {
		p.oneOf(path, s, "Resource", "NotResource")
		for _, key := range []string{"Principal", "NotPrincipal"} {
			if _, ok := s[key]; ok {
				c.complain(path, "", "an inline policy has no %s: it is the role", key)
			}
		}
		for _, resource := range append(stringsIn(s["Resource"]), stringsIn(s["NotResource"])...) {
			if resource != "*" && !strings.HasPrefix(resource, "arn:") {
				c.complain(path+".Resource", "want an ARN or *", "%q is no ARN", resource)
			}
		}
	})
}

// policyCheck checks a policy document and tells whoever has it.
type policyCheck struct {
	complain func(path, hint, format string, args ...any)
}

// document checks what every policy has in common, and each statement by each.
func (c policyCheck) document(path string, doc Document, each func(path string, statement map[string]any)) {
	c.onlyKeys(path, doc, "Version", "Id", "Statement")
	if v, given := doc["Version"]; given && v != "2012-10-17" && v != "2008-10-17" {
		c.complain(path+".Version", `quote it: "2012-10-17"`, "%v is not a version of the policy language", v)
	}
	list, ok := doc["Statement"].([]any)
	if !ok {
		if _, ok = doc["Statement"].(map[string]any); ok {
			list = []any{doc["Statement"]}
		}
	}
	if len(list) == 0 {
		c.complain(path, "", "the policy has no Statement")
	}
	for i, entry := range list {
		at := fmt.Sprintf("%s.Statement[%d]", path, i)
		statement, ok := entry.(map[string]any)
		if !ok {
			c.complain(at, "", "a statement is a mapping")
			continue
		}
		c.statement(at, statement)
		each(at, statement)
	}
}

func (c policyCheck) statement(path string, s map[string]any) {
	c.onlyKeys(path, s, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
	if s["Effect"] != "Allow" && s["Effect"] != "Deny" {
		c.complain(path+".Effect", "", "Effect is %v: want Allow or Deny", orMissing(s["Effect"]))
	}
	if sid, given := s["Sid"]; given {
		if text, ok := sid.(string); !ok || !regexp.MustCompile(`^[A-Za-z0-9]*$`).MatchString(text) {
			c.complain(path+".Sid", "", "the Sid %v: want letters and digits", sid)
		}
	}
	for _, element := range []string{"Action", "NotAction", "Resource", "NotResource"} {
		if v, given := s[element]; given && !isStrings(v) {
			c.complain(path+"."+element, "", "%s: want a string or a list of strings", element)
		}
	}
	c.oneOf(path, s, "Action", "NotAction")
	for _, action := range append(stringsIn(s["Action"]), stringsIn(s["NotAction"])...) {
		if action != "*" && !regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$`).MatchString(action) {
			c.complain(path+".Action", "want SERVICE:Action", "%q is not an action", action)
		}
	}
	if condition, given := s["Condition"]; given {
		if _, ok := condition.(map[string]any); !ok {
			c.complain(path+".Condition", "", "a Condition is a mapping of operators")
		}
	}
}

// oneOf wants exactly one of two elements.
func (c policyCheck) oneOf(path string, s map[string]any, element, opposite string) {
	_, has := s[element]
	_, not := s[opposite]
	if has == not {
		c.complain(path, "write exactly one of them", "want either %s or %s", element, opposite)
	}
}

func (c policyCheck) onlyKeys(path string, m map[string]any, known ...string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(known, key) {
			continue
		}
		hint := "the elements here are " + strings.Join(known, ", ")
		if i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, key) }); i >= 0 {
			hint = "write " + known[i]
		}
		c.complain(path+"."+key, hint, "IAM knows no element %q", key)
	}
}

// stringsIn are the strings of a value or list.
func stringsIn(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, entry := range v {
			if text, ok := entry.(string); ok {
				out = append(out, text)
			}
		}
		return out
	default:
		return nil
	}
}

func isStrings(v any) bool {
	switch v := v.(type) {
	case string:
		return true
	case []any:
		return len(v) > 0 && len(stringsIn(v)) == len(v)
	default:
		return false
	}
}

func orMissing(v any) any {
	if v == nil {
		return "missing"
	}
	return v
}

// resource checks the policy of a resource that is a service's, as a secret's
// is: each statement names who may, what, and on what.
func (c policyCheck) resource(path, service string, doc Document) {
	c.document(path, doc, func(path string, s map[string]any) {
		c.oneOf(path, s, "Principal", "NotPrincipal")
		c.oneOf(path, s, "Resource", "NotResource")
		for _, action := range append(stringsIn(s["Action"]), stringsIn(s["NotAction"])...) {
			if action != "*" && !strings.HasPrefix(strings.ToLower(action), service+":") {
				c.complain(path+".Action", "want an action of "+service, "%q has no place in a policy of %s", action, service)
			}
		}
	})
}
