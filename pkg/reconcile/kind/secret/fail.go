package secret

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// isCode tells whether AWS answered with that error code.
func isCode(err error, code string) bool {
	var api smithy.APIError
	var classed *opaque
	return errors.As(err, &api) && api.ErrorCode() == code || errors.As(err, &classed) && classed.code == code
}

// isPendingDeletion tells whether AWS refused because the secret is scheduled
// for deletion. AWS has no code of its own for it.
func isPendingDeletion(err error) bool {
	var classed *opaque
	if err == nil || errors.As(err, &classed) {
		return err != nil && classed.pending
	}
	text := err.Error()
	return isCode(err, "InvalidRequestException") &&
		(strings.Contains(text, "scheduled for deletion") || strings.Contains(text, "marked for deletion") ||
			strings.Contains(text, "marked deleted") || strings.Contains(text, "was deleted"))
}

// wrap says what was tried with which secret, and classes AWS's answer.
func wrap(verb, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot %s the secret %q: %w", verb, name, hinted(awsapi.Classify(err)))
}

// fail is wrap for a request that carried value. AWS's words are kept only
// where they have nothing of the value in them.
func fail(verb, name string, value spec.Secret, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot %s the secret %q: %w", verb, name, withoutValue(err, value))
}

// withoutValue is AWS's answer, classed, with a cause that is only text. For a
// request that asks for a value instead of carrying one, value is unset.
func withoutValue(err error, value spec.Secret) *resource.Error {
	out, text := resource.Error{Class: resource.Terminal}, err.Error()
	var classed *resource.Error
	if errors.As(hinted(awsapi.Classify(err)), &classed) {
		out = *classed
		if classed.Cause != nil {
			text = classed.Cause.Error()
		}
	}
	if !awsapi.Showable(text, value.Reveal()) {
		text = awsapi.Withheld(awsapi.Code(err))
	}
	out.Cause = &opaque{text: text, code: awsapi.Code(err), pending: isPendingDeletion(err), ends: endOf(err)}
	return &out
}

// hinted adds the way out that Secrets Manager's error codes have, where there
// is none yet.
func hinted(err error) error {
	var classed *resource.Error
	if !errors.As(err, &classed) || classed.Hint != "" {
		return err
	}
	out := *classed
	out.Hint = hintOf(awsapi.Code(err))
	return &out
}

// hintOf is what to do about an error code (AWS: "Errors" of CreateSecret,
// PutSecretValue and UpdateSecret); "" for one that says nothing to the user.
func hintOf(code string) string {
	const key = "`kms_key_id`: the KMS key must exist in this region, be enabled, and let the caller use it"
	switch code {
	case "EncryptionFailure":
		return "check " + key + " for kms:GenerateDataKey and kms:Decrypt"
	case "DecryptionFailure":
		return "check " + key + " for kms:Decrypt"
	case "ResourceNotFoundException":
		return "plan again to see whether the secret is gone; if it is not, check " + key
	case "InvalidParameterException":
		return "check the name, the description, the tags and " + key
	case "InvalidRequestException":
		return "the secret is in a state that does not allow it, such as pending deletion, or a service looks after it: plan again to see"
	case "ResourceExistsException":
		return "plan again to see what it is now"
	case "LimitExceededException":
		return "a quota is reached, of secrets in the region or of a secret's versions or labels: wait, delete what is not needed, or have AWS raise it"
	case "OperationNotPermittedOnReplica", "OperationNotPermittedOnReplicaException":
		return "manage the secret in its primary region"
	case "PublicPolicyException":
		return "narrow `resource_policy`: its Principal, or a Condition on aws:PrincipalOrgID, aws:SourceArn or the like"
	case "MalformedPolicyDocumentException":
		return "check `resource_policy`: its elements, and that its principals exist"
	case "PreconditionNotMetException":
		return "plan again to see what it is now"
	default:
		return ""
	}
}

// opaque is what is left of an error whose chain may hold a value.
type opaque struct {
	text    string
	code    string // AWS's error code
	pending bool   // AWS refused because the secret is scheduled for deletion
	ends    error  // the context's error behind it; may be nil
}

func (o *opaque) Error() string { return o.text }

// Unwrap lets a cancelled run be told from a failed one.
func (o *opaque) Unwrap() error { return o.ends }

func endOf(err error) error {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			return end
		}
	}
	return nil
}
