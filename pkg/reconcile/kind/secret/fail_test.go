package secret

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func TestFail(t *testing.T) {
	value := spec.NewSecret("PASSWORD=CANARY-4711\n")
	api := &smithy.GenericAPIError{Code: "InternalServiceError", Message: "cannot store CANARY-4711"}
	err := fail("create", "org/db.env", value, &smithy.OperationError{ServiceID: "Secrets Manager", OperationName: "CreateSecret", Err: api})
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", e, e, e), "CANARY") {
			t.Fatalf("%T shows the value", e)
		}
	}
	if got := resource.ClassOf(err); got != resource.Retryable {
		t.Errorf("class %s, want %s", got, resource.Retryable)
	}
	if !isCode(err, "InternalServiceError") || isCode(err, "Other") {
		t.Error("the code is lost")
	}
	if !strings.Contains(err.Error(), `create the secret "org/db.env": Secrets Manager CreateSecret: InternalServiceError`) {
		t.Errorf("the error does not say what failed: %v", err)
	}
	if fail("create", "x", value, nil) != nil || wrap("x", "y", nil) != nil {
		t.Error("nil became an error")
	}
	if !errors.Is(fail("create", "x", value, fmt.Errorf("sending: %w", context.Canceled)), context.Canceled) {
		t.Error("a cancelled run cannot be told")
	}
}

func TestFailKeepsTheCodeOfWhatIsWithheld(t *testing.T) {
	api := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: `no: {"SecretString":"CANARY"}`}
	err := keyError("read", "org/key", api)
	if strings.Contains(err.Error(), "CANARY") || !strings.Contains(err.Error(), "AccessDeniedException") || !isCode(err, "AccessDeniedException") {
		t.Errorf("the error does not keep the code alone: %v", err)
	}
}

func TestIsPendingDeletion(t *testing.T) {
	said := func(code, message string) error { return &smithy.GenericAPIError{Code: code, Message: message} }
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{said("InvalidRequestException", "You can't create this secret because a secret with this name is already scheduled for deletion."), true},
		{said("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion."), true},
		{said("InvalidRequestException", "You tried to perform the operation on a secret that's currently marked deleted."), true},
		{said("InvalidRequestException", "You can't enable rotation on this secret."), false},
		{said("ResourceNotFoundException", "marked for deletion"), false},
	} {
		if got := isPendingDeletion(c.err); got != c.want {
			t.Errorf("%v: got %v, want %v", c.err, got, c.want)
		}
		if c.err != nil && isPendingDeletion(fail("create", "x", spec.NewSecret("value"), c.err)) != c.want {
			t.Errorf("%v: the wrapped error is told differently", c.err)
		}
	}
}

// What AWS says is dropped with the value in it; that it was pending deletion
// is still known.
func TestPendingDeletionIsKnownOfWhatIsWithheld(t *testing.T) {
	said := &smithy.GenericAPIError{Code: "InvalidRequestException", Message: "the secret was marked for deletion."}
	err := fail("put the value of", "x", spec.NewSecret("marked for deletion"), said)
	if strings.Contains(err.Error(), "marked for deletion") || !isPendingDeletion(err) {
		t.Errorf("pending deletion %v: %v", isPendingDeletion(err), err)
	}
}

// Every error code of the calls that write has a way out.
func TestHints(t *testing.T) {
	value := spec.NewSecret("PASSWORD=CANARY-4711\n")
	for code, says := range map[string]string{
		"AccessDeniedException":          "iam-policy",
		"EncryptionFailure":              "kms_key_id",
		"DecryptionFailure":              "kms_key_id",
		"ResourceNotFoundException":      "kms_key_id",
		"InvalidParameterException":      "kms_key_id",
		"InvalidRequestException":        "pending deletion",
		"ResourceExistsException":        "plan again",
		"PreconditionNotMetException":    "plan again",
		"LimitExceededException":         "quota",
		"OperationNotPermittedOnReplica": "primary region",
	} {
		t.Run(code, func(t *testing.T) {
			for _, message := range []string{"no", "no: PASSWORD=CANARY-4711"} {
				api := &smithy.OperationError{ServiceID: "Secrets Manager", OperationName: "PutSecretValue",
					Err: &smithy.GenericAPIError{Code: code, Message: message}}
				for _, err := range []error{fail("put the value of", "x", value, api), wrap("tag", "x", &smithy.GenericAPIError{Code: code})} {
					if !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), code) || strings.Contains(err.Error(), "CANARY") {
						t.Errorf("%v: want the code, a hint that says %q, and no value", err, says)
					}
				}
			}
		})
	}
}
