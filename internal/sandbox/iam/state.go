package iam

import (
	"strings"
	"time"
)

// State is all that the account holds.
type State struct {
	// Roles are keyed by name in lower case: IAM's names differ by more than case.
	Roles map[string]*Role
	// Users are keyed as roles are.
	Users map[string]*User
	// Policies are the customer managed ones, keyed by ARN.
	Policies map[string]*Policy
	// Profiles are instance profiles, keyed by name in lower case.
	Profiles map[string]*Profile
	// Deletions are the tasks that deleted service-linked roles.
	Deletions []string
}

// Role is one role with all that hangs on it.
type Role struct {
	Name, Path, ID string
	Created        time.Time
	Description    *string
	// MaxSession is in seconds.
	MaxSession int32
	// Trust is JSON in which role principals are unique ids (AROA…).
	Trust string
	// Boundary is a policy's ARN, or empty.
	Boundary string
	Tags     []Tag
	// Inline is the documents as they were sent, by policy name.
	Inline map[string]string
	// Attached is ARNs in the order in which they were attached.
	Attached []string
	// Service is set on a service-linked role: the principal it belongs to.
	Service string
	// Known and Settled are when other services take the role, and its newest
	// trust; zero where they do so at once.
	Known, Settled time.Time `json:",omitzero"`
}

// User is one user with all that hangs on it.
type User struct {
	Name, Path, ID string
	Created        time.Time
	// Boundary is a policy's ARN, or empty.
	Boundary string
	Tags     []Tag
	// Inline is the documents as they were sent, by policy name.
	Inline map[string]string
	// Attached is ARNs in the order in which they were attached.
	Attached []string
	// Keys are in the order in which they were made.
	Keys []Key
}

// Key is an access key.
type Key struct {
	ID, Secret string
	Created    time.Time
}

// Tag is a key with its value.
type Tag struct{ Key, Value string }

// Policy is a customer managed policy.
type Policy struct {
	Name, Path, ID   string
	Description      *string
	Created, Updated time.Time
	Tags             []Tag
	// Versions are oldest first; Default is the id of one of them.
	Versions []Version
	Default  string
	// Last is the highest number a version ever had; numbers aren't used again.
	Last int
}

// Version is one document of a managed policy.
type Version struct {
	ID, Document string
	Created      time.Time
}

// Profile is an instance profile, with at most one role.
type Profile struct {
	Name, Path, ID string
	Created        time.Time
	Tags           []Tag
	// Role is the role's name, or empty.
	Role string
}

func newState() *State {
	return &State{
		Roles: map[string]*Role{}, Users: map[string]*User{},
		Policies: map[string]*Policy{}, Profiles: map[string]*Profile{},
	}
}

// roleKey is the key that names of roles, or of users, differing only by case
// share.
func roleKey(name string) string { return strings.ToLower(name) }
