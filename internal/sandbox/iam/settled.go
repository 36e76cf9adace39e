package iam

import "strings"

// unsettle makes a role that was just made or trusts somebody else unusable for
// a while, as it is until IAM's other regions have heard of it.
func (b *Backend) unsettle(role *Role) {
	if b.RoleDelay > 0 {
		role.Settled = b.env.Now().Add(b.env.Within(b.RoleDelay))
	}
}

// Unsettled says whether a role, by name or ARN, is still unknown to other
// services, or known to them with its former trust only. What is no role of this
// account is neither.
func (b *Backend) Unsettled(nameOrARN string) (unknown, formerTrust bool) {
	role, found := b.state.Roles[roleKey(nameOrARN)]
	if strings.HasPrefix(nameOrARN, "arn:") {
		role, found = b.roleByARN(nameOrARN)
	}
	now := b.env.Now()
	if !found || !now.Before(role.Settled) {
		return false, false
	}
	unknown = now.Sub(role.Created) < b.RoleDelay
	return unknown, !unknown
}
