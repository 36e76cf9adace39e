// Package iam plays AWS Identity and Access Management for one account: users
// and their access keys, roles, their trust, inline and attached policies, boundaries and tags, customer
// managed policies, instance profiles and service-linked roles.
//
// It guarantees that a policy document or a name which IAM would refuse is
// refused here, in IAM's words and with its codes; that what is read back has
// the shape in which IAM gives it (documents percent-encoded, trust policies
// reordered and their role principals kept by unique id, ListRoles without tags,
// GetAccountAuthorizationDetails without description and session length); and
// that an operation either changes all it names or nothing.
//
// Facts come from the IAM API reference, from the IAM User Guide's quotas and
// grammar, and from public recordings of the real service. The package
// policydoc holds the grammar and the evaluation of policies.
package iam
