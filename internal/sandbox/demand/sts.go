package demand

import (
	"strings"

	"ecs-reconciler/internal/sandbox/access"
)

// sts are the rows of AWS STS. To assume a role takes its trust policy, which
// package sts decides by; to know oneself takes no permission (AWS STS API
// Reference, GetCallerIdentity).
func sts() rows {
	return rows{"AssumeRole": {free: true}, "GetCallerIdentity": {free: true}}
}

// tagging are the rows of the Resource Groups Tagging API.
func tagging() rows {
	return rows{
		"GetResources":   {},
		"GetTagKeys":     {},
		"GetTagValues":   {},
		"TagResources":   {also: taggedBy("TagResource")},
		"UntagResources": {also: taggedBy("UntagResource")},
	}
}

// taggedBy asks for what the owners of the resources ask for themselves (AWS
// Resource Groups Tagging API reference, TagResources).
func taggedBy(operation string) func(*request) []access.Check {
	return func(req *request) []access.Check {
		var out []access.Check
		for _, arn := range req.list("ResourceARNList") {
			service, _, _ := strings.Cut(strings.TrimPrefix(arn, "arn:aws:"), ":")
			out = append(out, req.about(service+":"+operation, req.existing(service, arn, arn)))
		}
		return out
	}
}
