// Package role converges IAM roles: trust policy, inline and attached
// policies, permissions boundary, description, session duration and tags.
//
// It guarantees that policies are compared by meaning, so that IAM's own
// rewriting is never seen as a change; that observing any number of roles
// costs two scans of the account; that what the spec does not name is left
// alone; that service-linked and other people's roles are not touched; and
// that the digest of what was applied is written last, so that a run that was
// cut off is continued, not mistaken for somebody's drift.
package role
