// Package taskdefinition converges ECS task definitions: one family each, its
// newest ACTIVE revision being what is observed.
//
// It guarantees that a revision is registered only when it would differ from
// the newest one in more than AWS's way of writing it, that a registration
// whose answer was lost is not repeated, and that no value that came out of a
// vault is shown, neither the desired nor the observed one. Revisions are
// never deleted; those that nothing declares any more are deregistered.
package taskdefinition
