package iam

// IAM's quotas. Source: IAM User Guide, "IAM and AWS STS quotas"; where
// AWS raises one on request, it is the default that an account starts with.
const (
	maxRoles       = 1000
	maxPolicies    = 1500
	maxProfiles    = 1000
	maxUsers       = 5000
	maxKeys        = 2
	maxUserInline  = 2048
	maxTrust       = 2048
	maxInline      = 10240
	maxManaged     = 6144
	maxAttached    = 10
	maxTags        = 50
	maxVersions    = 5
	defaultSession = 3600
)
