package iam

import (
	"strings"
	"time"
)

// unsettled draws when other services take what was just made or changed of a
// role; zero for at once. It is when IAM's other regions have heard of it.
func (b *Backend) unsettled() time.Time {
	if b.RoleDelay <= 0 {
		return time.Time{}
	}
	return b.env.Now().Add(b.env.Within(b.RoleDelay))
}

// Unsettled says whether a role, by name or ARN, is still unknown to other
// services, or known to them with its former trust only. What is no role of this
// account is neither.
func (b *Backend) Unsettled(nameOrARN string) (unknown, formerTrust bool) {
	role, found := b.state.Roles[roleKey(nameOrARN)]
	if strings.HasPrefix(nameOrARN, "arn:") {
		role, found = b.roleByARN(nameOrARN)
	}
	if !found {
		return false, false
	}
	now := b.env.Now()
	return now.Before(role.Known), now.Before(role.Settled)
}
