package iam

import (
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/awsenv"
)

// Backend answers IAM's operations. Its methods named after operations take and
// return the SDK's own types; the caller holds a lock around each.
type Backend struct {
	// MaxRoles is how many roles the account may hold: 1,000 unless set, AWS's
	// default; it grants 5,000 at most.
	MaxRoles int
	// RoleDelay is how long other services may refuse a role after it was made
	// or its trust was changed.
	RoleDelay time.Duration

	env   *awsenv.Env
	state *State
}

// New makes an account without roles or policies of its own.
func New(env *awsenv.Env) *Backend {
	return &Backend{MaxRoles: maxRoles, env: env, state: newState()}
}

// State is a pointer to everything that must outlive the process; it survives
// encoding/json in both directions.
func (b *Backend) State() any { return b.state }

// RoleExists tells whether the account has a role of exactly this ARN, path
// included.
func (b *Backend) RoleExists(arn string) bool {
	_, found := b.roleByARN(arn)
	return found
}

func (b *Backend) roleByARN(arn string) (*Role, bool) {
	role, found := b.state.Roles[roleKey(arn[strings.LastIndex(arn, "/")+1:])]
	if !found || b.roleARN(role) != arn {
		return nil, false
	}
	return role, true
}

func (b *Backend) roleARN(r *Role) string { return b.env.GlobalARN("iam", "role"+r.Path+r.Name) }

// now is the time as IAM shows it: UTC, whole seconds.
func (b *Backend) now() time.Time { return b.env.Now().UTC().Truncate(time.Second) }

// uniqueID draws an id such as AROA… of a prefix of four letters.
func (b *Backend) uniqueID(prefix string) string {
	return prefix + b.env.Random(17, awsenv.UniqueID)
}
