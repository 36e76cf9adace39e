// Package access decides whether a principal may do something, as AWS does
// within one account.
//
// It guarantees that a decision is a pure function of its arguments; that a
// denial in any policy wins; that nothing is allowed which no policy allows; and
// that what hangs on a condition key whose value nobody here can know allows
// nothing, and denies, so that no answer is kinder than AWS's.
//
// The rules are those of the IAM User Guide, "Policy evaluation logic":
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html.
// Policies of an organization are not played.
package access
