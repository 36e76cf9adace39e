package access

import (
	"maps"
	"slices"
	"strings"
)

// context is every condition key whose value is known, or known to be absent:
// the call's, the principal's, and the check's.
func context(p Principal, c Check) map[string][]string {
	out := map[string][]string{}
	for _, key := range absent() {
		out[key] = nil
	}
	maps.Copy(out, p.Context)
	maps.Copy(out, p.known())
	out["aws:resourceaccount"] = ownerOf(c.Resource, p.accountNumber())
	maps.Copy(out, c.Context)
	return out
}

// absent are the global keys that no call here carries: those of calls that a
// service makes for somebody, of federation, and of a second factor (IAM User
// Guide, "AWS global condition context keys").
func absent() []string {
	return []string{
		"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:federatedprovider", "aws:multifactorauthage",
		"aws:multifactorauthpresent", "aws:principalservicename", "aws:principalservicenameslist", "aws:referer",
		"aws:requesttag", "aws:resourcetag", "aws:sourceaccount", "aws:sourcearn", "aws:sourceidentity",
		"aws:sourceorgid", "aws:sourceorgpaths", "aws:tagkeys", "aws:tokenissuetime", "aws:username",
	}
}

// known is what a principal's keys are.
func (p Principal) known() map[string][]string {
	out := map[string][]string{
		"aws:principalarn": {p.ARN}, "aws:principalaccount": {p.accountNumber()}, "aws:userid": {p.ID},
		"aws:principalisawsservice": {"false"}, "aws:viaawsservice": {"false"},
	}
	switch {
	case p.IsRoot():
		out["aws:principaltype"] = []string{"Account"}
	case p.Role != "":
		out["aws:principalarn"] = []string{p.Role}
		out["aws:principaltype"] = []string{"AssumedRole"}
		out["aws:multifactorauthpresent"] = []string{"false"}
	default:
		out["aws:principaltype"] = []string{"User"}
		out["aws:username"] = []string{p.ARN[strings.LastIndex(p.ARN, "/")+1:]}
	}
	for key, value := range p.Tags {
		out["aws:principaltag/"+strings.ToLower(key)] = []string{value}
	}
	return out
}

// ownerOf is the account in an ARN, or the caller's where the ARN has none.
func ownerOf(resource, account string) []string {
	if parts := strings.SplitN(resource, ":", 6); len(parts) == 6 && parts[4] != "" {
		return []string{parts[4]}
	}
	return []string{account}
}

// families are the keys that a tag's key follows.
const (
	principalTag = "aws:principaltag/"
	requestTag   = "aws:requesttag/"
	resourceTag  = "aws:resourcetag/"
)

// unknown tells whether AWS might carry a key that a check says nothing of. It
// carries keys of its own and of the action's service, never another service's.
func (c Check) unknown(key string) bool {
	prefix, _, _ := strings.Cut(key, ":")
	service, _, _ := strings.Cut(c.Action, ":")
	switch {
	case strings.HasPrefix(key, principalTag), strings.HasPrefix(key, requestTag):
		return false
	case strings.HasPrefix(key, resourceTag), strings.HasPrefix(key, service+":resourcetag/"):
		return c.Tags == nil
	}
	return prefix == "aws" || prefix == service
}

// Tagged are the keys of a resource's tags, under the names that its service
// has for them, in lower case: "aws:resourcetag/" and "iam:resourcetag/".
func Tagged(tags map[string]string, families ...string) map[string][]string {
	out := map[string][]string{}
	for _, family := range families {
		for key, value := range tags {
			out[family+strings.ToLower(key)] = []string{value}
		}
	}
	return out
}

// Asked are the keys of the tags that a request wants to put on something.
func Asked(tags map[string]string) map[string][]string {
	out := Tagged(tags, requestTag)
	out["aws:tagkeys"] = slices.Sorted(maps.Keys(tags))
	return out
}
