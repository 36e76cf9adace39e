// Package demand says which permissions an operation asks for: the action, the
// resources that its input names, and the condition keys that come with them.
//
// It guarantees that an operation without a row is an error, never a permission;
// that a condition key of which a row says nothing is one that is not known; and
// that a row which asks for a member that the input has not is an error.
//
// Facts come from AWS's Service Authorization Reference:
// https://docs.aws.amazon.com/service-authorization/latest/reference/.
// A service has one file, and rows need no SDK types: members go by name.
package demand
