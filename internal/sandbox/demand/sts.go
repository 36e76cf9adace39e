package demand

// sts are the rows of AWS STS. To assume a role takes its trust policy, which
// package sts decides by; to know oneself takes no permission (AWS STS API
// Reference, GetCallerIdentity).
func sts() rows {
	return rows{"AssumeRole": {free: true}, "GetCallerIdentity": {free: true}}
}

// tagging are the rows of the Resource Groups Tagging API.
func tagging() rows { return rows{"GetResources": {}} }
