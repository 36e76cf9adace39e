package parameter

import (
	"errors"
	"fmt"
	"slices"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// isCode tells whether AWS answered with one of those error codes.
func isCode(err error, codes ...string) bool {
	return err != nil && slices.Contains(codes, awsapi.Code(err))
}

// fail says what was tried with which parameter, and classes AWS's answer. Its
// words are kept only where they have nothing of the value in them; value is
// unset for a request that carries none.
func fail(verb, name string, value spec.Secret, err error) error {
	if err == nil {
		return nil
	}
	code, quiet := awsapi.Code(err), awsapi.Quiet(err, value.Reveal())
	var classed *resource.Error
	if !errors.As(quiet, &classed) {
		return fmt.Errorf("cannot %s the parameter %q: %w", verb, name, quiet)
	}
	out := *classed
	if out.Cause != nil && !awsapi.Showable(out.Cause.Error(), value.Reveal()) {
		out.Cause = &withheld{code: code, ends: out.Cause}
	}
	if out.Hint == "" {
		out.Hint = hintOf(code)
	}
	return fmt.Errorf("cannot %s the parameter %q: %w", verb, name, &out)
}

// withheld stands for words that may quote a value. A cancelled run can be told
// behind it.
type withheld struct {
	code string
	ends error
}

func (w *withheld) Error() string { return awsapi.Withheld(w.code) }
func (w *withheld) Unwrap() error { return errors.Unwrap(w.ends) }

// hintOf is what to do about an error code (AWS: "Errors" of PutParameter and
// AddTagsToResource); "" for one that says nothing to the user.
func hintOf(code string) string {
	switch code {
	case "InvalidKeyId":
		return "check `kms_key_id`: the KMS key must exist in this region, be enabled, and let the caller use it"
	case "ParameterPatternMismatchException", "InvalidAllowedPatternException":
		return "check `allowed_pattern`, and the one that the parameter has already: the value must match it"
	case "HierarchyTypeMismatchException":
		return "plan again: the parameter has another type by now, and AWS changes none"
	case "ParameterLimitExceeded":
		return "the account has as many parameters as it may: delete some, or use `tier: Advanced`"
	case "ParameterMaxVersionLimitExceeded":
		return "the parameter has a hundred versions and the oldest has a label: move the label to a newer one"
	case "PoliciesLimitExceededException", "IncompatiblePolicyException", "InvalidPolicyAttributeException", "InvalidPolicyTypeException":
		return "the parameter has policies that AWS does not take again: look at them in Systems Manager"
	case "TooManyTagsError":
		return "AWS takes 50 tags, ours included"
	case "UnsupportedParameterType", "ValidationException":
		return "check name, value, `tier`, `data_type` and tags against what PutParameter takes"
	case "ParameterNotFound", "InvalidResourceId":
		return "plan again to see whether it is gone"
	case "ParameterAlreadyExists":
		return "plan again to see what it is"
	default:
		return ""
	}
}

// coded is an error whose code is still known, though AWS's own is gone.
type coded struct {
	error
	code string
}

func (c coded) Unwrap() error { return c.error }

// codeOf is the code of a failure to read; a word for one that has none.
func codeOf(err error) string {
	var c coded
	if errors.As(err, &c) {
		return c.code
	}
	return awsapi.Code(err)
}
